#include "text/edit_distance.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace fit::text {
namespace {

constexpr std::size_t kLongest = 64;

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
  const std::size_t gap = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (a.size() > kLongest || b.size() > kLongest || gap > limit) return limit + 1;
  using Row = std::array<std::size_t, kLongest + 1>;
  std::array<Row, 3> rows{};  // the last three rows of the matrix, reused in turn
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    Row& row = rows[i % 3];
    const Row& above = rows[(i + 2) % 3];
    const Row& before = rows[(i + 1) % 3];
    row[0] = i;
    std::size_t least = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
      least = std::min(least, row[j]);
    }
    if (least > limit + 1) return limit + 1;
  }
  return std::min(rows[a.size() % 3][b.size()], limit + 1);
}

std::size_t allowed_edits(std::size_t bytes) {
  return bytes < 4 ? 0 : bytes < 8 ? 1 : 2;
}

std::optional<std::string> nearest_name(std::string_view name, std::span<const std::string_view> known) {
  const std::string lower = to_lower(name.substr(0, kLongest + 1));
  std::size_t best = std::max<std::size_t>(1, lower.size() / 3) + 1;
  std::optional<std::string> nearest;
  for (const std::string_view candidate : known) {
    const std::size_t distance = edit_distance(lower, to_lower(candidate), best);
    if (distance >= best) continue;
    best = distance;
    nearest = candidate;
  }
  return nearest;
}

}  // namespace fit::text
