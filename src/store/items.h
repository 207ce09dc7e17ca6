#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/records.h"
#include "sql/database.h"
#include "store/engine.h"
#include "store/spaces.h"

namespace fit::store {

// What an upsert did with an item.
enum class UpsertKind { kCreated, kUpdated, kUnchanged };

// The outcome of one item's upsert.
struct UpsertOutcome {
  ItemId id;
  UpsertKind kind = UpsertKind::kCreated;
};

// The version of an item that was found by its key.
struct KnownItem : domain::ItemVersion {
  std::string content_hash;
};

// The size of a catalogue.
struct Counts {
  std::int64_t items = 0;
  std::int64_t images = 0;
};

// The error of calls for an item that does not exist.
Error no_such_item(ItemId item);

// The items of a catalogue with their images. Thread-safe; calls block. A write is one transaction: on
// success it is on the disk, after an error nothing is changed. Writes are changes of the items
// (store/changes.h). Errors besides those that calls name: as for Catalogue.
class Items {
 public:
  Items(sql::Database& database, const Engine& engine, Spaces& spaces)
      : database_(database), engine_(engine), spaces_(spaces) {}

  // Writes items in order. An item with a known (source, external_id) is replaced and keeps its id. Images
  // whose sha256 the item had already keep their ids, and their vectors in spaces for which the write has
  // none. An item with an equal content_hash that is not empty is left as it is (kUnchanged). When a key is
  // in a batch twice, the later item wins. kInvalid naming the column when an item breaks the rules in
  // domain/records.h, or a vector is not finite or not of its space's dimensions. kConflict when an item does
  // not have its expected_version: a write that was made from an old state undoes no later write and brings
  // back no removed item, whichever process wrote or removed it. After an error nothing of the batch is
  // written.
  Result<std::vector<UpsertOutcome>> upsert(std::span<const domain::ItemWrite> items);

  // Sets the properties of items that still have the expected version, and skips the others, so that no write
  // of a listing is lost. Returns how many were set. The content_hash stays. kInvalid as for upsert().
  Result<std::int64_t> put_properties(std::span<const domain::PropertiesWrite> properties);

  // Stores items of another catalogue with their ids, times, origins, images and vectors. They replace the
  // items of the same id and of the same (source, external_id). kInvalid as for upsert(); kConflict when the
  // id of an image belongs to an item that stays.
  Result<void> copy(std::span<const domain::ItemCopy> items);

  // kNotFound when there is no such item.
  Result<void> remove(ItemId item);

  // Removes the item while it has this version. kConflict when it was changed or removed since, whichever
  // process did so.
  Result<void> remove(const domain::ItemVersion& expected_version);

  // kNotFound when there is no such item.
  Result<domain::ItemRecord> get(ItemId item);

  // The items in the given order; ids that do not exist are left out.
  Result<std::vector<domain::ItemRecord>> get(std::span<const ItemId> items);

  // At most `limit` items by ascending id, from the first above `after`.
  Result<std::vector<domain::ItemRecord>> list(ItemId after, std::size_t limit);

  // The item of each key, in order; nothing for unknown keys.
  Result<std::vector<std::optional<KnownItem>>> find(std::span<const domain::ItemKey> keys);

  // The prices and statuses that an item has had, the oldest first and at most the latest `limit`; the last
  // one is the present one. Every write that changes a price or a status adds to it. kNotFound when there is
  // no such item.
  Result<std::vector<domain::ItemState>> history(ItemId item, std::size_t limit);

  // The histories of those items that have changed in price or status, the oldest state first.
  Result<std::map<ItemId, std::vector<domain::ItemState>>> stored_histories(std::span<const ItemId> items);

  // Returns the items that have one of the external ids, from any source.
  Result<std::vector<ItemId>> of_external_ids(std::span<const std::string> external_ids);

  // As get() and list(), but only the fields that filters read.
  Result<std::vector<domain::FilterColumns>> filter_columns(std::span<const ItemId> items);
  Result<std::vector<domain::FilterColumns>> list_filter_columns(ItemId after, std::size_t limit);

  // kNotFound when there is no such image.
  Result<domain::ImageRecord> image(ImageId image);

  // At most `limit` images by ascending id, from the first above `after`.
  Result<std::vector<domain::ImageRecord>> list_images(ImageId after, std::size_t limit);

  // The largest id of an image; 0 when there is none. Later images get larger ids.
  Result<ImageId> last_image();

  // The numbers of items and images. Counts rows, which takes long in a large catalogue.
  Result<Counts> counts();

 private:
  Result<int> dimensions_of(std::int64_t space_id);

  sql::Database& database_;
  const Engine& engine_;
  Spaces& spaces_;
};

}  // namespace fit::store
