#include "search/state_metrics.h"

namespace fit::search {

StateMetrics::StateMetrics(store::Store& store, const Backend& backend, Log log, Metrics& metrics,
                           std::chrono::milliseconds every)
    : store_(store),
      backend_(backend),
      log_(std::move(log)),
      metrics_(metrics),
      every_(every),
      thread_([this] { run(); }) {}

StateMetrics::~StateMetrics() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void StateMetrics::run() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    lock.unlock();
    if (const auto measured = measure(); !measured) {
      log_.warning("the state of the index is not known", {{"reason", measured.error().describe()}});
    }
    lock.lock();
    wake_.wait_for(lock, every_, [this] { return stop_; });
  }
}

Result<void> StateMetrics::measure() {
  FIT_TRY(const BackendState state, backend_.state());
  FIT_TRY(const store::Counts counts, store_.counts());
  const Labels labels = {{"space", backend_.space().name}};
  const auto images = static_cast<double>(state.images);
  const auto missing = static_cast<double>(state.missing);
  metrics_.gauge("fit_index_images", "Live vectors in the index", labels).set(images);
  metrics_.gauge("fit_index_bytes", "Size of the database's index", labels)
      .set(static_cast<double>(state.bytes));
  metrics_.gauge("fit_index_missing_ratio", "Share of images without a vector in the space", labels)
      .set(missing > 0 ? missing / (images + missing) : 0);
  metrics_.gauge("fit_index_position", "Change number of the store that the index has reached", labels)
      .set(static_cast<double>(state.position));
  metrics_.gauge("fit_items", "Items in the catalogue").set(static_cast<double>(counts.items));
  return {};
}

}  // namespace fit::search
