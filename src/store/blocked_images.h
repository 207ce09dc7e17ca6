#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "sql/database.h"

namespace fit::store {

// An entry of the block list.
struct BlockedImage {
  std::int64_t id = 0;
  std::uint64_t perceptual_hash = 0;
  std::string note = {};        // for people; may be empty
  std::string created_by = {};  // the id of a principal
  Timestamp created_at = {};
};

// The block list of the content filter: perceptual hashes of images that are refused or flagged.
// Thread-safe; calls block. Errors as for Catalogue.
class BlockedImages {
 public:
  explicit BlockedImages(sql::Database& database) : database_(database) {}

  // Adds an entry; id and created_at of `image` are not read. An entry with the same hash is returned as it
  // is. kInvalid naming "note" when it is no UTF-8 text of at most 400 bytes.
  Result<BlockedImage> add(const BlockedImage& image);

  // Stores an entry of another catalogue, with another id, unless it has the hash already.
  Result<void> put(const BlockedImage& image);

  // All entries, by ascending id.
  Result<std::vector<BlockedImage>> list();

  // kNotFound when there is no such entry.
  Result<BlockedImage> remove(std::int64_t id);

  // The current entries, read again only after they have changed.
  using List = std::shared_ptr<const std::vector<BlockedImage>>;
  Result<List> current();

 private:
  sql::Database& database_;
  std::mutex mutex_;
  List list_;                  // under the mutex; null: not read yet
  std::int64_t version_ = -1;  // of list_, under the mutex
};

}  // namespace fit::store
