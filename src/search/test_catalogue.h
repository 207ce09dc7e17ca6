#pragma once

#include <memory>
#include <string>

#include "base/temp_dir.h"
#include "search/catalogue_columns.h"
#include "search/index_searcher.h"
#include "search/memory_columns.h"
#include "search/pgvector_searcher.h"
#include "search/sql_columns.h"
#include "store/test_support.h"

namespace fit::search {

// An empty catalogue of one engine for tests, with the searcher and the columns that belong to it: an index
// and columns in memory on SQLite, pgvector and SQL on PostgreSQL.
class TestCatalogue {
 public:
  TestCatalogue(const store::testing::Engine& engine, const std::string& space, int dimensions) {
    store_ = store::open_catalogue(engine.url(folder_)).value();
    space_ = store_->spaces().ensure({space, space, "1", dimensions}).value();
    reopen();
  }

  // Opens index and columns again, as a new process does.
  void reopen() {
    if (store::VectorSearch* const search = store_->vector_search()) {
      searcher_ = std::make_unique<PgvectorSearcher>(*store_, *search, space_, metrics_);
      columns_ = std::make_unique<SqlColumns>(*store_, *search, metrics_, std::chrono::milliseconds(0));
      return;
    }
    columns_.reset();
    searcher_.reset();
    memory_ = std::make_unique<CatalogueColumns>(*store_, folder_.path() / "columns.fitindex", Log::silent());
    index_ = std::make_unique<SpaceIndex>(
        *store_, SpaceIndex::Options{.folder = folder_.path() / "index", .space = space_}, Log::silent());
    searcher_ = std::make_unique<IndexSearcher>(*index_);
    columns_ = std::make_unique<MemoryColumns>(*memory_);
  }

  // Applies all changes of the store to index and columns.
  void catch_up() {
    if (index_ == nullptr) return;
    index_->catch_up().value();
    memory_->catch_up().value();
  }

  store::Catalogue& store() { return *store_; }
  Metrics& metrics() { return metrics_; }
  const domain::SpaceRecord& space() const { return space_; }
  VectorSearcher& searcher() { return *searcher_; }
  ItemColumns& columns() { return *columns_; }
  // On SQLite only:
  SpaceIndex& index() { return *index_; }
  CatalogueColumns& memory_columns() { return *memory_; }
  const TempDir& folder() const { return folder_; }

 private:
  TempDir folder_;
  Metrics metrics_;
  std::unique_ptr<store::Catalogue> store_;
  domain::SpaceRecord space_;
  std::unique_ptr<CatalogueColumns> memory_;
  std::unique_ptr<SpaceIndex> index_;
  std::unique_ptr<VectorSearcher> searcher_;
  std::unique_ptr<ItemColumns> columns_;
};

}  // namespace fit::search
