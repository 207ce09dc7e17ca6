#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/records.h"
#include "domain/vectors.h"
#include "sql/database.h"
#include "store/engine.h"
#include "store/spaces.h"

namespace fit::store {

// A vector of an image that is stored.
struct VectorWrite {
  ImageId image;
  std::vector<float> values;
};

// The texts from which an item's vector in a space of texts was made.
struct TextVectorState {
  ItemId item;
  Timestamp updated_at;   // of the item when its texts were last compared
  std::string text_hash;  // of the texts
};

// A vector of an item's texts that is stored.
struct TextVectorWrite : TextVectorState {
  std::vector<float> values;  // empty: the texts are unchanged, and only updated_at is stored
};

// The vectors of a catalogue, by space. A space of images has at most one vector an image, a space of texts
// at most one an item; there, an ImageVector's image holds the item's number. Thread-safe; calls block. Reads
// of an unknown space return nothing. A write is one transaction: on success it is on the disk and is a
// change of the items, after an error nothing is changed. Errors besides those that calls name: as for
// Catalogue.
class Vectors {
 public:
  Vectors(sql::Database& database, const Engine& engine, Spaces& spaces)
      : database_(database), engine_(engine), spaces_(spaces) {}

  // Adds or replaces vectors of a space of images, or of texts, and skips images and items that do not exist.
  // kInvalid for an unknown space or one of the other kind, and for a vector that is not finite or not of the
  // space's dimensions.
  Result<void> put(std::int64_t space_id, std::span<const VectorWrite> vectors);
  Result<void> put(std::int64_t space_id, std::span<const TextVectorWrite> vectors);

  // The vectors of these items, in the order of the items and of their images.
  Result<std::vector<domain::ImageVector>> of_items(std::int64_t space_id, std::span<const ItemId> items);

  // At most `limit` vectors by ascending image id, from the first above `after`.
  Result<std::vector<domain::ImageVector>> list(std::int64_t space_id, ImageId after, std::size_t limit);

  // The number of vectors in a space. Counts rows, which takes long in a large catalogue.
  Result<std::int64_t> count(std::int64_t space_id);

  // Images without a vector in a space of images, by ascending id, from the first above `after`. kInvalid for
  // another space.
  Result<std::vector<domain::ImageRecord>> images_without(std::int64_t space_id, ImageId after,
                                                          std::size_t limit);

  // Items that have no vector in a space of texts, or were written since their texts were compared, by
  // ascending id, from the first above `after`. kInvalid for another space.
  Result<std::vector<ItemId>> items_without(std::int64_t space_id, ItemId after, std::size_t limit);

  // The states of the items' vectors in a space of texts, in no particular order; items without a vector are
  // left out.
  Result<std::vector<TextVectorState>> text_states(std::int64_t space_id, std::span<const ItemId> items);

 private:
  sql::Database& database_;
  const Engine& engine_;
  Spaces& spaces_;
};

}  // namespace fit::store
