#pragma once

#include <span>
#include <string>

#include "base/metrics.h"
#include "search/selection.h"
#include "store/catalogue.h"

namespace fit::search {

// Full-text search within a selection: by its bitmap where it has one, else by its filter. Thread-safe; calls
// block. Does not own the store.
class WordSearcher {
 public:
  WordSearcher(store::Catalogue& store, Metrics& metrics);

  // As store::Words::find().
  Result<store::WordResults> find(std::span<const std::string> words, std::size_t limit,
                                  const Selection& selection) const;

 private:
  store::Catalogue& store_;
  Histogram& seconds_;
};

}  // namespace fit::search
