#include "http/worker_pools.h"

#include <algorithm>

namespace fit::http {
namespace {

constexpr std::size_t kMaxQueuedImports = 16;
constexpr std::size_t kSignInThreads = 2;
constexpr std::size_t kMaxQueuedSignIns = 16;

}  // namespace

WorkerPools::Sizes WorkerPools::sizes_of(std::size_t worker_threads) {
  const auto share = [worker_threads](std::size_t divisor) {
    return std::max<std::size_t>(1, worker_threads / divisor);
  };
  return {.search = share(1),
          .write = share(2),
          .fetch = 2 * share(1),
          .embed = share(4),
          .import = share(1),
          .ingest = 4 * share(1),
          .sign_in = kSignInThreads};
}

WorkerPools::WorkerPools(const Sizes& sizes, std::size_t max_queued)
    : search_(sizes.search, max_queued),
      write_(sizes.write, max_queued),
      fetch_(sizes.fetch, max_queued),
      embed_(sizes.embed, max_queued),
      import_(sizes.import, kMaxQueuedImports),
      ingest_(sizes.ingest, max_queued),
      sign_in_(sizes.sign_in, kMaxQueuedSignIns) {}

bool WorkerPools::try_submit(RunOn run_on, std::function<void()> task) {
  return pool_of(run_on).try_submit(std::move(task));
}

WorkerPool& WorkerPools::pool_of(RunOn run_on) {
  switch (run_on) {
    case RunOn::kLoop:
    case RunOn::kSearch:
      return search_;
    case RunOn::kWrite:
      return write_;
    case RunOn::kFetch:
      return fetch_;
    case RunOn::kEmbed:
      return embed_;
    case RunOn::kImport:
      return import_;
    case RunOn::kIngest:
      return ingest_;
    case RunOn::kSignIn:
      return sign_in_;
  }
  return search_;
}

}  // namespace fit::http
