#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/sort_order.h"
#include "search/federated_cursor.h"
#include "search/search_engine.h"

namespace fit::search {

// A page of results of one tenant, the answer to a query with as many results as the merged page may have.
struct TenantPage {
  std::string tenant;
  SearchResults results;
  Cursor position;     // where it begins: SearchEngine::position()
  double took_ms = 0;  // opening the tenant included
};

// How pages are merged.
struct MergeOptions {
  std::size_t limit = 20;
  std::optional<domain::SortOrder> sort = {};  // Query::sort
  std::optional<MergeOrder> order = {};        // that of the pages before; nullopt: this is the first page
};

// A result of one of the merged pages, by indexes.
struct MergedHit {
  std::size_t page = 0;
  std::size_t hit = 0;

  bool operator==(const MergedHit&) const = default;
};

// A merged page.
struct MergedResults {
  std::vector<MergedHit> hits;  // best first, at most MergeOptions::limit
  MergeOrder order = MergeOrder::kSimilarity;
  std::vector<TenantPosition> positions;  // of the tenants that have a result among the hits, by page
  bool has_more = false;                  // a further page may have results of these tenants
};

// Merges pages. The results of each tenant stay in the order that the tenant gives them; the next result is
// the best of those that are first in what is left of each page. Best is the nearest kind (KindTier), then
// the highest similarity or relevance; for a query ordered by a value, the first value. Of equals the tenant
// of the earlier page comes first. Results of one item in several tenants all stay. Pages that continue at
// the positions have the results that one longer page would have: none is missing, none comes twice, while
// the catalogues are unchanged.
MergedResults merge_results(std::span<const TenantPage> pages, const MergeOptions& options);

}  // namespace fit::search
