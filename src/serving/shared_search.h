#pragma once

#include "base/result.h"
#include "search/item_columns.h"
#include "serving/searched_texts.h"
#include "store/catalogue.h"

namespace fit::serving {

// What searches in every image space of one catalogue share: the filter columns in memory, where the database
// does not filter by itself, and the text space, where there is one. Does not own what it is given.
class SharedSearch {
 public:
  // `texts` may be null.
  SharedSearch(store::Catalogue& store, SearchedTexts* texts) : store_(store), texts_(texts) {}

  // Loads the columns and the text index; later calls do nothing. Blocks. One caller at a time. The errors of
  // the store, after which the call may be repeated.
  Result<void> load();

  search::ItemColumns& columns() { return columns_; }
  SearchedTexts* texts() { return texts_; }

 private:
  store::Catalogue& store_;
  SearchedTexts* const texts_;
  search::ItemColumns columns_;
  bool is_loaded_ = false;
};

}  // namespace fit::serving
