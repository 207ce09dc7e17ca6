#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/background_task.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "search/item_columns.h"
#include "search/vector_searcher.h"

namespace fit::search {

// How many of the items a filter selects.
enum class Selectivity : std::uint8_t {
  kNone,    // "none": the query has no filter
  kWide,    // "over_10_percent"
  kMedium,  // "1_to_10_percent"
  kNarrow,  // "under_1_percent"
};
inline constexpr std::array<std::string_view, 4> kSelectivities = {"none", "over_10_percent",
                                                                   "1_to_10_percent", "under_1_percent"};
std::string_view to_string(Selectivity selectivity);

// What fraction of the true nearest items one search has found.
struct RecallMeasurement {
  std::size_t expected = 0;  // the nearest items, at most RecallProbe::kDepth
  std::size_t found = 0;     // those of them that the search has found
  Selectivity selectivity = Selectivity::kNone;
};

// The recall of the latest probes of one kind of query and selectivity.
struct RecallOfKind {
  std::string kind;  // "photo", "item", "words" or "composed"
  Selectivity selectivity = Selectivity::kNone;
  double recall = 0;
  std::uint64_t probes = 0;  // of which it is the mean, at most RecallProbe::kLatest
};

// Measures the recall of real searches: asks one in `one_in` of them again, once as the search did and once
// by comparing every selected item, on a thread of the lowest priority that works at most a quarter of the
// time. It keeps the vector and the selection of at most kMaxWaiting queries, until they are measured, and
// nothing of whoever asked. Thread-safe. Borrows the searcher and the columns, which must belong to each
// other.
class RecallProbe {
 public:
  static constexpr std::size_t kDepth = 20;      // nearest items that are compared: a page
  static constexpr std::size_t kMaxWaiting = 4;  // further queries are dropped
  static constexpr std::size_t kLatest = 100;    // probes of a kind that count in its recall

  struct Parts {
    const VectorSearcher& searcher;
    const ItemColumns& columns;
    Log log;
    Metrics& metrics;
  };
  struct Options {
    std::uint64_t one_in = 1'000;     // at least 1
    std::size_t max_items = 500'000;  // selections with more items are not measured
  };
  RecallProbe(Parts parts, const Options& options);

  // Starts to measure. Call it at most once.
  void start();

  // A query that was searched by its vector. `are_candidates`: by VectorSearcher::candidates(). Does not
  // block and does not fail: queries that are not chosen cost an increment, those that find no room are
  // dropped.
  void offer(std::string_view kind, std::span<const float> vector, const Selection& selection,
             bool are_candidates);

  // Measures the query that has waited for longest. False: none waits. Blocks for as long as it takes. The
  // errors of the searcher and the columns; kCancelled.
  Result<bool> measure_next(const std::stop_token& stop);

  // By kind and selectivity, those that were probed.
  std::vector<RecallOfKind> recalls() const;
  // The mean over all probes that recalls() counts; nullopt before the first one.
  std::optional<double> recall() const;

 private:
  struct Waiting {
    std::string kind;
    std::vector<float> vector;
    Selection selection;
    bool are_candidates = false;
  };
  using Key = std::pair<std::string, Selectivity>;

  std::optional<Waiting> take();
  Result<std::optional<RecallMeasurement>> measure(const Waiting& query, const std::stop_token& stop) const;
  Result<std::vector<std::pair<double, ItemId>>> compare_all(const Waiting& query,
                                                             std::span<const ItemId> items,
                                                             const std::stop_token& stop) const;
  Result<Selectivity> selectivity_of(const Selection& selection, std::size_t selected) const;
  void note(const std::string& kind, const RecallMeasurement& measured);
  void count(std::string_view outcome);

  const Parts parts_;
  const Options options_;
  std::atomic<std::uint64_t> offered_ = 0;
  mutable std::mutex mutex_;  // guards the queries and the recalls
  std::deque<Waiting> waiting_;
  std::map<Key, std::deque<double>> latest_;
  BackgroundTask task_;
};

}  // namespace fit::search
