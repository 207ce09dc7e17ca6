#pragma once

#include <span>
#include <string>

#include "base/metrics.h"
#include "search/selection.h"
#include "store/catalogue.h"

namespace fit::search {

// Full-text search within a selection, by its bitmap if it has one, otherwise by its filter. Thread-safe;
// calls block. Borrows the store.
class WordSearcher {
 public:
  WordSearcher(store::Catalogue& store, Metrics& metrics);

  // Calls store::Words::find() and returns its results and errors.
  Result<store::WordResults> find(std::span<const std::string> words, std::size_t limit,
                                  const Selection& selection) const;

 private:
  store::Catalogue& store_;
  Histogram& seconds_;
};

}  // namespace fit::search
