#include "net/retry_after.h"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "base/text.h"

namespace fit::net {

std::chrono::seconds parse_retry_after(std::string_view value, Timestamp now) {
  using std::chrono::seconds;
  const std::string text(trim(value));
  if (text.empty()) return {};
  if (std::ranges::all_of(text, is_digit)) {
    std::int64_t count = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), count);
    return read.ec == std::errc() ? std::min(seconds(count), kLongestRetryAfter) : kLongestRetryAfter;
  }
  const std::time_t time = curl_getdate(text.c_str(), nullptr);
  if (time < 0) return {};
  const auto left = std::chrono::ceil<seconds>(std::chrono::sys_seconds(seconds(time)) - now);
  return std::clamp(left, seconds(0), kLongestRetryAfter);
}

}  // namespace fit::net
