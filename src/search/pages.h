#pragma once

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "search/cursor.h"
#include "search/search_engine.h"
#include "search/visible_catalogue.h"

namespace fit::search {

// The limit of the results that the pages of a query can reach.
inline constexpr std::size_t kMaxResults = 10'000;

// Of how many of the best results an order by a value can consist: of those that satisfy a threshold of the
// query, and where it has none.
inline constexpr std::size_t kMostSorted = 2'000;
inline constexpr std::size_t kMostSortedOfAll = 200;

// What a listing is ordered by. `unit` as in domain::SortRequest.
domain::SortValue sort_value(const domain::Listing& listing, domain::SortOrder order,
                             const domain::PriceUnit* unit = nullptr);

// Cursor::rates of results in this order. `unit` may be null.
std::uint64_t rates_of_order(std::optional<domain::SortOrder> order, const domain::PriceUnit* unit);

// A page of results.
struct Page {
  std::vector<Hit> hits;
  std::string next_cursor;                  // empty on the last page
  std::optional<SortedExtent> sorted = {};  // SearchResults::sorted
};

// Reads one page of a query's results. The fused candidates come first, then the remaining items by
// similarity. For a query with a kind, each tier has its fused candidates first, then its remaining items. A
// query of words alone returns its fused candidates only, and a query of a filter alone the latest items.
// Serves one query on one thread; borrows its arguments.
class Pages {
 public:
  // The dependencies of Pages.
  struct Parts {
    store::Catalogue& store;
    const VectorSearcher& searcher;
    const ItemColumns& columns;
    const VisibleCatalogue* visible = nullptr;  // what Query::required shows; null: all items exist
  };
  Pages(Parts parts, const Query& query, const ResolvedQuery& resolved, const Selection& selection)
      : parts_(parts), query_(query), resolved_(resolved), selection_(selection) {}

  void set_ranked(RankedCandidates ranked) {
    fused_ = std::move(ranked.candidates);
    kind_ = std::move(ranked.kind);
    trust_ = ranked.trust;
  }

  // kInvalid naming "cursor" for one that is malformed or belongs to another query or space.
  Result<Page> read();

 private:
  // The first candidates of the order.
  struct Prefix {
    std::vector<Candidate> candidates;
    bool is_all = false;  // no further candidates exist
  };

  std::int64_t space() const;
  // What is ordered by a value.
  struct Sorted {
    Selection selection;
    std::unordered_map<ItemId, Candidate> best;  // of a query that ranks
    std::optional<SortedExtent> extent = {};     // likewise
  };

  const domain::PriceUnit* order_unit() const {
    return resolved_.order_unit ? &*resolved_.order_unit : nullptr;
  }
  Result<Cursor> read_cursor() const;
  Result<Prefix> read_prefix(std::size_t count) const;
  std::optional<double> least_similarity() const;
  std::optional<double> relevance_of(double similarity) const;
  Result<Prefix> read_tiers(std::size_t count) const;
  Result<Selection> select_tier(KindTier tier) const;
  Result<void> append_similar(std::size_t count, const Selection& selection, KindTier tier,
                              Prefix& prefix) const;
  Result<void> append_latest(std::size_t count, Prefix& prefix) const;
  Result<Page> read_sorted(domain::SortOrder order, const Cursor& cursor) const;
  Result<Page> read_sorted_page(const Sorted& sorted, domain::SortRequest request,
                                const Cursor& cursor) const;
  Result<Page> read_distinct_page(Sorted sorted, domain::SortRequest request, const Cursor& cursor) const;
  Result<Sorted> what_is_sorted() const;
  Result<std::vector<Hit>> hits_of(std::span<const domain::SortedItem> items, const Sorted& sorted) const;
  // Whether pages end at kMaxResults. They do not where each begins behind the last item of the one before.
  bool is_bounded() const { return !(query_.browse && query_.sort); }
  Result<std::vector<Hit>> hits_of(std::vector<Candidate> candidates) const;
  Result<void> collapse_duplicates(std::vector<Hit>& hits) const;
  std::string next_cursor(const std::vector<Hit>& hits, std::size_t returned_before,
                          const SortKey& last) const;

  Parts parts_;
  const Query& query_;
  const ResolvedQuery& resolved_;
  const Selection& selection_;
  std::vector<Candidate> fused_;  // by tier
  std::optional<Kind> kind_;      // RankedCandidates::kind
  double trust_ = 1;              // RankedCandidates::trust
};

}  // namespace fit::search
