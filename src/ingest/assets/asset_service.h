#pragma once

#include <functional>

#include "blobs/blob_store.h"
#include "ingest/assets/asset_filler.h"
#include "ingest/assets/asset_worker.h"
#include "ingest/assets/idempotency_keys.h"
#include "ingest/assets/intake.h"
#include "ingest/assets/upkeep.h"
#include "ingest/assets/uploads.h"
#include "jobs/queue.h"

namespace fit::ingest {

// The assets of one catalogue: their intake, uploads, jobs and upkeep. Thread-safe, except start() and
// stop(), which are for the owner. Borrows its parts.
class AssetService {
 public:
  struct Parts {
    sql::Database& database;
    std::shared_ptr<blobs::BlobStore> originals;
    jobs::Queue& queue;
    std::function<CatalogLease()> catalog;  // as AssetWorker::Parts has it
    net::HttpClient& http;
    net::HttpLimits fetch_limits;
    Log log;
    Metrics& metrics;
    catalog::Quotas* quotas = nullptr;  // null: there are none
  };
  struct Options {
    FileLimits files;
    Uploads::Options uploads;
    media::VideoLimits video = {};  // with the memory that all videos of this process share
  };
  AssetService(Parts parts, const Options& options);
  AssetService(const AssetService&) = delete;
  AssetService& operator=(const AssetService&) = delete;

  AssetIntake& intake() { return intake_; }
  Assets assets() { return intake_.assets(); }
  Uploads& uploads() { return uploads_; }
  IdempotencyKeys& keys() { return keys_; }
  jobs::Queue& queue() { return queue_; }
  const blobs::BlobStore& originals() const { return *originals_; }
  // For the workers of the queue.
  std::vector<jobs::Handler> handlers() { return worker_.handlers(); }

  // Starts the upkeep.
  void start() { upkeep_.start(); }
  // For servers: starts to embed images of assets that have no vector in the active space.
  void start_filling() { filler_.start(); }
  void stop() {
    filler_.stop();
    upkeep_.stop();
  }

 private:
  jobs::Queue& queue_;
  const std::shared_ptr<blobs::BlobStore> originals_;
  AssetIntake intake_;
  Uploads uploads_;
  IdempotencyKeys keys_;
  AssetWorker worker_;
  AssetUpkeep upkeep_;
  AssetFiller filler_;
};

}  // namespace fit::ingest
