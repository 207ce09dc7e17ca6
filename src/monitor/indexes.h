#pragma once

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/metrics.h"
#include "base/result.h"
#include "search/recall_probe.h"
#include "search/vector_searcher.h"

namespace fit::monitor {

// How an index becomes one of another kind, as the API has it; null: it does not.
Json conversion_json(const std::optional<search::ConversionState>& conversion);

// The statistics of one index, as the API has them. `state` is that of the searcher's index, and `seconds`
// has observed its searches. `recall` measures some of them; null: nobody does. Thread-safe.
Json index_statistics(const search::VectorSearcher& searcher, const search::SearcherState& state,
                      const Histogram& seconds, const search::RecallProbe* recall = nullptr);

// The vector indexes of a catalogue. Thread-safe.
class Indexes {
 public:
  // Each function returns the statistics of one index; it may block.
  explicit Indexes(std::vector<std::function<Result<Json>()>> indexes) : indexes_(std::move(indexes)) {}

  // All, one after the other. The first error of one of them.
  Result<Json> list() const;

 private:
  std::vector<std::function<Result<Json>()>> indexes_;
};

}  // namespace fit::monitor
