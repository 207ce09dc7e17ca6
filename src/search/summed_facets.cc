#include "search/summed_facets.h"

#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "domain/garment_size.h"

namespace fit::search {
namespace {

using domain::Facet;

// Sums the facets of one column.
class FacetSum {
 public:
  explicit FacetSum(std::string name) { sum_.name = std::move(name); }

  void add(const Facet& facet) {
    for (const auto& [value, count] : facet.values) {
      const auto [known, is_new] = places_.try_emplace(to_lower(value), sum_.values.size());
      if (is_new) {
        sum_.values.push_back({value, count});
      } else {
        sum_.values[known->second].count += count;
      }
    }
    sum_.others += facet.others;
    sum_.missing += facet.missing;
    if (facet.lowest) sum_.lowest = std::min(*facet.lowest, sum_.lowest.value_or(*facet.lowest));
    if (facet.highest) sum_.highest = std::max(*facet.highest, sum_.highest.value_or(*facet.highest));
    std::ranges::copy(facet.histogram, std::back_inserter(buckets_));
  }

  Facet take() && {
    if (sum_.name == "size") {
      domain::unite_sizes(sum_, domain::kMaxFacetValues);
    } else {
      domain::sort_and_cut(sum_, domain::kMaxFacetValues);
    }
    if (sum_.lowest && sum_.highest) add_histogram();
    return std::move(sum_);
  }

 private:
  // The edges of all price histograms are those of one sequence, so that buckets are equal or apart.
  void add_histogram() {
    const auto edges = domain::price_edges(*sum_.lowest, *sum_.highest);
    for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
      Facet::Bucket bucket{.from = edges[i], .to = edges[i + 1]};
      for (const Facet::Bucket& one : buckets_) {
        if (one.from == bucket.from) bucket.count += one.count;
      }
      sum_.histogram.push_back(bucket);
    }
  }

  Facet sum_;
  std::unordered_map<std::string, std::size_t> places_;  // of values in lower case
  std::vector<Facet::Bucket> buckets_;
};

}  // namespace

std::vector<Facet> sum_facets(std::span<const TenantPage> pages) {
  std::vector<Facet> summed;
  if (pages.empty()) return summed;
  for (std::size_t i = 0; i < pages.front().results.facets.size(); ++i) {
    FacetSum sum(pages.front().results.facets[i].name);
    for (const TenantPage& page : pages) sum.add(page.results.facets.at(i));
    summed.push_back(std::move(sum).take());
  }
  return summed;
}

}  // namespace fit::search
