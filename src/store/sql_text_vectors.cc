#include "store/sql_text_vectors.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <unordered_set>

#include "store/sql_changes.h"

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

// The item stands for its picture too, so that an index of such vectors is like any other.
StoredVector read_vector(const SqlRow& row) {
  const ByteView bytes = row.blob(1);
  StoredVector vector{.image{row.integer(0)}, .item{row.integer(0)}, .values{}};
  vector.values.resize(bytes.size() / sizeof(float));
  if (!bytes.empty()) std::memcpy(vector.values.data(), bytes.data(), vector.values.size() * sizeof(float));
  return vector;
}

Result<std::unordered_set<ItemId>> read_existing(SqlConnection& connection,
                                                 std::span<const TextVectorPut> vectors) {
  std::vector<std::int64_t> ids;
  for (const TextVectorPut& vector : vectors) ids.push_back(vector.item.value);
  std::unordered_set<ItemId> existing;
  IdList list(ids);
  for (auto piece = list.next(); !piece.values.empty(); piece = list.next()) {
    FIT_CHECK(connection.query("SELECT id FROM items WHERE id IN (" + piece.placeholders + ")", piece.values,
                               [&](const SqlRow& row) { existing.insert(ItemId{row.integer(0)}); }));
  }
  return existing;
}

}  // namespace

Result<void> write_text_vectors(SqlConnection& connection, std::int64_t space_id,
                                std::span<const TextVectorPut> vectors) {
  FIT_TRY(auto changes, ChangeLog::begin(connection));
  FIT_TRY(const auto existing, read_existing(connection, vectors));
  for (const TextVectorPut& vector : vectors) {
    if (!existing.contains(vector.item)) continue;
    const std::int64_t updated_at = vector.updated_at.time_since_epoch().count();
    if (vector.values.empty()) {
      FIT_CHECK(
          connection.execute("UPDATE item_vectors SET item_updated_at = $1 WHERE space_id = $2 AND item_id = "
                             "$3 AND text_hash = $4",
                             {updated_at, space_id, vector.item.value, vector.text_hash}));
      continue;
    }
    FIT_CHECK(connection.execute(
        "INSERT INTO item_vectors (space_id, item_id, item_updated_at, text_hash, embedding) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (space_id, item_id) DO UPDATE SET "
        "item_updated_at = excluded.item_updated_at, text_hash = excluded.text_hash, "
        "embedding = excluded.embedding",
        {space_id, vector.item.value, updated_at, vector.text_hash,
         std::as_bytes(std::span(vector.values))}));
    changes.append(vector.item, false);
  }
  return changes.finish();
}

Result<std::vector<ItemId>> items_without_text_vector(SqlConnection& connection, std::int64_t space_id,
                                                      ItemId after, std::size_t limit) {
  std::vector<ItemId> items;
  FIT_CHECK(connection.query(
      "SELECT i.id FROM items i LEFT JOIN item_vectors v ON v.space_id = $1 AND v.item_id = i.id "
      "WHERE i.id > $2 AND (v.item_id IS NULL OR v.item_updated_at <> i.updated_at) ORDER BY i.id LIMIT $3",
      {space_id, after.value, sql_limit(limit)},
      [&items](const SqlRow& row) { items.push_back(ItemId{row.integer(0)}); }));
  return items;
}

Result<std::vector<TextVectorState>> text_vector_states(SqlConnection& connection, std::int64_t space_id,
                                                        std::span<const ItemId> items) {
  std::vector<TextVectorState> states;
  const auto ids = values_of(items);
  IdList list(ids);
  for (auto piece = list.next({space_id}); !piece.values.empty(); piece = list.next({space_id})) {
    FIT_CHECK(connection.query(
        "SELECT item_id, item_updated_at, text_hash FROM item_vectors WHERE space_id = $1 AND item_id IN (" +
            piece.placeholders + ")",
        piece.values, [&states](const SqlRow& row) {
          states.push_back({ItemId{row.integer(0)}, Timestamp(std::chrono::microseconds(row.integer(1))),
                            std::string(row.text(2))});
        }));
  }
  return states;
}

Result<std::vector<StoredVector>> read_text_vectors(SqlConnection& connection, std::int64_t space_id,
                                                    std::span<const ItemId> items) {
  std::vector<StoredVector> vectors;
  const auto ids = values_of(items);
  IdList list(ids);
  for (auto piece = list.next({space_id}); !piece.values.empty(); piece = list.next({space_id})) {
    FIT_CHECK(connection.query(
        "SELECT item_id, embedding FROM item_vectors WHERE space_id = $1 AND item_id IN (" +
            piece.placeholders + ") ORDER BY item_id",
        piece.values, [&vectors](const SqlRow& row) { vectors.push_back(read_vector(row)); }));
  }
  std::unordered_map<ItemId, std::size_t> order;
  for (const std::int64_t id : ids) order.emplace(ItemId{id}, order.size());
  std::ranges::stable_sort(vectors, {}, [&](const StoredVector& vector) { return order.at(vector.item); });
  return vectors;
}

Result<std::vector<StoredVector>> read_text_vector_page(SqlConnection& connection, std::int64_t space_id,
                                                        ItemId after, std::size_t limit) {
  std::vector<StoredVector> vectors;
  FIT_CHECK(
      connection.query("SELECT item_id, embedding FROM item_vectors WHERE space_id = $1 AND item_id > $2 "
                       "ORDER BY item_id LIMIT $3",
                       {space_id, after.value, sql_limit(limit)},
                       [&vectors](const SqlRow& row) { vectors.push_back(read_vector(row)); }));
  return vectors;
}

Result<std::int64_t> count_text_vectors(SqlConnection& connection, std::int64_t space_id) {
  FIT_TRY(const auto count,
          connection.query_integer("SELECT COUNT(*) FROM item_vectors WHERE space_id = $1", {space_id}));
  return count.value_or(0);
}

}  // namespace fit::store
