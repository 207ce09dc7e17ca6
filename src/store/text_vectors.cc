#include "store/text_vectors.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/format.h"
#include "store/change_log.h"

namespace fit::store {
namespace {

std::vector<std::int64_t> values_of(std::span<const ItemId> items) {
  std::vector<std::int64_t> ids;
  ids.reserve(items.size());
  std::unordered_set<ItemId> seen;
  for (const ItemId item : items) {
    if (seen.insert(item).second) ids.push_back(item.value);
  }
  return ids;
}

// The item's id also stands for the image, so that a space of texts is indexed like one of images.
domain::ImageVector read_vector(const TextSpaceSql& space, const sql::SqlRow& row) {
  return {.image{row.integer(0)}, .item{row.integer(0)}, .values = space.format->decode(row.blob(1))};
}

Result<std::unordered_set<ItemId>> read_existing(sql::SqlConnection& connection,
                                                 std::span<const TextVectorWrite> vectors) {
  std::vector<std::int64_t> ids;
  for (const TextVectorWrite& vector : vectors) ids.push_back(vector.item.value);
  std::unordered_set<ItemId> existing;
  FIT_CHECK(sql::query_among(connection, "SELECT id FROM items WHERE id", ids,
                             [&](const sql::SqlRow& row) { existing.insert(ItemId{row.integer(0)}); }));
  return existing;
}

}  // namespace

Result<void> write_text_vectors(sql::SqlConnection& connection, const TextSpaceSql& space,
                                std::span<const TextVectorWrite> vectors) {
  FIT_TRY(auto changes, ChangeLog::begin(connection));
  FIT_TRY(const auto existing, read_existing(connection, vectors));
  const std::string set_updated_at =
      fit::format("UPDATE {} SET item_updated_at = $1 WHERE {} AND v.item_id = $2 AND v.text_hash = $3",
                  space.rows, space.only);
  std::string buffer;
  for (const TextVectorWrite& vector : vectors) {
    if (!existing.contains(vector.item)) continue;
    const std::int64_t updated_at = vector.updated_at.time_since_epoch().count();
    if (vector.values.empty()) {
      FIT_CHECK(connection.execute(set_updated_at, {updated_at, vector.item.value, vector.text_hash}));
      continue;
    }
    FIT_TRY(const ByteView embedding, space.format->encode(vector.values, buffer));
    FIT_CHECK(connection.execute(space.put, {vector.item.value, updated_at, vector.text_hash, embedding}));
    changes.append(vector.item, false);
  }
  return changes.finish();
}

Result<std::vector<ItemId>> read_items_without_text_vector(sql::SqlConnection& connection,
                                                           const TextSpaceSql& space, ItemId after,
                                                           std::size_t limit) {
  std::vector<ItemId> items;
  FIT_CHECK(connection.query(
      fit::format("SELECT i.id FROM items i LEFT JOIN {} ON {} AND v.item_id = i.id WHERE i.id > $1 AND "
                  "(v.item_id IS NULL OR v.item_updated_at <> i.updated_at) ORDER BY i.id LIMIT $2",
                  space.rows, space.only),
      {after.value, sql::sql_limit(limit)},
      [&items](const sql::SqlRow& row) { items.push_back(ItemId{row.integer(0)}); }));
  return items;
}

Result<std::vector<TextVectorState>> read_text_vector_states(sql::SqlConnection& connection,
                                                             const TextSpaceSql& space,
                                                             std::span<const ItemId> items) {
  std::vector<TextVectorState> states;
  FIT_CHECK(sql::query_among(
      connection,
      fit::format("SELECT v.item_id, v.item_updated_at, v.text_hash FROM {} WHERE {} AND v.item_id",
                  space.rows, space.only),
      values_of(items), [&states](const sql::SqlRow& row) {
        states.push_back({ItemId{row.integer(0)}, Timestamp(std::chrono::microseconds(row.integer(1))),
                          std::string(row.text(2))});
      }));
  return states;
}

Result<std::vector<domain::ImageVector>> read_text_vectors(sql::SqlConnection& connection,
                                                           const TextSpaceSql& space,
                                                           std::span<const ItemId> items) {
  std::vector<domain::ImageVector> vectors;
  const auto ids = values_of(items);
  FIT_CHECK(sql::query_among(
      connection,
      fit::format("SELECT v.item_id, v.embedding FROM {} WHERE {} AND v.item_id", space.rows, space.only),
      ids, [&](const sql::SqlRow& row) { vectors.push_back(read_vector(space, row)); }));
  std::unordered_map<ItemId, std::size_t> order;
  for (const std::int64_t id : ids) order.emplace(ItemId{id}, order.size());
  std::ranges::sort(vectors, {}, [&](const domain::ImageVector& vector) { return order.at(vector.item); });
  return vectors;
}

Result<std::vector<domain::ImageVector>> read_text_vector_page(sql::SqlConnection& connection,
                                                               const TextSpaceSql& space, ItemId after,
                                                               std::size_t limit) {
  std::vector<domain::ImageVector> vectors;
  FIT_CHECK(connection.query(
      fit::format(
          "SELECT v.item_id, v.embedding FROM {} WHERE {} AND v.item_id > $1 ORDER BY v.item_id LIMIT $2",
          space.rows, space.only),
      {after.value, sql::sql_limit(limit)},
      [&](const sql::SqlRow& row) { vectors.push_back(read_vector(space, row)); }));
  return vectors;
}

}  // namespace fit::store
