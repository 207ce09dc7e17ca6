#pragma once

#include <cstdint>
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

enum class UpsertKind { kCreated, kUpdated, kUnchanged };

struct UpsertOutcome {
  ItemId id;
  UpsertKind kind = UpsertKind::kCreated;
};

// The version of an item that was found by its key.
struct KnownItem : domain::ItemVersion {
  std::string content_hash;
};

struct Counts {
  std::int64_t items = 0;
  std::int64_t images = 0;
};

// The items of a catalogue with their images. Thread-safe; calls block. A write is one transaction: on
// success it is on the disk, on an error nothing is changed. Writes count as changes of the items.
class Items {
 public:
  Items(sql::Database& database, const Engine& engine, Spaces& spaces)
      : database_(database), engine_(engine), spaces_(spaces) {}

  // Writes items in order. An item with a known (source, external_id) is replaced under its old id. Images
  // whose sha256 the item had already keep their ids and their vectors in other spaces. An item with an
  // equal, not empty content_hash is left alone (kUnchanged). Of one key twice in a batch, the later wins.
  // kInvalid naming the column when an item breaks the rules in domain/records.h, or a vector is not finite
  // or not of its space's dimensions. kConflict when an item's version is not its expected_version; nothing
  // of the batch is written then. So a write that was made from an old state undoes no later write, and does
  // not bring back an item that was removed, whichever process wrote or removed it.
  Result<std::vector<UpsertOutcome>> upsert(std::span<const domain::ItemWrite> items);

  // Sets the properties of items that still have the expected version, and skips the others, so that no write
  // of a listing is lost. Returns how many were set. The content_hash stays. kInvalid as for upsert().
  Result<std::int64_t> put_properties(std::span<const domain::PropertiesWrite> properties);

  // Stores items of another catalogue with their ids, times, origins, images and vectors. They replace what
  // this catalogue has under the same item id or the same (source, external_id). kInvalid as for upsert();
  // kConflict when an image's id belongs to an item that stays.
  Result<void> copy(std::span<const domain::ItemCopy> items);

  // kNotFound when there is no such item.
  Result<void> remove(ItemId item);

  // Removes the item while it has this version. kConflict when it was changed or removed since, whichever
  // process did so.
  Result<void> remove(const domain::ItemVersion& expected_version);

  // kNotFound when there is no such item.
  Result<domain::ItemRecord> get(ItemId item);

  // In the given order; ids that do not exist are left out.
  Result<std::vector<domain::ItemRecord>> get(std::span<const ItemId> items);

  // By ascending id, from the first above `after`.
  Result<std::vector<domain::ItemRecord>> list(ItemId after, std::size_t limit);

  // The item of each key, in order; nothing for unknown keys.
  Result<std::vector<std::optional<KnownItem>>> find(std::span<const domain::ItemKey> keys);

  // The columns that filters read, as get() and list() return whole items.
  Result<std::vector<domain::FilterColumns>> filter_columns(std::span<const ItemId> items);
  Result<std::vector<domain::FilterColumns>> list_filter_columns(ItemId after, std::size_t limit);

  // kNotFound when there is no such image.
  Result<domain::ImageRecord> image(ImageId image);

  // By ascending id, from the first above `after`.
  Result<std::vector<domain::ImageRecord>> list_images(ImageId after, std::size_t limit);

  // The largest id of an image; 0 when there is none. Later images get larger ids.
  Result<ImageId> last_image();

  Result<Counts> counts();

 private:
  Result<int> dimensions_of(std::int64_t space_id);

  sql::Database& database_;
  const Engine& engine_;
  Spaces& spaces_;
};

}  // namespace fit::store
