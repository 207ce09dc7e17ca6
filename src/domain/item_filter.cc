#include "domain/item_filter.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace fit::domain {
namespace {

constexpr std::string_view kStatus = "status";

template <class T, class Choose>
void tighten(std::optional<T>& bound, const std::optional<T>& other, const Choose& choose) {
  if (other) bound = bound ? choose(*bound, *other) : *other;
}

constexpr auto kLarger = [](const auto& a, const auto& b) { return std::max(a, b); };
constexpr auto kSmaller = [](const auto& a, const auto& b) { return std::min(a, b); };

template <class T>
std::vector<T> common(const std::vector<T>& one, const std::vector<T>& other) {
  std::vector<T> values;
  std::ranges::copy_if(one, std::back_inserter(values),
                       [&other](const T& value) { return std::ranges::contains(other, value); });
  return values;
}

// Intersects two lists of which an empty one has no condition. Returns whether they exclude each other.
bool intersect(std::vector<std::string>& values, const std::vector<std::string>& other) {
  if (other.empty()) return false;
  const bool is_free = values.empty();
  values = is_free ? other : common(values, other);
  return values.empty();
}

// The items of either set; null stands for none.
std::shared_ptr<const ItemBits> either(const std::shared_ptr<const ItemBits>& one,
                                       const std::shared_ptr<const ItemBits>& other) {
  if (one == nullptr || other == nullptr) return one == nullptr ? other : one;
  const ItemBits& smaller = one->size() < other->size() ? *one : *other;
  ItemBits bits = one->size() < other->size() ? *other : *one;
  for (std::size_t i = 0; i < smaller.size(); ++i) bits[i] |= smaller[i];
  return std::make_shared<const ItemBits>(std::move(bits));
}

void require_active(ItemFilter& filter) {
  filter.any_of.push_back({std::string(kStatus), {"active"}});
}

}  // namespace

std::vector<PriceRange> common_ranges(const std::vector<PriceRange>& one,
                                      const std::vector<PriceRange>& other) {
  std::vector<PriceRange> common;
  for (PriceRange range : one) {
    const auto same = std::ranges::find(other, range.currency, &PriceRange::currency);
    if (same == other.end()) continue;
    tighten(range.min, same->min, kLarger);
    tighten(range.max, same->max, kSmaller);
    common.push_back(std::move(range));
  }
  return common;
}

bool ItemFilter::has_condition_on(std::string_view column) const {
  const auto is_of = [column](const ValueSet& values) { return values.column == column; };
  return std::ranges::any_of(any_of, is_of) || std::ranges::any_of(none_of, is_of);
}

ItemFilter both(const ItemFilter& one, const ItemFilter& other) {
  ItemFilter joined = one;
  std::ranges::copy(other.any_of, std::back_inserter(joined.any_of));
  std::ranges::copy(other.none_of, std::back_inserter(joined.none_of));
  if (one.has_condition_on(kStatus) != other.has_condition_on(kStatus)) require_active(joined);
  tighten(joined.min_price, other.min_price, kLarger);
  tighten(joined.max_price, other.max_price, kSmaller);
  std::ranges::copy(other.price_in, std::back_inserter(joined.price_in));
  tighten(joined.converted, other.converted, common_ranges);
  tighten(joined.listed_after, other.listed_after, kLarger);
  keep_among(joined, other.among);
  const bool no_currency = intersect(joined.currencies, other.currencies);
  const bool no_id = intersect(joined.external_ids, other.external_ids);
  if (no_currency || no_id) joined.among.emplace();
  std::ranges::copy(other.no_words, std::back_inserter(joined.no_words));
  joined.denied = either(one.denied, other.denied);
  return joined;
}

void keep_among(ItemFilter& filter, std::optional<std::vector<ItemId>> items) {
  if (!items) return;
  filter.among = filter.among ? common(*filter.among, *items) : *std::move(items);
}

}  // namespace fit::domain
