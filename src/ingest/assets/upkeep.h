#pragma once

#include "base/background_task.h"
#include "base/log.h"
#include "ingest/assets/idempotency_keys.h"
#include "ingest/assets/intake.h"
#include "ingest/assets/uploads.h"

namespace fit::ingest {

// Removes expired uploads and idempotency keys, and reconciles assets with the queue, once a minute until it
// is stopped. start() and stop() are for the owner. Borrows the parts.
class AssetUpkeep {
 public:
  struct Parts {
    Assets assets;
    Uploads& uploads;
    IdempotencyKeys keys;
    std::function<void()> on_added;  // called when jobs were added; quick and thread-safe
    Log log;
  };
  explicit AssetUpkeep(Parts parts) : parts_(std::move(parts)) {}

  void start();
  void stop() { task_.stop(); }

 private:
  void work();

  Parts parts_;
  BackgroundTask task_;  // the last member, so that it ends before what its work uses
};

}  // namespace fit::ingest
