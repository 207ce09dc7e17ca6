#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "base/background_task.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "embed/embedder.h"
#include "search/item_columns.h"
#include "search/vector_searcher.h"
#include "store/catalogue.h"

namespace fit::search {

// What the watch has measured last; nullopt for what it could not.
struct QualityMeasurement {
  // 1 minus the cosine of the mean vector of the newest items and that of the whole catalogue.
  std::optional<double> catalogue_drift;
  // The least cosine of the vectors of fixed images and those that the catalogue's first program got.
  std::optional<double> consistency;
  // The mean confidence of the values that models and texts gave to the newest items, by property.
  std::map<std::string, double> confidence;
};

// Measures from time to time, on a thread of the lowest priority, whether the catalogue and its model are
// what they were: samples of vectors, of the items' properties, and a few fixed images that are embedded
// again. Shows the results as metrics. Thread-safe. Borrows its parts, which must belong to each other.
class QualityWatch {
 public:
  static constexpr std::size_t kSample = 500;        // items
  static constexpr std::size_t kMaxItems = 100'000;  // from which the sample of the whole catalogue is drawn

  struct Parts {
    store::Catalogue& store;
    embed::Embedder& embedder;
    const VectorSearcher& searcher;
    const ItemColumns& columns;
    Log log;
    Metrics& metrics;
  };
  QualityWatch(Parts parts, std::chrono::seconds interval) : parts_(std::move(parts)), interval_(interval) {}

  // Starts to measure, after a minute and then once in an interval. Call it at most once.
  void start();
  // Measures and shows the results. Blocks. The errors of the store and the embedder; kCancelled.
  Result<QualityMeasurement> measure(const std::stop_token& stop);

 private:
  Result<std::optional<double>> catalogue_drift(std::span<const ItemId> items,
                                                const std::stop_token& stop) const;
  Result<std::optional<double>> consistency() const;
  Result<std::map<std::string, double>> confidence(std::span<const ItemId> newest) const;
  void show(const QualityMeasurement& measured);

  const Parts parts_;
  const std::chrono::seconds interval_;
  BackgroundTask task_;
};

}  // namespace fit::search
