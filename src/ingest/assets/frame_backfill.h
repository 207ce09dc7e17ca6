#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "catalog/catalog.h"
#include "ingest/assets/asset_frames.h"
#include "media/image.h"

namespace fit::ingest {

// Computes the missing vectors of frames in one space, page by page: of the assets whose work is done and
// that are no item. A run can be stopped after any page and repeated. Thread-safe; calls block. Borrows its
// arguments.
class FrameBackfill {
 public:
  FrameBackfill(sql::Database& database, catalog::ItemWriter& writer, const catalog::ActiveSpace& space)
      : database_(database), writer_(writer), space_(space) {}

  // What became of one page of frames.
  struct Page {
    std::int64_t done = 0;    // frames that got a vector
    std::int64_t failed = 0;  // frames that could not be read or embedded, which the log names
    std::int64_t last = 0;    // the id of the last frame; 0: no frame lacks a vector
  };
  // Embeds the first `limit` frames above `after` that have no vector, and stores the vectors in one
  // transaction. The errors of the database, and those of the store of files and of the embedder while it is
  // down, after which the page can be repeated: vectors that the embedder made before are stored.
  Result<Page> step(std::int64_t after, std::size_t limit) const;

 private:
  Result<media::Image> load(const BareFrame& frame) const;
  void log(const BareFrame& frame, const Error& error) const;

  sql::Database& database_;
  catalog::ItemWriter& writer_;
  const catalog::ActiveSpace space_;
};

}  // namespace fit::ingest
