#include "store/pgvector/postgres_statistics.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "store/tables/filter_sql.h"
#include "store/tables/value_keys.h"

namespace fit::store {
namespace {

// The shares that conditions on columns without statistics are estimated at.
constexpr double kUnknownEqual = 0.01;
constexpr double kUnknownRange = 0.33;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

double number(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

Result<TableStatistics> TableStatistics::read(sql::SqlConnection& connection, const std::string& table) {
  TableStatistics made;
  const std::string graph = table + "_nearest";
  constexpr double kRowBytes = 1200;  // with a vector of 512 dimensions
  FIT_CHECK(connection.query(
      "SELECT reltuples::FLOAT8, CASE WHEN relkind = 'r' THEN pg_relation_size(oid) ELSE 0 END::FLOAT8 "
      "FROM pg_class WHERE oid = to_regclass($1)",
      {std::string_view(table)}, [&](const sql::SqlRow& row) {
        made.rows_ = row.real(0) >= 0 ? row.real(0) : row.real(1) / kRowBytes;
      }));
  FIT_CHECK(connection.query("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass($1)",
                             {std::string_view(graph)},
                             [&](const sql::SqlRow& row) { made.has_graph_ = row.integer(0) != 0; }));
  FIT_CHECK(connection.query(
      "SELECT s.attname::TEXT, s.null_frac::FLOAT8, s.n_distinct::FLOAT8, c.value, c.share::FLOAT8, "
      "COALESCE(s.correlation, 0)::FLOAT8 "
      "FROM pg_stats s LEFT JOIN LATERAL unnest(s.most_common_vals::TEXT::TEXT[], s.most_common_freqs) "
      "AS c(value, share) ON TRUE "
      "WHERE s.schemaname = ANY (current_schemas(FALSE)) AND s.tablename = $1 AND s.attname <> 'embedding'",
      {std::string_view(table)}, [&](const sql::SqlRow& row) {
        Column& column = made.columns_[std::string(row.text(0))];
        column.null_share = row.real(1);
        const double distinct = row.real(2);
        column.distinct = distinct < 0 ? -distinct * std::max(made.rows_, 1.0) : distinct;
        column.correlation = row.real(5);
        if (row.is_null(3)) return;
        column.common.emplace(row.text(3), row.real(4));
        column.common_share += row.real(4);
      }));
  FIT_CHECK(
      connection.query("SELECT s.attname::TEXT, b.bound FROM pg_stats s, "
                       "unnest(s.histogram_bounds::TEXT::FLOAT8[]) WITH ORDINALITY AS b(bound, place) "
                       "WHERE s.schemaname = ANY (current_schemas(FALSE)) AND s.tablename = $1 "
                       "AND s.attname IN ('price', 'listed_at') ORDER BY s.attname, b.place",
                       {std::string_view(table)}, [&](const sql::SqlRow& row) {
                         made.columns_[std::string(row.text(0))].bounds.push_back(row.real(1));
                       }));
  if (const auto item = made.columns_.find("item_id"); item != made.columns_.end()) {
    made.rows_per_item_ = std::max(1.0, made.rows_ / std::max(item->second.distinct, 1.0));
  }
  return made;
}

double TableStatistics::order() const {
  const auto category = columns_.find("category");
  return category == columns_.end() ? 0 : std::abs(category->second.correlation);
}

double TableStatistics::share_of(const domain::ValueSet& values) const {
  const auto column = columns_.find(values.column);
  double share = 0;
  for (const std::string& value : values.values) {
    if (column == columns_.end()) {
      share += kUnknownEqual;
      continue;
    }
    const auto known = column->second.common.find(value_key(value));
    if (known != column->second.common.end()) {
      share += known->second;
      continue;
    }
    const Column& one = column->second;
    const double others = one.distinct - static_cast<double>(one.common.size());
    if (others >= 1) share += std::max(0.0, 1 - one.null_share - one.common_share) / others;
  }
  return std::min(share, 1.0);
}

double TableStatistics::share_between(const std::string& name, double low, double high) const {
  const auto found = columns_.find(name);
  if (found == columns_.end()) return kUnknownRange;
  const Column& column = found->second;
  double share = 0;
  for (const auto& [text, part] : column.common) {
    const double value = number(text);
    if (value >= low && value <= high) share += part;
  }
  if (column.bounds.size() < 2) return share;
  const auto place = [&](double value) {
    const auto above = std::ranges::upper_bound(column.bounds, value);
    if (above == column.bounds.begin()) return 0.0;
    const auto before = static_cast<double>(above - column.bounds.begin() - 1);
    if (above == column.bounds.end()) return before;
    const double width = *above - *(above - 1);
    return before + (width > 0 ? (value - *(above - 1)) / width : 0);
  };
  const double parts = static_cast<double>(column.bounds.size() - 1);
  const double inside = std::max(0.0, place(high) - place(low)) / parts;
  return std::min(1.0, share + inside * std::max(0.0, 1 - column.null_share - column.common_share));
}

double TableStatistics::share(const domain::ItemFilter& filter) const {
  double share = 1;
  bool filters_status = false;
  for (const domain::ValueSet& values : filter.any_of) {
    filters_status = filters_status || values.column == "status";
    share *= share_of(values);
  }
  for (const domain::ValueSet& values : filter.none_of) {
    filters_status = filters_status || values.column == "status";
    share *= 1 - share_of(values);
  }
  if (!filters_status && columns_.contains("status")) share *= share_of({"status", {"active"}});
  if (filter.min_price || filter.max_price) {
    share *=
        share_between("price", filter.min_price.value_or(-kInfinity), filter.max_price.value_or(kInfinity));
  }
  if (filter.converted) {
    // The statistics do not say which price has which currency: the first range stands for all of them.
    if (filter.converted->empty()) return 0;
    const domain::PriceRange& range = filter.converted->front();
    share *= share_between("price", range.min.value_or(-kInfinity), range.max.value_or(kInfinity));
  }
  if (filter.among) return 0;  // few items, given by their ids
  if (filter.listed_after) {
    share *= share_between("listed_at", static_cast<double>(filter.listed_after->time_since_epoch().count()),
                           kInfinity);
  }
  return share;
}

}  // namespace fit::store
