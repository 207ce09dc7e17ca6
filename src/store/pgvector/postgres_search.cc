#include "store/pgvector/postgres_search.h"

#include <algorithm>

#include "base/format.h"
#include "store/pgvector/postgres_nearest.h"
#include "store/pgvector/sort_sql.h"
#include "store/tables/filter_columns.h"
#include "store/tables/filter_sql.h"
#include "store/tables/value_keys.h"

namespace fit::store {
namespace {

constexpr std::chrono::seconds kStatisticsAge{30};
constexpr int kMaxCounted = 1'000'000;  // items of a filter that facets count
constexpr int kMaxExact = 100'000;      // rows up to which state() counts instead of estimating

std::string matching(const FilterSql& filter, std::string_view what) {
  return fit::format("SELECT {} FROM items i WHERE {} LIMIT {}", what, filter.text(), kMaxCounted);
}

std::string column_key(const std::string& column) {
  return fit::format("fit_key(i.{})", column);
}

// The filter with one more condition, which does not change what it says about the status.
domain::ItemFilter with_values(domain::ItemFilter filter, const domain::ValueSet& values) {
  if (!filter.has_condition_on("status")) filter.any_of.push_back({"status", {"active"}});
  filter.any_of.push_back(values);
  return filter;
}

}  // namespace

Result<std::shared_ptr<const VectorLeaves>> PostgresSearch::tables(std::int64_t space_id) {
  {
    const std::lock_guard lock(mutex_);
    const auto cached = cached_.find(space_id);
    if (cached != cached_.end() && Clock::now() < cached->second.until) return cached->second.tables;
  }
  std::shared_ptr<const VectorLeaves> made;
  FIT_CHECK(database_.read([&](sql::SqlConnection& connection) -> Result<void> {
    FIT_TRY(auto known, read_leaves(connection, space_id));
    for (VectorLeaf& leaf : known.leaves) {
      FIT_TRY(leaf.statistics, TableStatistics::read(connection, leaf.table));
    }
    made = std::make_shared<const VectorLeaves>(std::move(known));
    return {};
  }));
  const std::lock_guard lock(mutex_);
  cached_[space_id] = {made, Clock::now() + kStatisticsAge};
  return made;
}

Result<std::vector<domain::Neighbor>> PostgresSearch::nearest(const NearestQuery& query) {
  if (query.limit == 0) return invalid("limit", "must not be 0");
  // A second attempt when partitions were attached or detached during the first.
  for (bool is_retry = false;; is_retry = true) {
    FIT_TRY(const auto known, tables(query.space_id));
    NearestItems search(database_, *known, query);
    auto found = search.find();
    if (found && !search.is_outdated()) return found;
    if (is_retry || !known->is_partitioned()) return found;
    invalidate(query.space_id);
    if (!found && found.error().code == ErrorCode::kUnavailable) return found;
  }
}

void PostgresSearch::invalidate(std::int64_t space_id) {
  const std::lock_guard lock(mutex_);
  cached_.erase(space_id);
}

Result<bool> PostgresSearch::any(const domain::ItemFilter& filter) {
  const FilterSql condition(filter, FilterTable::kItems, 1);
  bool some = false;
  FIT_CHECK(database_.read_without_transaction([&](sql::SqlConnection& connection) {
    return connection.query(fit::format("SELECT EXISTS (SELECT 1 FROM items i WHERE {})", condition.text()),
                            condition.values(), [&](const sql::SqlRow& row) { some = row.integer(0) != 0; });
  }));
  return some;
}

Result<std::vector<ItemId>> PostgresSearch::first_with(const domain::ValueSet& values,
                                                       const domain::ItemFilter& filter) {
  std::vector<ItemId> items(values.values.size());
  if (items.empty() || !is_text_column(values.column)) return items;
  const domain::ItemFilter having = with_values(filter, values);
  const FilterSql condition(having, FilterTable::kItems, 1);
  const std::string key = column_key(values.column);
  FIT_CHECK(database_.read_without_transaction([&](sql::SqlConnection& connection) {
    return connection.query(
        fit::format("SELECT {0}, min(i.id) FROM items i WHERE {1} GROUP BY {0}", key, condition.text()),
        condition.values(), [&](const sql::SqlRow& row) {
          for (std::size_t i = 0; i < items.size(); ++i) {
            if (value_key(values.values[i]) == row.text(0)) items[i] = ItemId{row.integer(1)};
          }
        });
  }));
  return items;
}

Result<std::vector<ItemId>> PostgresSearch::latest(const domain::ItemFilter& filter, std::size_t limit) {
  const FilterSql condition(filter, FilterTable::kItems, 1);
  std::vector<ItemId> items;
  FIT_CHECK(database_.read_without_transaction([&](sql::SqlConnection& connection) {
    items.clear();
    return connection.query(
        fit::format("SELECT i.id FROM items i WHERE {} ORDER BY i.id DESC LIMIT {}", condition.text(), limit),
        condition.values(), [&](const sql::SqlRow& row) { items.push_back(ItemId{row.integer(0)}); });
  }));
  return items;
}

Result<std::vector<domain::SortedItem>> PostgresSearch::sorted(const domain::ItemFilter& filter,
                                                               const domain::SortRequest& request) {
  const FilterSql condition(filter, FilterTable::kItems, 1);
  const SortSql order(request);
  std::vector<sql::SqlValue> values = condition.values();
  const std::string after = order.after(values);
  std::vector<domain::SortedItem> items;
  FIT_CHECK(database_.read_without_transaction([&](sql::SqlConnection& connection) {
    items.clear();
    return connection.query(
        fit::format("SELECT i.id, {} FROM items i WHERE {}{}{} ORDER BY {} LIMIT {}", order.columns(),
                    condition.text(), after.empty() ? "" : " AND ", after, order.order(), request.limit),
        values, [&](const sql::SqlRow& row) {
          items.push_back(
              {order.value(sql::optional_real(row, 1), sql::optional_real(row, 2)), ItemId{row.integer(0)}});
        });
  }));
  return items;
}

Result<ValueSpread> PostgresSearch::value_spread(const std::string& column, const domain::ItemFilter& filter,
                                                 std::size_t limit) {
  const FilterSql condition(filter, FilterTable::kItems, 2);
  std::vector<sql::SqlValue> values = {std::string_view(column)};
  values.insert(values.end(), condition.values().begin(), condition.values().end());
  // item_values has the counts over all active items.
  const std::string counted =
      filter.empty() && column != "status"
          ? std::string(
                "SELECT value, active AS items FROM item_values WHERE name = $1 AND active > 0 "
                "UNION ALL SELECT '', COALESCE(sum(CASE name WHEN 'status' THEN active ELSE -active "
                "END), 0)::BIGINT FROM item_values WHERE name = $1 OR "
                "(name = 'status' AND value = 'active')")
          : fit::format("SELECT value, count(*) AS items FROM ({}) m GROUP BY value",
                        matching(condition, column_key(column) + " AS value"));
  ValueSpread spread;
  FIT_CHECK(database_.read_without_transaction([&](sql::SqlConnection& connection) {
    spread = {};
    return connection.query(
        fit::format("SELECT COALESCE(k.text, c.value), c.items, c.value = '', "
                    "(sum(c.items) FILTER (WHERE c.value <> '') OVER ())::BIGINT "
                    "FROM ({}) c LEFT JOIN item_values k ON k.name = $1 AND k.value = c.value "
                    "ORDER BY c.value <> '', c.items DESC, COALESCE(k.text, c.value) COLLATE \"C\" LIMIT {}",
                    counted, limit + 1),
        values, [&](const sql::SqlRow& row) {
          if (row.integer(2) != 0) {
            spread.missing = row.integer(1);
            return;
          }
          if (spread.values.empty()) spread.others = row.integer(3);
          if (spread.values.size() == limit) return;
          spread.values.push_back({std::string(row.text(0)), row.integer(1)});
          spread.others -= row.integer(1);
        });
  }));
  return spread;
}

Result<PriceSpread> PostgresSearch::price_spread(const domain::ItemFilter& filter,
                                                 const domain::PriceUnit* unit) {
  const FilterSql condition(filter, FilterTable::kItems, 1);
  PriceSpread spread;
  FIT_CHECK(database_.read_without_transaction([&](sql::SqlConnection& connection) {
    return connection.query(
        fit::format("SELECT min(price), max(price), count(*) FILTER (WHERE price IS NULL) FROM ({}) m",
                    matching(condition, compared_price(unit) + " AS price")),
        condition.values(), [&](const sql::SqlRow& row) {
          spread = {.lowest = {}, .highest = {}, .missing = row.integer(2)};
          if (row.is_null(0)) return;
          spread.lowest = row.real(0);
          spread.highest = row.real(1);
        });
  }));
  return spread;
}

Result<std::vector<std::int64_t>> PostgresSearch::price_histogram(const domain::ItemFilter& filter,
                                                                  std::span<const double> edges,
                                                                  const domain::PriceUnit* unit) {
  const FilterSql condition(filter, FilterTable::kItems, 2);
  std::string list = "{";
  for (const double edge : edges) list += fit::format("{}{}", list.size() > 1 ? "," : "", edge);
  list += "}";
  std::vector<sql::SqlValue> values = {std::string_view(list)};
  values.insert(values.end(), condition.values().begin(), condition.values().end());
  std::vector<std::int64_t> counts(edges.size() - 1);
  FIT_CHECK(database_.read_without_transaction([&](sql::SqlConnection& connection) {
    std::ranges::fill(counts, 0);
    return connection.query(
        fit::format("SELECT width_bucket(price, $1::FLOAT8[]), count(*) FROM ({}) m WHERE price IS NOT NULL "
                    "GROUP BY 1",
                    matching(condition, compared_price(unit) + " AS price")),
        values, [&](const sql::SqlRow& row) {
          const auto last = static_cast<std::int64_t>(counts.size()) - 1;
          counts[static_cast<std::size_t>(std::clamp<std::int64_t>(row.integer(0) - 1, 0, last))] +=
              row.integer(1);
        });
  }));
  return counts;
}

Result<std::vector<VectorSearch::ColumnValue>> PostgresSearch::values(
    std::span<const std::string_view> columns, std::size_t limit) {
  std::string names;
  std::vector<sql::SqlValue> bound;
  for (const std::string_view column : columns) {
    bound.emplace_back(column);
    names += fit::format("{}${}", names.empty() ? "" : ", ", bound.size());
  }
  std::vector<ColumnValue> values;
  FIT_CHECK(database_.read_without_transaction([&](sql::SqlConnection& connection) {
    values.clear();
    return connection.query(
        fit::format("SELECT name, value, text, items FROM item_values WHERE name IN ({}) AND items > 0 "
                    "ORDER BY items DESC, name, value LIMIT {}",
                    names, limit),
        bound, [&](const sql::SqlRow& row) {
          values.push_back({.column = std::string(row.text(0)),
                            .value = std::string(row.text(1)),
                            .count = {std::string(row.text(2)), row.integer(3)}});
        });
  }));
  return values;
}

Result<bool> PostgresSearch::has_value(const domain::ValueSet& values) {
  std::vector<std::string> keys;
  for (const std::string& value : values.values) keys.push_back(value_key(value));
  std::vector<sql::SqlValue> bound = {std::string_view(values.column)};
  std::string list;
  for (const std::string& key : keys) {
    if (!can_be_key(key)) continue;
    bound.emplace_back(std::string_view(key));
    list += fit::format("{}${}", list.empty() ? "" : ", ", bound.size());
  }
  if (list.empty()) return false;
  bool some = false;
  FIT_CHECK(database_.read_without_transaction([&](sql::SqlConnection& connection) {
    return connection.query(
        fit::format(
            "SELECT EXISTS (SELECT 1 FROM item_values WHERE name = $1 AND value IN ({}) AND items > 0)",
            list),
        bound, [&](const sql::SqlRow& row) { some = row.integer(0) != 0; });
  }));
  return some;
}

Result<VectorState> PostgresSearch::state(std::int64_t space_id) {
  const std::string table = fit::format("vectors_{}", space_id);
  // The tables of the space: one, or its partitions. Numbers of tables on shards are of their last ANALYZE.
  const std::string leaves = fit::format(
      "SELECT c.oid, c.relname, c.relkind, c.reltuples FROM pg_class c WHERE c.relkind IN ('r', 'f') AND "
      "(c.oid = "
      "to_regclass('{0}') OR c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = "
      "to_regclass('{0}')))",
      table);
  const std::string graphs = fit::format(
      "SELECT i.indexrelid, i.indisvalid FROM ({}) l JOIN pg_index i ON i.indexrelid = "
      "to_regclass(l.relname || '_nearest') WHERE l.relkind = 'r'",
      leaves);
  VectorState state;
  bool has_few = false;
  FIT_CHECK(database_.read_without_transaction([&](sql::SqlConnection& connection) {
    return connection.query(
        fit::format("SELECT (SELECT COALESCE(sum(GREATEST(reltuples, 0)), 0)::BIGINT FROM ({0}) l), "
                    "(SELECT bool_and(relkind = 'r' AND reltuples < {2}) FROM ({0}) l), "
                    "CASE WHEN (SELECT reltuples FROM pg_class WHERE oid = 'images'::regclass) < {2} "
                    "THEN (SELECT count(*) FROM images) "
                    "ELSE (SELECT reltuples::BIGINT FROM pg_class WHERE oid = 'images'::regclass) END, "
                    "(SELECT COALESCE(sum(pg_relation_size(indexrelid)), 0)::BIGINT FROM ({1}) g), "
                    "COALESCE((SELECT bool_and(indisvalid) AND count(*) = (SELECT count(*) FROM ({0}) l "
                    "WHERE relkind = 'r') FROM ({1}) g), FALSE)",
                    leaves, graphs, kMaxExact),
        {}, [&](const sql::SqlRow& row) {
          has_few = row.integer(1) != 0;
          state = {.vectors = row.integer(0),
                   .images = row.integer(2),
                   .index_bytes = row.integer(3),
                   .has_index = row.integer(4) != 0};
        });
  }));
  if (!has_few) return state;
  FIT_CHECK(database_.read_without_transaction([&](sql::SqlConnection& connection) {
    return connection.query(fit::format("SELECT count(*) FROM {}", table), {},
                            [&](const sql::SqlRow& row) { state.vectors = row.integer(0); });
  }));
  return state;
}

}  // namespace fit::store
