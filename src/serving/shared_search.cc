#include "serving/shared_search.h"

#include "search/memory_columns.h"
#include "search/sql_columns.h"

namespace fit::serving {

Result<void> SharedSearch::load() {
  if (is_loaded_) return {};
  if (store::VectorSearch* const search = parts_.store.vector_search()) {
    columns_ =
        std::make_unique<search::SqlColumns>(parts_.store, *search, parts_.metrics, options_.values_age);
  } else {
    if (!memory_) {
      memory_ = std::make_unique<search::CatalogueColumns>(parts_.store, options_.columns_file, parts_.log);
      columns_ = std::make_unique<search::MemoryColumns>(*memory_);
    }
    FIT_CHECK(memory_->catch_up());
  }
  if (parts_.texts != nullptr) parts_.texts->load_search();
  is_loaded_ = true;
  return {};
}

}  // namespace fit::serving
