#include "http/parameter_values.h"

#include <charconv>

#include "base/format.h"

namespace fit::http {

Result<std::size_t> parse_limit(std::string_view text, std::size_t most) {
  std::size_t limit = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, limit);
  if (error != std::errc{} || stop != end || limit < 1 || limit > most) {
    return invalid("limit", fit::format("must be between 1 and {}", most));
  }
  return limit;
}

Result<bool> parse_flag(std::string_view name, std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return invalid(std::string(name), "must be true or false");
}

}  // namespace fit::http
