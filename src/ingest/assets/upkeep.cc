#include "ingest/assets/upkeep.h"

#include "base/format.h"

namespace fit::ingest {
namespace {

constexpr std::chrono::minutes kPeriod{1};

}  // namespace

void AssetUpkeep::start() {
  task_.start([this](const std::stop_token&) {
    do work();
    while (task_.wait_for(kPeriod));
  });
}

void AssetUpkeep::work() {
  if (const auto done = parts_.assets.reconcile(); !done) {
    parts_.log.error("assets could not be compared with their jobs", done.error());
  } else if (done->queued + done->failed > 0) {
    parts_.log.info(fit::format("{} assets without a job were queued again, {} have failed with their jobs",
                                done->queued, done->failed));
    if (parts_.on_added) parts_.on_added();
  }
  if (const auto pruned = parts_.uploads.prune(); !pruned) {
    parts_.log.error("expired uploads could not be removed", pruned.error());
  }
  if (const auto pruned = parts_.keys.prune(); !pruned) {
    parts_.log.error("expired idempotency keys could not be removed", pruned.error());
  }
}

}  // namespace fit::ingest
