#include "store/pgvector/vector_leaves.h"

#include <algorithm>

#include "base/format.h"
#include "store/pgvector/extension.h"
#include "store/tables/filter_sql.h"
#include "store/tables/value_keys.h"

namespace fit::store {
namespace {

constexpr std::string_view kServerPrefix = "fit_";

bool has(const std::vector<std::string>& categories, const std::string& key) {
  return std::ranges::find(categories, key) != categories.end();
}

}  // namespace

std::string shard_server(const std::string& shard) {
  return std::string(kServerPrefix) + shard;
}

std::vector<std::string> bound_texts(std::string_view bound) {
  std::vector<std::string> texts;
  for (std::size_t at = bound.find('\''); at != std::string_view::npos; at = bound.find('\'', at)) {
    const bool has_escapes = at > 0 && bound[at - 1] == 'E';
    std::string text;
    for (++at; at < bound.size(); ++at) {
      const bool is_quote = bound[at] == '\'';
      if (is_quote && (at + 1 >= bound.size() || bound[at + 1] != '\'')) break;
      if (is_quote || (has_escapes && bound[at] == '\\')) ++at;
      if (at < bound.size()) text += bound[at];
    }
    texts.push_back(std::move(text));
    if (at < bound.size()) ++at;
  }
  return texts;
}

bool VectorLeaves::may_have(const VectorLeaf& leaf, const domain::ItemFilter& filter) const {
  if (!is_partitioned()) return true;
  const auto is_wanted = [&](const std::string& value) {
    const std::string key = value_key(value);
    if (!leaf.is_rest()) return has(leaf.categories, key);
    return std::ranges::none_of(leaves, [&](const VectorLeaf& one) { return has(one.categories, key); });
  };
  for (const domain::ValueSet& set : filter.any_of) {
    if (set.column == "category" && std::ranges::none_of(set.values, is_wanted)) return false;
  }
  if (leaf.is_rest()) return true;
  return std::ranges::none_of(filter.none_of, [&](const domain::ValueSet& set) {
    if (set.column != "category") return false;
    return std::ranges::all_of(leaf.categories, [&](const std::string& category) {
      return std::ranges::any_of(set.values,
                                 [&](const std::string& value) { return value_key(value) == category; });
    });
  });
}

Result<std::string> partition_fingerprint(sql::SqlConnection& connection, const std::string& parent) {
  std::string fingerprint;
  FIT_CHECK(connection.query(
      fit::format("SELECT COALESCE(string_agg(inhrelid::TEXT, ' ' ORDER BY inhrelid), '') FROM pg_inherits "
                  "WHERE inhparent = to_regclass('{}')",
                  parent),
      {}, [&fingerprint](const sql::SqlRow& row) { fingerprint = row.text(0); }));
  return fingerprint;
}

Result<VectorLeaves> read_leaves(sql::SqlConnection& connection, std::int64_t space_id) {
  VectorLeaves known{
      .parent = fit::format("vectors_{}", space_id), .fingerprint = {}, .leaves = {}, .distance = {}};
  FIT_TRY(const std::string schema, pgvector_schema(connection));
  known.distance = fit::format("OPERATOR({}.<=>)", schema);
  FIT_TRY(known.fingerprint, partition_fingerprint(connection, known.parent));
  FIT_CHECK(connection.query(
      "SELECT c.relname::TEXT, COALESCE(s.srvname::TEXT, ''), COALESCE(pg_get_expr(c.relpartbound, c.oid), "
      "'') "
      "FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
      "LEFT JOIN pg_foreign_table f ON f.ftrelid = c.oid LEFT JOIN pg_foreign_server s ON s.oid = f.ftserver "
      "WHERE i.inhparent = to_regclass($1) ORDER BY c.relname",
      {std::string_view(known.parent)}, [&known](const sql::SqlRow& row) {
        const std::string_view server = row.text(1);
        known.leaves.push_back(
            {.table = std::string(row.text(0)),
             .shard = std::string(server.starts_with(kServerPrefix) ? server.substr(kServerPrefix.size())
                                                                    : server),
             .categories = bound_texts(row.text(2)),
             .statistics = {}});
      }));
  if (known.leaves.empty())
    known.leaves.push_back({.table = known.parent, .shard = {}, .categories = {}, .statistics = {}});
  return known;
}

}  // namespace fit::store
