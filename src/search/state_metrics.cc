#include "search/state_metrics.h"

#include <algorithm>

#include "base/stopwatch.h"

namespace fit::search {
namespace {

constexpr std::chrono::seconds kMinPause{1};
constexpr std::chrono::minutes kMaxPause{5};
constexpr std::chrono::milliseconds kQuick{250};
// Consecutive slow measurements after which measuring counts as slow. One is not enough, because the first
// measurement may include connecting.
constexpr int kSlowInARow = 2;
constexpr int kPauseFactor = 20;

}  // namespace

StateMetrics::StateMetrics(store::Catalogue& store, const VectorSearcher& searcher, std::int64_t text_space,
                           Log log, Metrics& metrics)
    : store_(store), searcher_(searcher), text_space_(text_space), log_(std::move(log)), metrics_(metrics) {
  task_.start([this](const std::stop_token&) { run(); });
}

StateMetrics::~StateMetrics() {
  task_.stop();
  show({});
}

void StateMetrics::run() {
  bool has_failed = false;
  std::chrono::steady_clock::duration pause{};
  do {
    const Stopwatch watch;
    const auto measured = measure();
    if (!measured && !has_failed) {
      log_.warning("the state of the index is not known", {{"reason", measured.error().describe()}});
    }
    has_failed = !measured;
    pause =
        std::clamp<std::chrono::steady_clock::duration>(kPauseFactor * watch.elapsed(), kMinPause, kMaxPause);
  } while (task_.wait_for(pause));
}

Result<StateMetrics::State> StateMetrics::state() {
  {
    const std::lock_guard lock(mutex_);
    if (last_ && slow_in_a_row_ >= kSlowInARow) return *last_;
  }
  FIT_CHECK(measure());
  const std::lock_guard lock(mutex_);
  return *last_;
}

Result<void> StateMetrics::measure() {
  const Stopwatch watch;
  State state;
  FIT_TRY(state.index, searcher_.state());
  FIT_TRY(state.counts, store_.items().counts());
  if (text_space_ != 0) {
    FIT_TRY(state.text_vectors, store_.vectors().count(text_space_));
  }
  const std::int64_t images = state.counts.images;
  const auto indexed = static_cast<std::int64_t>(state.index.images);
  state.missing =
      state.index.missing.value_or(static_cast<std::size_t>(std::max<std::int64_t>(0, images - indexed)));
  if (images > 0)
    state.missing_ratio = std::min(1.0, static_cast<double>(state.missing) / static_cast<double>(images));
  show(state);
  const std::lock_guard lock(mutex_);
  last_ = state;
  slow_in_a_row_ = watch.elapsed() < kQuick ? 0 : slow_in_a_row_ + 1;
  return {};
}

void StateMetrics::show(const State& state) {
  const Labels labels = {{"space", searcher_.space().name}};
  metrics_.gauge("fit_index_images", "Live vectors in the index", labels)
      .set(static_cast<double>(state.index.images));
  metrics_.gauge("fit_index_bytes", "Size of the index, in this process or in the database", labels)
      .set(static_cast<double>(state.index.bytes));
  metrics_.gauge("fit_index_missing", "Images without a vector in the space", labels)
      .set(static_cast<double>(state.missing));
  metrics_.gauge("fit_index_missing_ratio", "Share of images without a vector in the space", labels)
      .set(state.missing_ratio);
  metrics_.gauge("fit_index_position", "Change number of the store that the index has reached", labels)
      .set(static_cast<double>(state.index.position));
  if (state.counts.items > 0 || state.index.position > 0) {
    metrics_.gauge("fit_items", "Items in the catalogue").set(static_cast<double>(state.counts.items));
  }
}

}  // namespace fit::search
