#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "domain/vectors.h"
#include "sql/database.h"
#include "store/pgvector/vector_leaves.h"
#include "store/pgvector/vector_search.h"

namespace fit::store {

// Search by SQL and pgvector. A nearest-neighbour query uses the graph, or scans the vectors of its filter
// when these are few. The statistics of the tables decide before the query is sent, so that most queries take
// one exchange with the server. Borrows the database. Thread-safe; calls block.
class PostgresSearch final : public VectorSearch {
 public:
  explicit PostgresSearch(sql::Database& database) : database_(database) {}

  Result<std::vector<domain::Neighbor>> nearest(const NearestQuery& query) override;
  Result<bool> any(const domain::ItemFilter& filter) override;
  Result<std::vector<ItemId>> first_with(const domain::ValueSet& values,
                                         const domain::ItemFilter& filter) override;
  Result<std::vector<ItemId>> latest(const domain::ItemFilter& filter, std::size_t limit) override;
  Result<std::vector<domain::SortedItem>> sorted(const domain::ItemFilter& filter,
                                                 const domain::SortRequest& request) override;
  Result<ValueSpread> value_spread(const std::string& column, const domain::ItemFilter& filter,
                                   std::size_t limit) override;
  Result<PriceSpread> price_spread(const domain::ItemFilter& filter, const domain::PriceUnit* unit) override;
  Result<std::vector<std::int64_t>> price_histogram(const domain::ItemFilter& filter,
                                                    std::span<const double> edges,
                                                    const domain::PriceUnit* unit) override;
  Result<std::vector<ColumnValue>> values(std::span<const std::string_view> columns,
                                          std::size_t limit) override;
  Result<bool> has_value(const domain::ValueSet& values) override;
  Result<VectorState> state(std::int64_t space_id) override;

 private:
  // At most `limit` of these items. `order` is an ORDER BY expression over items as i.

  using Clock = std::chrono::steady_clock;
  struct Cached {
    std::shared_ptr<const VectorLeaves> tables;
    Clock::time_point until;
  };

  // The tables of a space with their statistics, read at most half a minute ago.
  Result<std::shared_ptr<const VectorLeaves>> tables(std::int64_t space_id);
  void invalidate(std::int64_t space_id);

  sql::Database& database_;
  std::mutex mutex_;
  std::unordered_map<std::int64_t, Cached> cached_;  // by space, under the mutex
};

}  // namespace fit::store
