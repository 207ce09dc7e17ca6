#include "store/pgvector/postgres_nearest.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>

#include "base/format.h"
#include "store/pgvector/halfvec.h"

namespace fit::store {
namespace {

constexpr double kFewRows = 3000;          // of a table: all are compared
constexpr std::size_t kUsualWidth = 40;    // hnsw.ef_search where nobody sets it
constexpr std::size_t kLeastWidth = 20;    // of a walk that goes on until it has enough
constexpr std::size_t kWidest = 1000;      // that pgvector takes
constexpr std::size_t kLeastScan = 20000;  // rows that a graph walk looks at before it gives up
constexpr std::size_t kMostRows = 40000;   // asked of the graph
constexpr double kMostlyAll = 0.9;         // a share that a walk of usual width fills a page from

// Microseconds that the plans take, as measured with vectors of 512 (docs/benchmarks.md). `order` is how far
// rows that match lie together, 0 to 1.
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
    if (is_by_graph(part)) part.way = Way::kGraph;
    parts_.push_back(std::move(part));
  }
}

Result<std::vector<domain::Neighbor>> NearestItems::find() {
  FIT_TRY(values_.front(), halfvec_format().encode(query_.vector, vector_));
  do {
    FIT_CHECK(ask());
  } while (!take_items() && go_on());
  return std::move(items_);
}

std::size_t NearestItems::first_limit(const Part& part) const {
  const double rows = std::ceil(static_cast<double>(query_.limit) * part.leaf->statistics.rows_per_item());
  return std::max(query_.limit, static_cast<std::size_t>(rows));
}

// Of a shard that was never analysed nothing is known but that it has a graph; that server's planner decides
// whether to use it.
bool NearestItems::is_by_graph(const Part& part) const {
  const TableStatistics& statistics = part.leaf->statistics;
  const bool is_remote = !part.leaf->shard.empty();
  if (is_remote && statistics.rows() <= 0) return true;
  if (statistics.rows() <= kFewRows || !(is_remote || statistics.has_graph())) return false;
  const double wanted = static_cast<double>(query_.limit) * statistics.rows_per_item();
  const bool asks_category =
      std::ranges::contains(query_.filter.any_of, "category", &domain::ValueSet::column);
  return graph_cost(wanted, part.share) <
         exact_cost(part.share * statistics.rows(), asks_category ? statistics.order() : 0);
}

std::string NearestItems::select(const Part& part) const {
  return fit::format("SELECT v.item_id, v.image_id, v.embedding <=> $1 AS distance FROM {} v WHERE {}",
                     part.leaf->table, filter_.text());
}

// Several parts are one statement, whose rows say which part they are of.
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
  FIT_TRY(const std::string marks, leaf_marks(connection, tables_.parent));
  is_outdated_ = is_outdated_ || marks != tables_.marks;
  return {};
}

bool NearestItems::take_items() {
  // Beyond the farthest row of a part that has more, others may be missing.
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

bool NearestItems::go_on() {
  bool is_more = false;
  for (Part& part : parts_) {
    if (part.is_complete) continue;
    is_more = true;
    part.is_asked = false;
    if (part.way == Way::kGraph && part.rows.size() == part.limit && part.limit * 4 <= kMostRows) {
      // Images of the same items take the places of others.
      part.limit *= 4;
    } else if (part.way == Way::kGraph) {
      part.way = Way::kAll;
      part.limit = first_limit(part);
    } else if (!part.leaf->shard.empty()) {
      part.limit *= 4;
    } else {
      part.way = Way::kBestImages;
      part.limit = query_.limit;
    }
  }
  return is_more;
}

Result<void> NearestItems::ask() {
  std::vector<Part*> graphs;
  std::vector<Part*> others;
  for (Part& part : parts_) {
    if (!part.is_asked) (part.way == Way::kGraph ? graphs : others).push_back(&part);
    part.is_asked = true;
  }
  if (!graphs.empty()) FIT_CHECK(walk_graphs(graphs));
  if (others.empty()) return {};
  FIT_CHECK(compare_all(others));
  for (Part* const part : others) {
    part->is_complete = part->way == Way::kBestImages || part->rows.size() < part->limit;
  }
  return {};
}

Result<void> NearestItems::walk_graphs(const std::vector<Part*>& parts) {
  std::string sql;
  std::size_t rows = 0;
  double share = 1;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Part& part = *parts[i];
    const std::string one = fit::format("{} ORDER BY v.embedding <=> $1 LIMIT {}", select(part), part.limit);
    if (parts.size() == 1) {
      sql = one;
    } else {
      sql += fit::format("{}SELECT *, {} FROM ({}) p{}", i == 0 ? "" : " UNION ALL ", i, one, i);
    }
    rows = std::max(rows, part.limit);
    share = std::min(share, part.share);
  }
  if (parts.size() == 1 && rows <= kUsualWidth && share >= kMostlyAll) {
    FIT_CHECK(database_.read_without_transaction(
        [&](sql::SqlConnection& connection) { return query(connection, sql, parts, {}); }));
    if (std::ranges::all_of(parts, [](const Part* part) { return part->rows.size() == part->limit; }))
      return {};
  }
  const double looked_at = 4 * static_cast<double>(rows) / std::max(share, 1e-3);
  const std::vector<sql::SqlSetting> settings = {
      {"hnsw.iterative_scan", "relaxed_order"},
      {"hnsw.ef_search", std::to_string(std::clamp(rows, kLeastWidth, kWidest))},
      {"hnsw.max_scan_tuples", std::to_string(std::max(kLeastScan, static_cast<std::size_t>(looked_at)))},
      {"hnsw.scan_mem_multiplier", "8"},
      {"enable_sort", "off"},
      {"enable_seqscan", "off"},
      {"enable_bitmapscan", "off"},
      {"jit", "off"}};
  return database_.read_without_transaction([&](sql::SqlConnection& connection) {
    // The same text under other settings would be another plan.
    return query(connection, sql + " /* graph */", parts, settings);
  });
}

// A text that no graph answers: OFFSET 0 keeps the planner from taking it. A shard is given a form that its
// own planner cannot answer by the graph and that sorts and limits there. Where the images of one item push
// others out, the best image of each is looked for.
std::string NearestItems::all_of(const Part& part) const {
  if (!part.leaf->shard.empty()) {
    return fit::format("{} ORDER BY (v.embedding <=> $1) + 0, v.item_id LIMIT {}", select(part), part.limit);
  }
  const std::string all = select(part) + " OFFSET 0";
  if (part.way == Way::kAll) {
    return fit::format("SELECT * FROM ({}) a ORDER BY distance, item_id LIMIT {}", all, part.limit);
  }
  return fit::format(
      "SELECT * FROM (SELECT DISTINCT ON (item_id) * FROM ({}) a "
      "ORDER BY item_id, distance, image_id) b ORDER BY distance, item_id LIMIT {}",
      all, part.limit);
}

Result<void> NearestItems::compare_all(const std::vector<Part*>& parts) {
  std::string sql = all_of(*parts[0]);
  for (std::size_t i = 0; i < parts.size() && parts.size() > 1; ++i) {
    sql = fit::format("{}SELECT *, {} FROM ({}) p{}", i == 0 ? "" : sql + " UNION ALL ", i, all_of(*parts[i]),
                      i);
  }
  return database_.read_without_transaction(
      [&](sql::SqlConnection& connection) { return query(connection, sql, parts, {}); });
}

}  // namespace fit::store
