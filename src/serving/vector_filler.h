#pragma once

#include <cstdint>
#include <functional>
#include <span>
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
// at the start, then those that writers in other spaces add. Where jobs embed images, it only asks for the
// jobs of such images, once a minute. Borrows its arguments.
class VectorFiller {
 public:
  using EmbedLater = std::function<void(std::span<const ItemId> items)>;

  // `embed_later` is empty where images are embedded here.
  VectorFiller(catalog::Catalog& catalog, store::Catalogue& store, Log log, EmbedLater embed_later = {});
  VectorFiller(const VectorFiller&) = delete;
  VectorFiller& operator=(const VectorFiller&) = delete;

  // Starts a thread that calls fill() every few seconds; the destructor stops it.
  void start();

  // Embeds images without a vector, if the catalogue has changed since the last call. Blocks; not
  // thread-safe. The errors of the store and of the embedder, after which the next call tries again;
  // kCancelled.
  Result<void> fill(const std::stop_token& stop);

 private:
  void run(const std::stop_token& stop);
  Result<void> embed(const std::stop_token& stop);
  Result<void> ask_for_jobs(const std::stop_token& stop);

  catalog::Catalog& catalog_;
  store::Catalogue& store_;
  const Log log_;
  const EmbedLater embed_later_;
  std::int64_t position_ = -1;  // the position at which no vector was missing
  // Images up to `filled_` are not read again. It advances to `next_filled_` with a delay, because a standby
  // may have lacked some of the images when it was read.
  ImageId filled_;
  ImageId next_filled_;
  Stopwatch since_moved_;
  BackgroundTask task_;
};

}  // namespace fit::serving
