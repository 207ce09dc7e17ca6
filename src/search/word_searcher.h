#pragma once

#include <span>
#include <string>

#include "base/metrics.h"
#include "search/selection.h"
#include "store/catalogue.h"

namespace fit::search {

// The selection as the scope of functions of words. Borrows the selection.
store::WordScope word_scope(const Selection& selection);

// Full-text search within a selection, by its bitmap if it has one, otherwise by its filter. Thread-safe;
// calls block. Borrows the store.
class WordSearcher {
 public:
  WordSearcher(store::Catalogue& store, Metrics& metrics);

  // Calls store::Words::find() and returns its results and errors. Of `visible`, no other items exist; null:
  // all exist.
  Result<store::WordResults> find(std::span<const std::string> words, std::size_t limit,
                                  const Selection& selection, const Selection* visible = nullptr) const;

 private:
  store::Catalogue& store_;
  Histogram& seconds_;
};

}  // namespace fit::search
