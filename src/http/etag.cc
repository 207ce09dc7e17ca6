#include "http/etag.h"

#include "base/bytes.h"
#include "base/format.h"
#include "base/hash.h"

namespace fit::http {
namespace {

enum class Comparison { kStrong, kWeak };

// Whether one of the listed tags is `etag`. A list is ["W/"] DQUOTE *etagc DQUOTE, separated by commas; it
// ends at the first syntax error.
bool names(std::string_view list, std::string_view etag, Comparison comparison) {
  if (list == "*") return true;
  while (true) {
    const auto start = list.find_first_not_of(" \t,");
    if (start == std::string_view::npos) return false;
    list.remove_prefix(start);
    const bool is_weak = list.starts_with("W/");
    if (is_weak) list.remove_prefix(2);
    const auto end = list.starts_with('"') ? list.find('"', 1) : std::string_view::npos;
    if (end == std::string_view::npos) return false;
    const bool is_equal = list.substr(0, end + 1) == etag;
    if (is_equal && (!is_weak || comparison == Comparison::kWeak)) return true;
    list.remove_prefix(end + 1);
  }
}

}  // namespace

std::string etag_of(std::string_view content) {
  return fit::format("\"{:016x}\"", xxh3(as_bytes(content)));
}

std::string etag_of_version(std::string_view version) {
  return fit::format("\"{}\"", version);
}

bool none_match_names(std::string_view if_none_match, std::string_view etag) {
  return names(if_none_match, etag, Comparison::kWeak);
}

bool match_names(std::string_view if_match, std::string_view etag) {
  return names(if_match, etag, Comparison::kStrong);
}

}  // namespace fit::http
