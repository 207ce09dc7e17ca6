#pragma once

#include <chrono>
#include <filesystem>
#include <memory>

#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "search/catalogue_columns.h"
#include "search/item_columns.h"
#include "serving/searched_texts.h"
#include "store/catalogue.h"

namespace fit::serving {

// The parts that searches in all image spaces of one catalogue share: the filter columns, in this process or
// in the database, and the text space, if there is one. The objects in Parts must outlive it.
class SharedSearch {
 public:
  // The dependencies of the shared parts.
  struct Parts {
    store::Catalogue& store;
    SearchedTexts* texts = nullptr;  // null: there is no text space
    Log log;
    Metrics& metrics;
  };
  // Where columns are saved, and how current cached values are.
  struct Options {
    std::filesystem::path columns_file;  // the snapshot of the columns of this process; empty: none
    // The greatest age of the cached values of properties in the database.
    std::chrono::milliseconds values_age = std::chrono::seconds(2);
  };
  SharedSearch(Parts parts, Options options) : parts_(std::move(parts)), options_(std::move(options)) {}

  // Loads the columns and the text index; later calls have no effect. Blocks; not thread-safe. The errors of
  // the store, after which the call may be repeated.
  Result<void> load();

  // The following are valid after load().
  const search::ItemColumns& columns() const { return *columns_; }
  search::CatalogueColumns* memory_columns() { return memory_.get(); }  // null where the database filters
  SearchedTexts* texts() { return parts_.texts; }

 private:
  const Parts parts_;
  const Options options_;
  std::unique_ptr<search::CatalogueColumns> memory_;
  std::unique_ptr<search::ItemColumns> columns_;
  bool is_loaded_ = false;
};

}  // namespace fit::serving
