#include "domain/item_filter.h"

#include <algorithm>
#include <iterator>

namespace fit::domain {
namespace {

constexpr std::string_view kStatus = "status";

template <class T, class Choose>
void tighten(std::optional<T>& bound, const std::optional<T>& other, const Choose& choose) {
  if (other) bound = bound ? choose(*bound, *other) : *other;
}

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

void require_active(ItemFilter& filter) {
  filter.any_of.push_back({std::string(kStatus), {"active"}});
}

}  // namespace

bool ItemFilter::has_condition_on(std::string_view column) const {
  const auto is_of = [column](const ValueSet& values) { return values.column == column; };
  return std::ranges::any_of(any_of, is_of) || std::ranges::any_of(none_of, is_of);
}

ItemFilter both(const ItemFilter& one, const ItemFilter& other) {
  ItemFilter joined = one;
  std::ranges::copy(other.any_of, std::back_inserter(joined.any_of));
  std::ranges::copy(other.none_of, std::back_inserter(joined.none_of));
  if (one.has_condition_on(kStatus) != other.has_condition_on(kStatus)) require_active(joined);
  const auto larger = [](const auto& a, const auto& b) { return std::max(a, b); };
  const auto smaller = [](const auto& a, const auto& b) { return std::min(a, b); };
  tighten(joined.min_price, other.min_price, larger);
  tighten(joined.max_price, other.max_price, smaller);
  tighten(joined.listed_after, other.listed_after, larger);
  tighten(joined.among, other.among, [](const auto& a, const auto& b) { return common(a, b); });
  const bool no_currency = intersect(joined.currencies, other.currencies);
  const bool no_id = intersect(joined.external_ids, other.external_ids);
  if (no_currency || no_id) joined.among.emplace();
  return joined;
}

}  // namespace fit::domain
