#include "store/pgvector/postgres_nearest.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>

#include "base/format.h"
#include "store/pgvector/halfvec.h"

namespace fit::store {
namespace {

constexpr double kScannedRows = 3000;          // a table with no more rows than this is always scanned
constexpr std::size_t kDefaultWidth = 40;      // pgvector's default of hnsw.ef_search
constexpr std::size_t kMinWidth = 20;          // of an iterative graph search
constexpr std::size_t kMaxWidth = 1000;        // that pgvector accepts
constexpr std::size_t kMinScanTuples = 20000;  // the least hnsw.max_scan_tuples
constexpr std::size_t kMaxGraphRows = 40000;   // the largest limit of a graph search
constexpr double kUnfilteredShare = 0.9;       // from this share on, a graph search of default width suffices

// The duration of the plans in microseconds, as measured with vectors of 512 dimensions (docs/benchmarks.md).
// `order` is how far the rows that match lie together, from 0 to 1.
double exact_cost(double matching, double order) {
  return 100 + (1.5 - order * order) * matching;
}

double graph_cost(double wanted, double share) {
  return 600 + 12 * wanted / std::max(share, 1e-9);
}

}  // namespace

NearestItems::NearestItems(sql::Database& database, const VectorLeaves& tables, const NearestQuery& query)
    : database_(database), tables_(tables), query_(query), filter_(query.filter, FilterTable::kVectors, 2) {
  values_.emplace_back();  // for vector_
  values_.insert(values_.end(), filter_.values().begin(), filter_.values().end());
  for (const VectorLeaf& leaf : tables.leaves) {
    if (!tables.may_have(leaf, query.filter)) continue;
    Part part{.leaf = &leaf, .share = leaf.statistics.share(query.filter), .rows = {}};
    part.limit = first_limit(part);
    if (prefers_graph(part)) part.method = Method::kGraph;
    parts_.push_back(std::move(part));
  }
}

Result<std::vector<domain::Neighbor>> NearestItems::find() {
  FIT_TRY(values_.front(), halfvec_format().encode(query_.vector, vector_));
  do {
    FIT_CHECK(read_parts());
  } while (!merge_parts() && widen());
  return std::move(items_);
}

std::size_t NearestItems::first_limit(const Part& part) const {
  const double rows = std::ceil(static_cast<double>(query_.limit) * part.leaf->statistics.rows_per_item());
  return std::max(query_.limit, static_cast<std::size_t>(rows));
}

// Nothing is known of a shard that was never analysed, except that it has a graph; its own planner decides
// whether to use it.
bool NearestItems::prefers_graph(const Part& part) const {
  const TableStatistics& statistics = part.leaf->statistics;
  const bool is_remote = !part.leaf->shard.empty();
  if (is_remote && statistics.rows() <= 0) return true;
  if (statistics.rows() <= kScannedRows || !(is_remote || statistics.has_graph())) return false;
  const double wanted = static_cast<double>(query_.limit) * statistics.rows_per_item();
  const bool filters_category =
      std::ranges::contains(query_.filter.any_of, "category", &domain::ValueSet::column);
  return graph_cost(wanted, part.share) <
         exact_cost(part.share * statistics.rows(), filters_category ? statistics.order() : 0);
}

std::string NearestItems::select(const Part& part) const {
  return fit::format("SELECT v.item_id, v.image_id, v.embedding {} $1 AS distance FROM {} v WHERE {}",
                     tables_.distance, part.leaf->table, filter_.text());
}

// Several parts are read by one statement, whose last column is the number of a row's part.
Result<void> NearestItems::query(sql::SqlConnection& connection, const std::string& sql,
                                 const std::vector<Part*>& parts, std::span<const sql::SqlSetting> settings) {
  for (Part* const part : parts) part->rows.clear();
  FIT_CHECK(connection.query_under(settings, sql, values_, [&](const sql::SqlRow& row) {
    const double distance = row.real(2);
    Part& part = *parts[parts.size() == 1 ? 0 : static_cast<std::size_t>(row.integer(3))];
    part.rows.push_back({.near = {.item = ItemId{row.integer(0)},
                                  .image = ImageId{row.integer(1)},
                                  .similarity = static_cast<float>(1 - distance)},
                         .distance = distance});
  }));
  if (!tables_.is_partitioned()) return {};
  FIT_TRY(const std::string fingerprint, partition_fingerprint(connection, tables_.parent));
  is_outdated_ = is_outdated_ || fingerprint != tables_.fingerprint;
  return {};
}

bool NearestItems::merge_parts() {
  // Rows beyond the farthest row of an incomplete part may be missing.
  double reach = std::numeric_limits<double>::infinity();
  bool is_all = true;
  std::vector<Row> rows;
  for (const Part& part : parts_) {
    rows.insert(rows.end(), part.rows.begin(), part.rows.end());
    if (part.is_complete) continue;
    is_all = false;
    double farthest = -std::numeric_limits<double>::infinity();
    for (const Row& row : part.rows) farthest = std::max(farthest, row.distance);
    reach = std::min(reach, farthest);
  }
  std::ranges::sort(rows, [](const Row& a, const Row& b) {
    if (a.distance != b.distance) return a.distance < b.distance;
    return a.near.item != b.near.item ? a.near.item < b.near.item : a.near.image < b.near.image;
  });
  items_.clear();
  std::unordered_set<ItemId> met;
  for (const Row& row : rows) {
    if (row.near.similarity < query_.min_similarity) return true;
    if (row.distance > reach) break;
    if (met.insert(row.near.item).second) items_.push_back(row.near);
    if (items_.size() == query_.limit) return true;
  }
  return is_all;
}

bool NearestItems::widen() {
  bool has_more = false;
  for (Part& part : parts_) {
    if (part.is_complete) continue;
    has_more = true;
    part.is_current = false;
    if (part.method == Method::kGraph && part.rows.size() == part.limit && part.limit * 4 <= kMaxGraphRows) {
      // Several images of one item took places in the limit.
      part.limit *= 4;
    } else if (part.method == Method::kGraph) {
      part.method = Method::kScan;
      part.limit = first_limit(part);
    } else if (!part.leaf->shard.empty()) {
      part.limit *= 4;
    } else {
      part.method = Method::kScanByItems;
      part.limit = query_.limit;
    }
  }
  return has_more;
}

Result<void> NearestItems::read_parts() {
  std::vector<Part*> graphs;
  std::vector<Part*> others;
  for (Part& part : parts_) {
    if (!part.is_current) (part.method == Method::kGraph ? graphs : others).push_back(&part);
    part.is_current = true;
  }
  if (!graphs.empty()) FIT_CHECK(search_graphs(graphs));
  if (others.empty()) return {};
  FIT_CHECK(scan(others));
  for (Part* const part : others) {
    part->is_complete = part->method == Method::kScanByItems || part->rows.size() < part->limit;
  }
  return {};
}

Result<void> NearestItems::search_graphs(const std::vector<Part*>& parts) {
  std::string sql;
  std::size_t rows = 0;
  double share = 1;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Part& part = *parts[i];
    const std::string one =
        fit::format("{} ORDER BY v.embedding {} $1 LIMIT {}", select(part), tables_.distance, part.limit);
    if (parts.size() == 1) {
      sql = one;
    } else {
      sql += fit::format("{}SELECT *, {} FROM ({}) p{}", i == 0 ? "" : " UNION ALL ", i, one, i);
    }
    rows = std::max(rows, part.limit);
    share = std::min(share, part.share);
  }
  if (parts.size() == 1 && rows <= kDefaultWidth && share >= kUnfilteredShare) {
    FIT_CHECK(database_.read_without_transaction(
        [&](sql::SqlConnection& connection) { return query(connection, sql, parts, {}); }));
    if (std::ranges::all_of(parts, [](const Part* part) { return part->rows.size() == part->limit; }))
      return {};
  }
  const double visited = 4 * static_cast<double>(rows) / std::max(share, 1e-3);
  const std::vector<sql::SqlSetting> settings = {
      {"hnsw.iterative_scan", "relaxed_order"},
      {"hnsw.ef_search", std::to_string(std::clamp(rows, kMinWidth, kMaxWidth))},
      {"hnsw.max_scan_tuples", std::to_string(std::max(kMinScanTuples, static_cast<std::size_t>(visited)))},
      {"hnsw.scan_mem_multiplier", "8"},
      {"enable_sort", "off"},
      {"enable_seqscan", "off"},
      {"enable_bitmapscan", "off"},
      {"jit", "off"}};
  return database_.read_without_transaction([&](sql::SqlConnection& connection) {
    // The server caches the plan of a text, and these settings change the plan: the comment makes the texts
    // differ.
    return query(connection, sql + " /* graph */", parts, settings);
  });
}

// A statement that the planner cannot execute by the graph. OFFSET 0 prevents that in the database itself. On
// a shard, `+ 0` does, and sorting and the limit stay pushed down.
std::string NearestItems::scan_sql(const Part& part) const {
  if (!part.leaf->shard.empty()) {
    return fit::format("{} ORDER BY (v.embedding {} $1) + 0, v.item_id LIMIT {}", select(part),
                       tables_.distance, part.limit);
  }
  const std::string all = select(part) + " OFFSET 0";
  if (part.method == Method::kScan) {
    return fit::format("SELECT * FROM ({}) a ORDER BY distance, item_id LIMIT {}", all, part.limit);
  }
  return fit::format(
      "SELECT * FROM (SELECT DISTINCT ON (item_id) * FROM ({}) a "
      "ORDER BY item_id, distance, image_id) b ORDER BY distance, item_id LIMIT {}",
      all, part.limit);
}

Result<void> NearestItems::scan(const std::vector<Part*>& parts) {
  std::string sql = scan_sql(*parts[0]);
  for (std::size_t i = 0; i < parts.size() && parts.size() > 1; ++i) {
    sql = fit::format("{}SELECT *, {} FROM ({}) p{}", i == 0 ? "" : sql + " UNION ALL ", i,
                      scan_sql(*parts[i]), i);
  }
  return database_.read_without_transaction(
      [&](sql::SqlConnection& connection) { return query(connection, sql, parts, {}); });
}

}  // namespace fit::store
