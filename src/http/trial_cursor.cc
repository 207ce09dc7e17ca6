#include "http/trial_cursor.h"

#include <charconv>
#include <vector>

#include "base/format.h"

namespace fit::http {
namespace {

constexpr char kMark = '~';  // no letter of base64, which other cursors are made of
constexpr std::size_t kMostBytes = 2'000;

template <class Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

// The parts between dots; none for too many.
std::vector<std::string_view> parts_between_dots(std::string_view text) {
  constexpr std::size_t kMostParts = 6;
  std::vector<std::string_view> parts;
  while (parts.size() <= kMostParts) {
    const std::size_t dot = text.find('.');
    parts.push_back(text.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    text.remove_prefix(dot + 1);
  }
  return {};
}

}  // namespace

std::string encode_trial_cursor(const TrialCursor& cursor) {
  if (cursor.place) {
    return fit::format("{}{}.{}.ab.{}.{}.{}", kMark, cursor.experiment.value, cursor.key, cursor.place->query,
                       cursor.place->returned, cursor.place->taste_at);
  }
  return fit::format("{}{}.{}.{}.{}", kMark, cursor.experiment.value, cursor.key,
                     cursor.variant == style::Variant::kA ? "a" : "b", cursor.rest);
}

Result<std::optional<TrialCursor>> find_trial_cursor(std::string_view text) {
  if (text.empty() || text.front() != kMark) return std::nullopt;
  const Error broken = invalid("cursor", "is not one that this server gave; leave it out for the first page");
  if (text.size() > kMostBytes) return broken;
  const auto parts = parts_between_dots(text.substr(1));
  if (parts.size() < 4) return broken;
  TrialCursor cursor;
  if (!read_number(parts[0], cursor.experiment.value) || !read_number(parts[1], cursor.key) ||
      cursor.experiment.value <= 0 || cursor.key <= 0) {
    return broken;
  }
  if (parts[2] == "ab" && parts.size() == 6) {
    TrialPlace place;
    if (!read_number(parts[3], place.query) || !read_number(parts[4], place.returned) ||
        !read_number(parts[5], place.taste_at) || place.taste_at < 0) {
      return broken;
    }
    cursor.place = place;
    return cursor;
  }
  if ((parts[2] != "a" && parts[2] != "b") || parts.size() != 4 || parts[3].empty()) return broken;
  cursor.variant = parts[2] == "a" ? style::Variant::kA : style::Variant::kB;
  cursor.rest = parts[3];
  return cursor;
}

}  // namespace fit::http
