#include "serving/shared_search.h"

#include "search/change_follower.h"

namespace fit::serving {

Result<void> SharedSearch::load() {
  if (is_loaded_) return {};
  if (store_.vector_search() == nullptr) FIT_CHECK(search::load_columns(store_, columns_));
  if (texts_ != nullptr) texts_->load_search();
  is_loaded_ = true;
  return {};
}

}  // namespace fit::serving
