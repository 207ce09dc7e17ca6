#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "domain/space.h"
#include "domain/vectors.h"
#include "index/vector_index.h"
#include "ingest/assets/asset_changes.h"
#include "sql/database.h"

namespace fit::ingest {

// The vectors of the images of assets in one space, in an index in memory, which catch_up() reads from the
// database. Images and assets have the ids of frame_ids.h. Searches run beside each other; catch_up() is for
// one thread, and blocks.
class FrameIndex {
 public:
  FrameIndex(sql::Database& database, const domain::SpaceRecord& space)
      : database_(database), space_(space) {}
  FrameIndex(const FrameIndex&) = delete;
  FrameIndex& operator=(const FrameIndex&) = delete;

  std::int64_t space_id() const { return space_.id; }
  // That of the last change of an asset which the index has.
  std::int64_t position() const { return position_; }

  // Applies the changes of assets since the last call. kCancelled; the errors of the database.
  Result<void> catch_up(const std::stop_token& stop);

  // The nearest assets, as index::VectorIndex::search() finds them.
  Result<std::vector<domain::Neighbor>> nearest(std::span<const float> vector,
                                                const index::SearchOptions& options) const;
  // The vectors of the images of these assets; unknown ones are left out.
  std::vector<domain::ImageVector> vectors_of(std::span<const AssetId> assets) const;

 private:
  Result<void> replace(std::span<const AssetId> assets, std::span<const FrameVector> vectors);

  sql::Database& database_;
  const domain::SpaceRecord space_;
  std::int64_t position_ = 0;
  std::unique_ptr<index::VectorIndex> index_;  // null until there is a vector; it has the ids of the tables
};

}  // namespace fit::ingest
