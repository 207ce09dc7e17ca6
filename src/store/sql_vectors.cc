#include "store/sql_vectors.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/format.h"
#include "store/sql_bulk.h"
#include "store/sql_changes.h"

namespace fit::store {
namespace {

StoredVector read_vector(const SqlRow& row) {
  return {.image{row.integer(0)}, .item{row.integer(1)}, .values = row.vector(2)};
}

SpaceRecord read_space(const SqlRow& row) {
  return {.id = row.integer(0),
          .name = std::string(row.text(1)),
          .model = std::string(row.text(2)),
          .version = std::string(row.text(3)),
          .dimensions = static_cast<int>(row.integer(4)),
          .of = row.integer(5) != 0 ? VectorsOf::kTexts : VectorsOf::kPictures};
}

using Owners = std::unordered_map<ImageId, ItemId>;

Result<Owners> read_owners(SqlConnection& connection, std::span<const VectorPut> vectors) {
  std::vector<std::int64_t> images;
  images.reserve(vectors.size());
  for (const VectorPut& vector : vectors) images.push_back(vector.image.value);
  Owners owners;
  IdList list(images);
  for (auto piece = list.next(); !piece.values.empty(); piece = list.next()) {
    FIT_CHECK(connection.query(
        "SELECT id, item_id FROM images WHERE id IN (" + piece.placeholders + ")", piece.values,
        [&owners](const SqlRow& row) { owners.emplace(ImageId{row.integer(0)}, ItemId{row.integer(1)}); }));
  }
  return owners;
}

// Copies the vectors of images that have none in the space; answers the others, which are to be written after
// them.
Result<std::vector<VectorRow>> copy_new_vectors(SqlConnection& connection, std::int64_t space_id,
                                                std::span<const VectorRow> rows) {
  const SpaceSql space = connection.dialect().space_sql(space_id);
  std::vector<std::int64_t> images;
  images.reserve(rows.size());
  for (const VectorRow& row : rows) images.push_back(row.image.value);
  std::unordered_set<ImageId> taken;
  IdList list(images);
  for (auto piece = list.next(); !piece.values.empty(); piece = list.next()) {
    FIT_CHECK(connection.query(
        fit::format("SELECT image_id FROM {} WHERE image_id IN ({})", space.table, piece.placeholders),
        piece.values, [&taken](const SqlRow& row) { taken.insert(ImageId{row.integer(0)}); }));
  }
  std::vector<VectorRow> others;
  std::vector<SqlValue> values;
  for (const VectorRow& row : rows) {
    if (taken.insert(row.image).second) {
      values.insert(values.end(), {row.image.value, row.item.value, row.values});
    } else {
      others.push_back(row);
    }
  }
  FIT_CHECK(connection.copy_rows(space.table, "image_id, item_id, embedding", values));
  return others;
}

}  // namespace

Result<std::vector<SpaceRecord>> read_spaces(SqlConnection& connection) {
  std::vector<SpaceRecord> spaces;
  FIT_CHECK(connection.query("SELECT id, name, model, version, dimensions, of_texts FROM spaces ORDER BY id",
                             {}, [&spaces](const SqlRow& row) { spaces.push_back(read_space(row)); }));
  return spaces;
}

Result<std::optional<SpaceRecord>> find_space(SqlConnection& connection, const SpaceRecord& wanted) {
  std::optional<SpaceRecord> known;
  FIT_CHECK(connection.query(
      "SELECT id, name, model, version, dimensions, of_texts FROM spaces WHERE name = $1 AND version = $2",
      {wanted.name, wanted.version}, [&known](const SqlRow& row) { known = read_space(row); }));
  if (known && known->dimensions != wanted.dimensions) {
    return Error{ErrorCode::kConflict,
                 fit::format("the vector space {} version {} has {} dimensions, not {}", known->name,
                             known->version, known->dimensions, wanted.dimensions),
                 "dimensions",
                 {}};
  }
  if (known && known->of != wanted.of) {
    return Error{ErrorCode::kConflict,
                 fit::format("the vector space {} version {} is of {}", known->name, known->version,
                             known->of == VectorsOf::kTexts ? "texts" : "pictures"),
                 "name",
                 {}};
  }
  return known;
}

Result<SpaceRecord> find_or_make_space(SqlConnection& connection, const SpaceRecord& wanted) {
  FIT_TRY(auto known, find_space(connection, wanted));
  if (known) return *std::move(known);
  SpaceRecord made = wanted;
  FIT_TRY(const auto id,
          connection.query_integer(
              "INSERT INTO spaces (name, model, version, dimensions, of_texts) "
              "VALUES ($1, $2, $3, $4, $5) RETURNING id",
              {made.name, made.model, made.version, made.dimensions, made.of == VectorsOf::kTexts ? 1 : 0}));
  made.id = id.value_or(0);
  FIT_CHECK(connection.dialect().make_space(connection, made));
  return made;
}

Result<void> write_vector(SqlConnection& connection, std::int64_t space_id, const VectorRow& vector) {
  FIT_CHECK(connection.execute(connection.dialect().space_sql(space_id).put,
                               {vector.image.value, vector.item.value, vector.values}));
  return {};
}

Result<void> write_vectors(SqlConnection& connection, std::int64_t space_id,
                           std::span<const VectorPut> vectors) {
  FIT_TRY(auto changes, ChangeLog::begin(connection));
  FIT_TRY(const Owners owners, read_owners(connection, vectors));
  std::unordered_set<ItemId> changed;
  std::vector<VectorRow> rows;
  for (const VectorPut& vector : vectors) {
    const auto owner = owners.find(vector.image);
    if (owner == owners.end()) continue;
    rows.push_back({vector.image, owner->second, vector.values});
    if (changed.insert(owner->second).second) changes.append(owner->second, false);
  }
  if (connection.dialect().copies_rows && rows.size() >= kBulk) {
    FIT_TRY(rows, copy_new_vectors(connection, space_id, rows));
  }
  for (const VectorRow& row : rows) FIT_CHECK(write_vector(connection, space_id, row));
  return changes.finish();
}

Result<std::vector<StoredVector>> read_vectors(SqlConnection& connection, std::int64_t space_id,
                                               std::span<const ItemId> items) {
  std::vector<std::int64_t> ids;
  ids.reserve(items.size());
  std::unordered_map<ItemId, std::size_t> order;
  for (const ItemId item : items) {
    if (order.emplace(item, order.size()).second) ids.push_back(item.value);
  }
  std::vector<StoredVector> vectors;
  const SpaceSql space = connection.dialect().space_sql(space_id);
  IdList list(ids);
  for (auto piece = list.next(); !piece.values.empty(); piece = list.next()) {
    // CROSS JOIN: SQLite then starts from the few images and not from the space's vectors.
    FIT_CHECK(connection.query(
        fit::format("SELECT i.id, i.item_id, v.embedding FROM images i CROSS JOIN {} "
                    "WHERE {} AND v.image_id = i.id AND i.item_id IN ({}) ORDER BY i.item_id, i.position",
                    space.rows, space.only, piece.placeholders),
        piece.values, [&vectors](const SqlRow& row) { vectors.push_back(read_vector(row)); }));
  }
  std::ranges::stable_sort(vectors, {},
                           [&order](const StoredVector& vector) { return order.at(vector.item); });
  return vectors;
}

Result<std::vector<StoredVector>> read_vector_page(SqlConnection& connection, std::int64_t space_id,
                                                   ImageId after, std::size_t limit) {
  std::vector<StoredVector> vectors;
  const SpaceSql space = connection.dialect().space_sql(space_id);
  FIT_CHECK(connection.query(
      fit::format("SELECT v.image_id, i.item_id, v.embedding FROM {} JOIN images i ON i.id = v.image_id "
                  "WHERE {} AND v.image_id > $1 ORDER BY v.image_id LIMIT $2",
                  space.rows, space.only),
      {after.value, sql_limit(limit)},
      [&vectors](const SqlRow& row) { vectors.push_back(read_vector(row)); }));
  return vectors;
}

Result<std::int64_t> count_vectors(SqlConnection& connection, std::int64_t space_id) {
  const SpaceSql space = connection.dialect().space_sql(space_id);
  FIT_TRY(const auto count, connection.query_integer(
                                fit::format("SELECT COUNT(*) FROM {} WHERE {}", space.rows, space.only), {}));
  return count.value_or(0);
}

}  // namespace fit::store
