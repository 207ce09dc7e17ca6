#include "store/image_vectors.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "base/format.h"
#include "store/change_log.h"
#include "store/item_bulk.h"
#include "store/tables/value_keys.h"

namespace fit::store {
namespace {

domain::ImageVector read_vector(const ImageSpaceSql& space, const sql::SqlRow& row) {
  return {.image{row.integer(0)}, .item{row.integer(1)}, .values = space.format->decode(row.blob(2))};
}

struct ImageOwner {
  ItemId item;
  std::string category;
};
using ImageOwners = std::unordered_map<ImageId, ImageOwner>;

Result<ImageOwners> read_owners(sql::SqlConnection& connection, std::span<const VectorWrite> vectors) {
  std::vector<std::int64_t> images;
  images.reserve(vectors.size());
  for (const VectorWrite& vector : vectors) images.push_back(vector.image.value);
  ImageOwners owners;
  FIT_CHECK(sql::query_among(
      connection,
      "SELECT i.id, i.item_id, t.category FROM images i JOIN items t ON t.id = i.item_id WHERE i.id", images,
      [&owners](const sql::SqlRow& row) {
        owners.emplace(ImageId{row.integer(0)}, ImageOwner{ItemId{row.integer(1)}, std::string(row.text(2))});
      }));
  return owners;
}

// Copies the vectors of images that have none in the space. Returns the others, which the caller writes
// afterwards.
Result<std::vector<VectorRow>> copy_new_vectors(sql::SqlConnection& connection, const ImageSpaceSql& space,
                                                std::span<const VectorRow> rows) {
  std::map<std::string, std::vector<std::int64_t>> images;  // by category
  for (const VectorRow& row : rows) images[category_key(row.category)].push_back(row.image.value);
  std::unordered_set<ImageId> taken;
  for (const auto& [category, ids] : images) {
    sql::IdList list(ids);
    for (auto piece = list.next({std::string_view(category)}); !piece.values.empty();
         piece = list.next({std::string_view(category)})) {
      FIT_CHECK(connection.query(
          fit::format("SELECT image_id FROM {} WHERE category = $1 AND image_id IN ({})", space.table,
                      piece.placeholders),
          piece.values, [&taken](const sql::SqlRow& row) { taken.insert(ImageId{row.integer(0)}); }));
    }
  }
  std::vector<VectorRow> others;
  EncodedVectors embeddings;
  std::vector<sql::SqlValue> values;
  for (const VectorRow& row : rows) {
    if (taken.insert(row.image).second) {
      const std::string_view category = images.find(category_key(row.category))->first;
      FIT_TRY(const ByteView embedding, embeddings.add(*space.format, row.values));
      values.insert(values.end(), {row.image.value, row.item.value, embedding, category});
    } else {
      others.push_back(row);
    }
  }
  FIT_CHECK(connection.copy_rows(space.table, "image_id, item_id, embedding, category", values));
  return others;
}

// read_image_vectors() where the vectors may lie in partitions: reads only the partitions of the items'
// categories.
Result<std::vector<domain::ImageVector>> read_partitioned(sql::SqlConnection& connection,
                                                          const ImageSpaceSql& space,
                                                          const sql::IdList::Piece& items) {
  std::vector<domain::ImageVector> vectors;  // one an image, at first without values
  std::unordered_map<ImageId, std::size_t> places;
  std::vector<std::int64_t> ids;
  std::set<std::string> categories;
  FIT_CHECK(connection.query(
      fit::format("SELECT i.id, i.item_id, t.category FROM images i JOIN items t ON t.id = i.item_id "
                  "WHERE i.item_id IN ({}) ORDER BY i.item_id, i.position",
                  items.placeholders),
      items.values, [&](const sql::SqlRow& row) {
        places.emplace(ImageId{row.integer(0)}, vectors.size());
        vectors.push_back({ImageId{row.integer(0)}, ItemId{row.integer(1)}, {}});
        ids.push_back(row.integer(0));
        categories.insert(category_key(row.text(2)));
      }));
  sql::IdList list(ids);
  for (auto piece = list.next(); !piece.values.empty(); piece = list.next()) {
    std::string among;
    for (const std::string& category : categories) {
      piece.values.emplace_back(std::string_view(category));
      among += fit::format("{}${}", among.empty() ? "" : ", ", piece.values.size());
    }
    FIT_CHECK(connection.query(
        fit::format("SELECT v.image_id, v.embedding FROM {} WHERE v.image_id IN ({}) AND v.category IN ({})",
                    space.rows, piece.placeholders, among),
        piece.values, [&](const sql::SqlRow& row) {
          vectors[places.at(ImageId{row.integer(0)})].values = space.format->decode(row.blob(1));
        }));
  }
  std::erase_if(vectors, [](const domain::ImageVector& vector) { return vector.values.empty(); });
  return vectors;
}

}  // namespace

Result<void> write_image_vector(sql::SqlConnection& connection, const ImageSpaceSql& space,
                                const VectorRow& vector) {
  std::string buffer;
  FIT_TRY(const ByteView embedding, space.format->encode(vector.values, buffer));
  if (space.remove.empty()) {
    FIT_CHECK(connection.execute(space.put, {vector.image.value, vector.item.value, embedding}));
    return {};
  }
  const std::string category = category_key(vector.category);
  FIT_CHECK(connection.execute(space.remove, {vector.image.value, std::string_view(category)}));
  FIT_CHECK(connection.execute(
      space.put, {vector.image.value, vector.item.value, embedding, std::string_view(category)}));
  return {};
}

Result<void> write_image_vectors(sql::SqlConnection& connection, const ImageSpaceSql& space,
                                 std::span<const VectorWrite> vectors) {
  FIT_TRY(auto changes, ChangeLog::begin(connection));
  FIT_TRY(const ImageOwners owners, read_owners(connection, vectors));
  std::unordered_set<ItemId> changed;
  std::vector<VectorRow> rows;
  for (const VectorWrite& vector : vectors) {
    const auto owner = owners.find(vector.image);
    if (owner == owners.end()) continue;
    const ImageOwner& of = owner->second;
    rows.push_back({vector.image, of.item, of.category, vector.values});
    if (changed.insert(of.item).second) changes.append(of.item, false);
  }
  if (connection.dialect().copies_rows && rows.size() >= kBulk) {
    FIT_TRY(rows, copy_new_vectors(connection, space, rows));
  }
  for (const VectorRow& row : rows) FIT_CHECK(write_image_vector(connection, space, row));
  return changes.finish();
}

Result<std::vector<domain::ImageVector>> read_image_vectors(sql::SqlConnection& connection,
                                                            const ImageSpaceSql& space,
                                                            std::span<const ItemId> items) {
  std::vector<std::int64_t> ids;
  ids.reserve(items.size());
  std::unordered_map<ItemId, std::size_t> order;
  for (const ItemId item : items) {
    if (order.emplace(item, order.size()).second) ids.push_back(item.value);
  }
  std::vector<domain::ImageVector> vectors;
  sql::IdList list(ids);
  for (auto piece = list.next(); !piece.values.empty(); piece = list.next()) {
    if (!space.remove.empty()) {
      FIT_TRY(auto some, read_partitioned(connection, space, piece));
      std::ranges::move(some, std::back_inserter(vectors));
      continue;
    }
    // CROSS JOIN makes SQLite start from the few images instead of from the space's vectors.
    FIT_CHECK(connection.query(
        fit::format("SELECT i.id, i.item_id, v.embedding FROM images i CROSS JOIN {} "
                    "WHERE {} AND v.image_id = i.id AND i.item_id IN ({}) ORDER BY i.item_id, i.position",
                    space.rows, space.only, piece.placeholders),
        piece.values, [&](const sql::SqlRow& row) { vectors.push_back(read_vector(space, row)); }));
  }
  std::ranges::stable_sort(vectors, {},
                           [&order](const domain::ImageVector& vector) { return order.at(vector.item); });
  return vectors;
}

Result<std::vector<domain::ImageVector>> read_image_vector_page(sql::SqlConnection& connection,
                                                                const ImageSpaceSql& space, ImageId after,
                                                                std::size_t limit) {
  std::vector<domain::ImageVector> vectors;
  FIT_CHECK(connection.query(
      fit::format("SELECT v.image_id, i.item_id, v.embedding FROM {} JOIN images i ON i.id = v.image_id "
                  "WHERE {} AND v.image_id > $1 ORDER BY v.image_id LIMIT $2",
                  space.rows, space.only),
      {after.value, sql::sql_limit(limit)},
      [&](const sql::SqlRow& row) { vectors.push_back(read_vector(space, row)); }));
  return vectors;
}

}  // namespace fit::store
