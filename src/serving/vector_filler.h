#pragma once

#include <cstdint>
#include <stop_token>

#include "base/background_task.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/result.h"
#include "base/stopwatch.h"
#include "catalog/catalog.h"
#include "store/catalogue.h"

namespace fit::serving {

// Embeds images that have no vector in the spaces of a catalogue, in the background of a server: all of them
// at the start, then those that writers in other spaces add. Does not own the catalogue and the store.
class VectorFiller {
 public:
  VectorFiller(catalog::Catalog& catalog, store::Catalogue& store, Log log);
  VectorFiller(const VectorFiller&) = delete;
  VectorFiller& operator=(const VectorFiller&) = delete;

  // Starts a thread that calls fill() every few seconds; the destructor stops it.
  void start();

  // Embeds what has no vector, if the catalogue has changed since the last call. Blocks; for one caller at a
  // time. The errors of the store and of the embedder, after which the next call tries again.
  Result<void> fill(const std::stop_token& stop);

 private:
  void run(const std::stop_token& stop);

  catalog::Catalog& catalog_;
  store::Catalogue& store_;
  const Log log_;
  std::int64_t position_ = -1;  // of the store, when all were filled
  // Images up to `filled_` are not read again. `next_filled_` follows later, because a standby that was read
  // may have lacked some of the images.
  ImageId filled_;
  ImageId next_filled_;
  Stopwatch since_moved_;
  BackgroundTask task_;
};

}  // namespace fit::serving
