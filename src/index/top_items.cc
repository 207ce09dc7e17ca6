#include "index/top_items.h"

#include <algorithm>
#include <tuple>

namespace fit::index {
namespace {

bool ranks_before(const domain::Neighbor& a, const domain::Neighbor& b) {
  return std::tuple(-a.similarity, a.item) < std::tuple(-b.similarity, b.item);
}

}  // namespace

TopItems::TopItems(std::size_t limit, float min_similarity)
    : limit_(limit), room_(2 * std::min(limit, std::size_t{1} << 40) + 64), threshold_(min_similarity) {}

void TopItems::shrink() {
  std::ranges::sort(found_, [](const domain::Neighbor& a, const domain::Neighbor& b) {
    return std::tuple(a.item, -a.similarity, a.image) < std::tuple(b.item, -b.similarity, b.image);
  });
  const auto repeated = std::ranges::unique(found_, {}, &domain::Neighbor::item);
  found_.erase(repeated.begin(), repeated.end());
  if (found_.size() < limit_) return;
  const auto last = found_.begin() + static_cast<std::ptrdiff_t>(limit_ - 1);
  std::nth_element(found_.begin(), last, found_.end(), ranks_before);
  threshold_ = std::max(threshold_, last->similarity);
  found_.erase(last + 1, found_.end());
}

std::vector<domain::Neighbor> TopItems::take() {
  shrink();
  std::ranges::sort(found_, ranks_before);
  return std::exchange(found_, {});
}

}  // namespace fit::index
