#include "base/ids.h"

#include <charconv>

namespace fit {

Result<std::int64_t> parse_id(std::string_view field, std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || value <= 0) {
    return invalid(std::string(field), "must be a positive whole number");
  }
  return value;
}

}  // namespace fit
