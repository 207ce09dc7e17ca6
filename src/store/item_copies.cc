#include "store/item_copies.h"

#include <algorithm>

#include "base/format.h"
#include "store/change_log.h"
#include "store/image_vectors.h"
#include "store/item_columns.h"
#include "store/item_history.h"
#include "store/words/catalogue_words.h"

namespace fit::store {
namespace {

// Removes the items that the copy replaces. In the catalogue that is copied from, an item of another id with
// the same key was removed before this one was added.
Result<void> make_room(sql::SqlConnection& connection, const domain::ItemRecord& record, ChangeLog& changes) {
  std::optional<ItemId> rival;
  FIT_CHECK(connection.query("SELECT id FROM items WHERE source = $1 AND external_id = $2 AND id <> $3",
                             {record.listing.source, record.listing.external_id, record.id.value},
                             [&rival](const sql::SqlRow& row) { rival = ItemId{row.integer(0)}; }));
  if (rival) changes.append(*rival, true);
  FIT_CHECK(connection.execute("DELETE FROM items WHERE id = $1 OR id = $2",
                               {record.id.value, rival.value_or(record.id).value}));
  return {};
}

Result<void> insert_copy(sql::SqlConnection& connection, const domain::ItemRecord& record) {
  static const std::string sql =
      "INSERT INTO items (" + item_columns() + ") VALUES (" + numbered_placeholders(1 + kItemValues) + ")";
  const std::string origins = domain::encode_origins(record.origins);
  std::array<sql::SqlValue, 1 + kItemValues> values;
  values[0] = record.id.value;
  std::ranges::copy(item_values(record.listing, {.content_hash = record.content_hash,
                                                 .origins = origins,
                                                 .created_at = record.created_at,
                                                 .updated_at = record.updated_at,
                                                 .listed_status = record.listed_status}),
                    values.begin() + 1);
  FIT_CHECK(connection.execute(sql, values));
  return {};
}

Result<void> insert_image(sql::SqlConnection& connection, ItemId item, const domain::ImageRecord& image,
                          std::int64_t position) {
  FIT_TRY(const auto known,
          connection.query_integer("SELECT item_id FROM images WHERE id = $1", {image.id.value}));
  if (known) {
    return Error{ErrorCode::kConflict,
                 fit::format("image {} belongs to item {} there", image.id.str(), *known),
                 {},
                 {}};
  }
  static const std::string sql =
      "INSERT INTO images (" + image_columns() + ") VALUES (" + numbered_placeholders(1 + kImageValues) + ")";
  std::array<sql::SqlValue, 1 + kImageValues> values;
  values[0] = image.id.value;
  std::ranges::copy(image_values(item, position, image), values.begin() + 1);
  FIT_CHECK(connection.execute(sql, values));
  return {};
}

}  // namespace

Result<void> write_copies(sql::SqlConnection& connection, const Engine& engine,
                          std::span<const domain::ItemCopy> copies) {
  FIT_TRY(auto changes, ChangeLog::begin(connection));
  std::vector<ItemWords> words;
  for (const domain::ItemCopy& copy : copies) {
    const domain::ItemRecord& record = copy.record;
    FIT_CHECK(make_room(connection, record, changes));
    FIT_CHECK(insert_copy(connection, record));
    FIT_CHECK(write_history(connection, record.id, copy.history));
    for (std::size_t i = 0; i < record.images.size(); ++i) {
      FIT_CHECK(insert_image(connection, record.id, record.images[i], static_cast<std::int64_t>(i)));
    }
    const std::string_view category = record.listing.properties[domain::kCategory];
    for (const auto& [space_id, vectors] : copy.vectors) {
      const ImageSpaceSql space = engine.image_space(space_id);
      for (const domain::ImageVector& vector : vectors) {
        FIT_CHECK(write_image_vector(connection, space, {vector.image, record.id, category, vector.values}));
      }
    }
    words.push_back({record.id, &record.listing});
    changes.append(record.id, false);
  }
  FIT_CHECK(index_item_words(connection, *engine.words, words));
  FIT_CHECK(sql::advance_identity(connection, "items"));
  FIT_CHECK(sql::advance_identity(connection, "images"));
  return changes.finish();
}

}  // namespace fit::store
