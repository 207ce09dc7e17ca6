#include "http/byte_range.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/format.h"
#include "base/text.h"

namespace fit::http {
namespace {

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

RangeRequest parse_range(std::string_view range, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (to_lower(range.substr(0, kUnit.size())) != kUnit) return {};
  const std::string_view spec = trim(range.substr(kUnit.size()));
  const auto dash = spec.find('-');
  if (dash == std::string_view::npos || spec.contains(',')) return {};
  const auto first = number_of(spec.substr(0, dash));
  const auto last = number_of(spec.substr(dash + 1));
  if (dash == 0) {  // the last bytes
    if (!last) return {};
    if (*last == 0 || size == 0) return {.kind = RangeKind::kUnsatisfiable};
    const std::uint64_t count = std::min(*last, size);
    return {.kind = RangeKind::kPart, .part = {.offset = size - count, .size = count}};
  }
  const bool is_open = dash + 1 == spec.size();
  if (!first || (!last && !is_open) || (last && *last < *first)) return {};
  if (*first >= size) return {.kind = RangeKind::kUnsatisfiable};
  const std::uint64_t end = last ? std::min(*last, size - 1) : size - 1;
  return {.kind = RangeKind::kPart, .part = {.offset = *first, .size = end - *first + 1}};
}

RangeRequest requested_range(const Request& request, std::uint64_t size, std::string_view etag) {
  const std::string_view if_range = request.headers.get("if-range");
  if (!if_range.empty() && if_range != etag) return {};
  return parse_range(request.headers.get("range"), size);
}

bool apply_range(const RangeRequest& range, std::uint64_t size, Response& response) {
  response.headers.emplace_back("Accept-Ranges", "bytes");
  if (range.kind == RangeKind::kWhole) return true;
  if (range.kind == RangeKind::kUnsatisfiable) {
    response.status = 416;
    response.body.clear();
    response.file.clear();
    response.headers.emplace_back("Content-Range", fit::format("bytes */{}", size));
    return false;
  }
  const ByteRange& part = range.part;
  response.status = 206;
  response.headers.emplace_back(
      "Content-Range", fit::format("bytes {}-{}/{}", part.offset, part.offset + part.size - 1, size));
  return true;
}

}  // namespace fit::http
