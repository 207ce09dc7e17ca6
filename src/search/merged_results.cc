#include "search/merged_results.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include "search/pages.h"

namespace fit::search {
namespace {

// Whether all results of all pages satisfy a condition.
template <class Condition>
bool all_hits(std::span<const TenantPage> pages, const Condition& condition) {
  return std::ranges::all_of(
      pages, [&](const TenantPage& page) { return std::ranges::all_of(page.results.hits, condition); });
}

MergeOrder choose_order(std::span<const TenantPage> pages) {
  const bool is_one_space = std::ranges::all_of(
      pages, [&](const TenantPage& page) { return page.results.space == pages.front().results.space; });
  if (is_one_space && all_hits(pages, [](const Hit& hit) { return !std::isnan(hit.similarity); })) {
    return MergeOrder::kSimilarity;
  }
  return all_hits(pages, [](const Hit& hit) { return hit.relevance.has_value(); }) ? MergeOrder::kRelevance
                                                                                   : MergeOrder::kRank;
}

const domain::PriceUnit* unit_of(const TenantPage& page) {
  return page.results.order_unit ? &*page.results.order_unit : nullptr;
}

// What results are compared by; less is better.
using MergeKey = std::tuple<KindTier, domain::SortValue, double>;

MergeKey key_of(const TenantPage& page, std::size_t index, MergeOrder order, const MergeOptions& options) {
  constexpr double kLast = std::numeric_limits<double>::infinity();
  const Hit& hit = page.results.hits[index];
  switch (order) {
    case MergeOrder::kSimilarity:
      return {hit.tier, {}, std::isnan(hit.similarity) ? kLast : -hit.similarity};
    case MergeOrder::kRelevance:
      return {hit.tier, {}, hit.relevance ? -*hit.relevance : kLast};
    case MergeOrder::kRank:
      return {hit.tier, {}, static_cast<double>(page.position.returned + index)};
    case MergeOrder::kValue:
      return {KindTier::kOfKind,
              options.sort ? sort_value(hit.item.listing, *options.sort, unit_of(page)) : domain::SortValue{},
              0};
  }
  return {};
}

// Where the page of a tenant ended of which `taken` results, at least one, are used.
TenantPosition position_after(const TenantPage& page, std::size_t taken,
                              std::optional<domain::SortOrder> sort) {
  TenantPosition position{.tenant = page.tenant, .cursor = page.position};
  const Hit& last = page.results.hits[taken - 1];
  position.cursor.last =
      sort ? sorted_key({.value = sort_value(last.item.listing, *sort, unit_of(page)), .item = last.item.id})
           : last.sort_key();
  position.cursor.returned += static_cast<std::uint32_t>(taken);
  position.cursor.rates = rates_of_order(sort, unit_of(page));
  const bool is_used_up = taken == page.results.hits.size() && page.results.next_cursor.empty();
  position.is_done = is_used_up || position.cursor.returned >= kMaxResults;
  return position;
}

}  // namespace

MergedResults merge_results(std::span<const TenantPage> pages, const MergeOptions& options) {
  MergedResults merged;
  merged.order = options.sort ? MergeOrder::kValue : options.order.value_or(choose_order(pages));
  std::vector<std::size_t> taken(pages.size());
  while (merged.hits.size() < options.limit) {
    std::optional<std::pair<MergeKey, std::size_t>> best;
    for (std::size_t i = 0; i < pages.size(); ++i) {
      if (taken[i] == pages[i].results.hits.size()) continue;
      const std::pair candidate(key_of(pages[i], taken[i], merged.order, options), i);
      if (!best || candidate < *best) best = candidate;
    }
    if (!best) break;
    merged.hits.push_back({.page = best->second, .hit = taken[best->second]++});
  }
  for (std::size_t i = 0; i < pages.size(); ++i) {
    const SearchResults& results = pages[i].results;
    merged.has_more = merged.has_more || taken[i] < results.hits.size();
    if (taken[i] == 0) continue;
    merged.positions.push_back(position_after(pages[i], taken[i], options.sort));
    merged.has_more = merged.has_more || !merged.positions.back().is_done;
  }
  return merged;
}

}  // namespace fit::search
