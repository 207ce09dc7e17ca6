#include "store/postgres_nearest.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "base/format.h"

namespace fit::store {
namespace {

constexpr double kFewRows = 3000;          // of a table: all are compared
constexpr std::size_t kUsualWidth = 40;    // hnsw.ef_search where nobody sets it
constexpr std::size_t kWidest = 1000;      // that pgvector takes
constexpr std::size_t kLeastScan = 20000;  // rows that a graph walk looks at before it gives up
constexpr std::size_t kMostRows = 40000;   // asked of the graph
constexpr double kMostlyAll = 0.9;         // a share that a walk of usual width fills a page from

}  // namespace

double NearestItems::exact_cost(double matching) {
  return 100 + 1.5 * matching;
}

double NearestItems::graph_cost(double wanted, double share) {
  return 600 + 12 * wanted / std::max(share, 1e-9);
}

NearestItems::NearestItems(const SqlReads& reads, const TableStatistics& statistics,
                           const NearQuestion& question)
    : reads_(reads),
      statistics_(statistics),
      question_(question),
      table_("vectors_" + std::to_string(question.space_id)),
      filter_(question.filter, FilterTable::kVectors, 2),
      share_(statistics.share(question.filter)) {
  values_.emplace_back(question.vector);
  values_.insert(values_.end(), filter_.values().begin(), filter_.values().end());
}

Result<std::vector<NearItem>> NearestItems::find() {
  bool done = false;
  if (is_by_graph()) {
    FIT_TRY(done, walk_graph());
  }
  if (!done) FIT_CHECK(compare_all());
  return std::move(items_);
}

bool NearestItems::is_by_graph() const {
  if (statistics_.rows() <= kFewRows || !statistics_.has_graph()) return false;
  const double wanted = static_cast<double>(question_.limit) * statistics_.rows_per_item();
  return graph_cost(wanted, share_) < exact_cost(share_ * statistics_.rows());
}

std::string NearestItems::select() const {
  return fit::format("SELECT v.item_id, v.image_id, v.embedding <=> $1 AS distance FROM {} v WHERE {}",
                     table_, filter_.text());
}

Result<void> NearestItems::query(SqlConnection& connection, const std::string& sql) {
  rows_.clear();
  return connection.query(sql, values_, [this](const SqlRow& row) {
    const double distance = row.real(2);
    rows_.push_back({.near = {.item = ItemId{row.integer(0)},
                              .image = ImageId{row.integer(1)},
                              .similarity = static_cast<float>(1 - distance)},
                     .distance = distance});
  });
}

bool NearestItems::take_items() {
  std::ranges::sort(rows_, [](const Row& a, const Row& b) {
    if (a.distance != b.distance) return a.distance < b.distance;
    return a.near.item != b.near.item ? a.near.item < b.near.item : a.near.image < b.near.image;
  });
  items_.clear();
  std::unordered_set<ItemId> met;
  for (const Row& row : rows_) {
    if (row.near.similarity < question_.min_similarity) return true;
    if (met.insert(row.near.item).second) items_.push_back(row.near);
    if (items_.size() == question_.limit) return true;
  }
  return false;
}

// Asks for more rows while images of the same items take the places of others. False when the graph gave too
// few.
Result<bool> NearestItems::walk_graph() {
  const double wanted = std::ceil(static_cast<double>(question_.limit) * statistics_.rows_per_item());
  for (std::size_t rows = std::max(question_.limit, static_cast<std::size_t>(wanted)); rows <= kMostRows;
       rows *= 4) {
    FIT_CHECK(walk_graph_once(rows));
    if (take_items()) return true;
    if (rows_.size() < rows) return false;
  }
  return false;
}

Result<void> NearestItems::walk_graph_once(std::size_t rows) {
  const std::string sql = fit::format("{} ORDER BY v.embedding <=> $1 LIMIT {}", select(), rows);
  if (rows <= kUsualWidth && share_ >= kMostlyAll) {
    FIT_CHECK(reads_.alone([&](SqlConnection& connection) { return query(connection, sql); }));
    if (rows_.size() == rows) return {};
  }
  const double looked_at = 4 * static_cast<double>(rows) / std::max(share_, 1e-3);
  const std::string settings = fit::format(
      "SET LOCAL hnsw.iterative_scan = relaxed_order; SET LOCAL hnsw.ef_search = {};"
      "SET LOCAL hnsw.max_scan_tuples = {}; SET LOCAL hnsw.scan_mem_multiplier = 8;"
      "SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off;"
      "SET LOCAL jit = off",
      std::clamp(rows, kUsualWidth, kWidest), std::max(kLeastScan, static_cast<std::size_t>(looked_at)));
  return reads_.in_transaction([&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(connection.run_script(settings));
    // The same text under other settings would be another plan.
    return query(connection, sql + " /* graph */");
  });
}

// OFFSET 0 keeps the planner from taking the graph. Where the images of one item push others out, the best
// image of each is looked for.
Result<void> NearestItems::compare_all() {
  const double wanted = std::ceil(static_cast<double>(question_.limit) * statistics_.rows_per_item());
  const std::size_t rows = std::max(question_.limit, static_cast<std::size_t>(wanted));
  const std::string all = select() + " OFFSET 0";
  FIT_CHECK(reads_.alone([&](SqlConnection& connection) {
    return query(connection,
                 fit::format("SELECT * FROM ({}) a ORDER BY distance, item_id LIMIT {}", all, rows));
  }));
  if (take_items() || rows_.size() < rows) return {};
  FIT_CHECK(reads_.alone([&](SqlConnection& connection) {
    return query(connection,
                 fit::format("SELECT * FROM (SELECT DISTINCT ON (item_id) * FROM ({}) a "
                             "ORDER BY item_id, distance, image_id) b ORDER BY distance, item_id LIMIT {}",
                             all, question_.limit));
  }));
  take_items();
  return {};
}

}  // namespace fit::store
