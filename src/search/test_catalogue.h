#pragma once

#include <memory>
#include <string>

#include "base/temp_dir.h"
#include "search/change_follower.h"
#include "search/database_backend.h"
#include "search/memory_backend.h"
#include "store/test_support.h"

namespace fit::search {

// An empty catalogue of one engine for tests, with the backend that belongs to it: in memory on SQLite, in
// the database on PostgreSQL.
class TestCatalogue {
 public:
  TestCatalogue(const store::testing::Engine& engine, const std::string& space, int dimensions) {
    store_ = store::open_catalogue(engine.url(folder_)).value();
    space_ = store_->spaces().ensure({space, space, "1", dimensions}).value();
    open_backend();
  }

  // Anew, as after a start of the program.
  void open_backend() {
    if (store::VectorSearch* const search = store_->vector_search()) {
      backend_ =
          std::make_unique<DatabaseBackend>(*store_, *search, space_, metrics_, std::chrono::milliseconds(0));
      return;
    }
    index_ = std::make_unique<SpaceIndex>(
        *store_, SpaceIndex::Options{.folder = folder_.path() / "index", .space = space_}, Log::silent());
    backend_ = std::make_unique<MemoryBackend>(*store_, *index_, columns_);
  }

  // Brings the backend to the store's state of now.
  void catch_up() {
    if (index_ == nullptr) return;
    index_->catch_up({}, {}).value();
    follow_columns(*store_, columns_).value();
  }

  store::Catalogue& store() { return *store_; }
  const domain::SpaceRecord& space() const { return space_; }
  Backend& backend() { return *backend_; }
  SpaceIndex& index() { return *index_; }      // of SQLite only
  ItemColumns& columns() { return columns_; }  // the same
  const TempDir& folder() const { return folder_; }

 private:
  TempDir folder_;
  Metrics metrics_;
  std::unique_ptr<store::Catalogue> store_;
  domain::SpaceRecord space_;
  ItemColumns columns_;
  std::unique_ptr<SpaceIndex> index_;
  std::unique_ptr<Backend> backend_;
};

}  // namespace fit::search
