#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <stop_token>

#include "base/background_task.h"
#include "base/log.h"
#include "base/stopwatch.h"
#include "ingest/assets/asset_worker.h"
#include "sql/database.h"

namespace fit::ingest {

// Embeds the images of assets that have no vector in the active space, in the background of a server, as
// serving::VectorFiller does with the images of items: all of them after a switch of the space, then those
// that workers in other spaces add. Its parts must outlive it.
class AssetFiller {
 public:
  struct Parts {
    sql::Database& database;
    std::function<CatalogLease()> catalog;  // as AssetWorker::Parts has it
    Log log;
  };
  explicit AssetFiller(Parts parts) : parts_(std::move(parts)) {}
  AssetFiller(const AssetFiller&) = delete;
  AssetFiller& operator=(const AssetFiller&) = delete;

  // Starts a thread that calls fill() every few seconds until stop().
  void start();
  void stop() { task_.stop(); }

  // Embeds what lacks a vector, and logs how much. A space that becomes active meanwhile is filled too.
  // Blocks; not thread-safe. The errors of FrameBackfill::step(), after which the next call continues;
  // kCancelled.
  Result<void> fill(const std::stop_token& stop);

 private:
  // What the pages of one fill() have come to.
  struct Totals {
    std::int64_t done = 0;
    std::int64_t failed = 0;
  };
  void run(const std::stop_token& stop);
  Result<void> fill_pages(const std::stop_token& stop, Totals& totals);
  // Fills one page of each active space. Returns whether another one may follow.
  Result<bool> fill_page(const std::stop_token& stop, Totals& totals);

  const Parts parts_;
  // By space: frames up to this id are not read again until the next look at all of them. A frame keeps its
  // id when its asset is worked on again, and workers may be in another space.
  std::map<std::int64_t, std::int64_t> filled_;
  Stopwatch since_all_;
  BackgroundTask task_;  // the last member, so that it ends before what its work uses
};

}  // namespace fit::ingest
