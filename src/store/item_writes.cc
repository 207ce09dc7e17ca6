#include "store/item_writes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <set>
#include <unordered_set>

#include "base/format.h"
#include "store/change_log.h"
#include "store/flagged_images.h"
#include "store/image_vectors.h"
#include "store/item_bulk.h"
#include "store/item_columns.h"
#include "store/item_history.h"
#include "store/item_reads.h"
#include "store/words/catalogue_words.h"

namespace fit::store {
namespace {

const std::string& columns_without_id() {
  static const std::string columns = without_id(item_columns());
  return columns;
}

std::string origins_of(const domain::ItemWrite& item) {
  return domain::encode_origins(domain::settled(item.listing.properties, item.origins));
}

// How the items of one transaction are written.
struct Writing {
  sql::SqlConnection& connection;
  const Engine& engine;
  const FlaggedImages& flagged;
  Timestamp time;
};

ItemRow row_of(const domain::ItemWrite& item, const std::string& origins, const FlaggedImages& flagged,
               Timestamp time) {
  return {.content_hash = item.content_hash,
          .origins = origins,
          .created_at = time,
          .updated_at = time,
          .listed_status = flagged.listed_status(item)};
}

Result<ItemId> insert_item(const Writing& writing, const domain::ItemWrite& item) {
  static const std::string sql = "INSERT INTO items (" + columns_without_id() + ") VALUES (" +
                                 numbered_placeholders(kItemValues) + ") RETURNING id";
  const std::string origins = origins_of(item);
  ItemId id;
  FIT_CHECK(writing.connection.query(
      sql, item_values(item.listing, row_of(item, origins, writing.flagged, writing.time)),
      [&id](const sql::SqlRow& row) { id = ItemId{row.integer(0)}; }));
  return id;
}

// Writes all columns except created_at.
Result<void> update_item(const Writing& writing, ItemId id, const domain::ItemWrite& item, Timestamp time) {
  static const std::string sql = [] {
    std::string text = "UPDATE items SET ";
    std::size_t number = 1;
    for (std::size_t start = 0; start != std::string::npos; ++number) {
      const std::size_t comma = columns_without_id().find(", ", start);
      const std::string column =
          columns_without_id().substr(start, comma == std::string::npos ? comma : comma - start);
      text += (number == 1 ? "" : ", ") + column + " = ";
      // PostgreSQL refuses a statement that leaves out a parameter.
      const std::string value = "$" + std::to_string(number);
      text += column == "created_at" ? "COALESCE(created_at, " + value + ")" : value;
      start = comma == std::string::npos ? comma : comma + 2;
    }
    return text + " WHERE id = $" + std::to_string(kItemValues + 1);
  }();
  const std::string origins = origins_of(item);
  const auto columns = item_values(item.listing, row_of(item, origins, writing.flagged, time));
  std::array<sql::SqlValue, kItemValues + 1> values;
  std::ranges::copy(columns, values.begin());
  values.back() = id.value;
  FIT_CHECK(writing.connection.execute(sql, values));
  return {};
}

// The item that images are written for.
struct Owner {
  ItemId item;
  std::string_view category;
};

Result<void> write_vectors_of_image(sql::SqlConnection& connection, const Engine& engine, const Owner& owner,
                                    ImageId id, const domain::ImageWrite& image) {
  for (const domain::SpaceVector& vector : image.vectors) {
    FIT_CHECK(write_image_vector(connection, engine.image_space(vector.space_id),
                                 {id, owner.item, owner.category, vector.values}));
  }
  return {};
}

Result<void> insert_image(sql::SqlConnection& connection, const Engine& engine, const Owner& owner,
                          std::int64_t position, const domain::ImageWrite& image) {
  static const std::string sql = "INSERT INTO images (" + without_id(image_columns()) + ") VALUES (" +
                                 numbered_placeholders(kImageValues) + ") RETURNING id";
  ImageId id;
  FIT_CHECK(connection.query(sql, image_values(owner.item, position, image),
                             [&id](const sql::SqlRow& row) { id = ImageId{row.integer(0)}; }));
  return write_vectors_of_image(connection, engine, owner, id, image);
}

Result<void> update_image(sql::SqlConnection& connection, const Engine& engine, const Owner& owner,
                          const domain::ImageRecord& old, std::int64_t position,
                          const domain::ImageWrite& image) {
  if (old.position != position ||
      static_cast<const domain::ImageFields&>(old) != static_cast<const domain::ImageFields&>(image)) {
    FIT_CHECK(connection.execute(
        "UPDATE images SET position = $1, width = $2, height = $3, perceptual_hash = $4, "
        "format = $5, location = $6 WHERE id = $7",
        {position, image.width, image.height, std::bit_cast<std::int64_t>(image.perceptual_hash),
         image.format, image.location, old.id.value}));
  }
  return write_vectors_of_image(connection, engine, owner, old.id, image);
}

// Keeps the rows of images with equal content, by their SHA-256, and deletes those that the item no longer
// has.
Result<void> replace_images(sql::SqlConnection& connection, const Engine& engine, const Owner& owner,
                            std::span<const domain::ImageWrite> images) {
  FIT_TRY(auto old_images, read_images_of(connection, owner.item));
  for (std::size_t i = 0; i < images.size(); ++i) {
    const auto position = static_cast<std::int64_t>(i);
    const auto same = std::ranges::find_if(old_images, [&image = images[i]](const domain::ImageRecord& old) {
      return !old.sha256.empty() && old.sha256 == image.sha256;
    });
    if (same == old_images.end()) {
      FIT_CHECK(insert_image(connection, engine, owner, position, images[i]));
    } else {
      FIT_CHECK(update_image(connection, engine, owner, *same, position, images[i]));
      old_images.erase(same);
    }
  }
  for (const domain::ImageRecord& gone : old_images) {
    FIT_CHECK(connection.execute("DELETE FROM images WHERE id = $1", {gone.id.value}));
  }
  return {};
}

Owner owner_of(ItemId id, const domain::ItemWrite& item) {
  return {id, item.listing.properties[domain::kCategory]};
}

Result<UpsertOutcome> create_item(const Writing& writing, const domain::ItemWrite& item) {
  FIT_TRY(const ItemId id, insert_item(writing, item));
  for (std::size_t i = 0; i < item.images.size(); ++i) {
    FIT_CHECK(insert_image(writing.connection, writing.engine, owner_of(id, item),
                           static_cast<std::int64_t>(i), item.images[i]));
  }
  return UpsertOutcome{id, UpsertKind::kCreated};
}

Error version_conflict(bool is_there, std::string item) {
  return {ErrorCode::kConflict,
          is_there ? "the item was changed meanwhile" : "the item was removed meanwhile",
          {},
          std::move(item)};
}

Result<UpsertOutcome> write_item(const Writing& writing, const domain::ItemWrite& item) {
  domain::ItemVersion present;  // the default value when there is no item
  bool unchanged = false;
  domain::ItemState before;
  FIT_CHECK(writing.connection.query(
      "SELECT id, updated_at, content_hash, created_at, price, currency, status, listed_status FROM items "
      "WHERE source = $1 AND external_id = $2",
      {item.listing.source, item.listing.external_id}, [&](const sql::SqlRow& row) {
        present = {ItemId{row.integer(0)}, Timestamp(std::chrono::microseconds(row.integer(1)))};
        unchanged = !item.content_hash.empty() && row.text(2) == item.content_hash;
        before = item_state(row, 3);
      }));
  if (item.expected_version && *item.expected_version != present) {
    return version_conflict(present != domain::ItemVersion{},
                            fit::format("{} {}", item.listing.source, item.listing.external_id));
  }
  if (present == domain::ItemVersion{}) return create_item(writing, item);
  if (unchanged) return UpsertOutcome{present.id, UpsertKind::kUnchanged};
  const Timestamp time = later_than(present.updated_at, writing.time);
  FIT_CHECK(record_state(writing.connection, present.id, before, state_of(item.listing, time)));
  FIT_CHECK(update_item(writing, present.id, item, time));
  FIT_CHECK(replace_images(writing.connection, writing.engine, owner_of(present.id, item), item.images));
  return UpsertOutcome{present.id, UpsertKind::kUpdated};
}

bool has_repeated_space(const domain::ItemWrite& item) {
  return std::ranges::any_of(item.images, [](const domain::ImageWrite& image) {
    std::unordered_set<std::int64_t> spaces;
    return std::ranges::any_of(image.vectors, [&](const domain::SpaceVector& vector) {
      return !spaces.insert(vector.space_id).second;
    });
  });
}

// Adds the new items of a large batch at once. Returns their ids, and nothing for the items that the caller
// writes one by one afterwards. When a key is in the batch twice, only its first item counts as new.
Result<std::vector<std::optional<ItemId>>> add_new_items(const Writing& writing,
                                                         std::span<const domain::ItemWrite> items) {
  std::vector<std::optional<ItemId>> added(items.size());
  if (!writing.connection.dialect().copies_rows || items.size() < kBulk) return added;
  std::vector<domain::ItemKey> keys;
  for (const domain::ItemWrite& item : items) keys.push_back({item.listing.source, item.listing.external_id});
  FIT_TRY(const auto known, find_items_in_bulk(writing.connection, keys));
  std::set<std::pair<std::string_view, std::string_view>> taken;
  std::vector<const domain::ItemWrite*> new_items;
  std::vector<std::size_t> new_places;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const bool is_first = taken.emplace(keys[i].source, keys[i].external_id).second;
    if (known[i] || !is_first || items[i].expected_version || has_repeated_space(items[i])) continue;
    new_items.push_back(&items[i]);
    new_places.push_back(i);
  }
  FIT_TRY(const auto ids,
          add_items_in_bulk(writing.connection, writing.engine, {new_items, writing.flagged, writing.time}));
  for (std::size_t i = 0; i < ids.size(); ++i) added[new_places[i]] = ids[i];
  return added;
}

Result<void> record_removal(sql::SqlConnection& connection, ItemId item) {
  FIT_TRY(auto changes, ChangeLog::begin(connection));
  changes.append(item, true);
  return changes.finish();
}

}  // namespace

Result<std::vector<UpsertOutcome>> write_items(sql::SqlConnection& connection, const Engine& engine,
                                               std::span<const domain::ItemWrite> items, Timestamp time) {
  FIT_TRY(auto changes, ChangeLog::begin(connection));
  std::vector<UpsertOutcome> outcomes;
  std::vector<ItemWords> words;
  outcomes.reserve(items.size());
  FIT_TRY(const auto flagged, FlaggedImages::among(connection, items));
  const Writing writing{connection, engine, flagged, time};
  FIT_TRY(const auto added, add_new_items(writing, items));
  for (std::size_t i = 0; i < items.size(); ++i) {
    const domain::ItemWrite& item = items[i];
    UpsertOutcome outcome;
    if (added[i]) {
      outcome = {*added[i], UpsertKind::kCreated};
    } else {
      FIT_TRY(outcome, write_item(writing, item));
    }
    if (outcome.kind != UpsertKind::kUnchanged) {
      words.push_back({outcome.id, &item.listing});
      changes.append(outcome.id, false);
    }
    outcomes.push_back(outcome);
  }
  FIT_CHECK(index_item_words(connection, *engine.words, words));
  FIT_CHECK(changes.finish());
  return outcomes;
}

Result<void> remove_item(sql::SqlConnection& connection, ItemId item) {
  FIT_TRY(const auto removed, connection.execute("DELETE FROM items WHERE id = $1", {item.value}));
  if (removed == 0) return not_found("there is no item " + item.str());
  return record_removal(connection, item);
}

Result<void> remove_version(sql::SqlConnection& connection, const domain::ItemVersion& version) {
  FIT_TRY(const auto removed,
          connection.execute("DELETE FROM items WHERE id = $1 AND updated_at = $2",
                             {version.id.value, version.updated_at.time_since_epoch().count()}));
  if (removed > 0) return record_removal(connection, version.id);
  FIT_TRY(const auto present,
          connection.query_integer("SELECT id FROM items WHERE id = $1", {version.id.value}));
  return version_conflict(present.has_value(), "item " + version.id.str());
}

}  // namespace fit::store
