#pragma once

#include <filesystem>
#include <string>

#include "base/log.h"
#include "index/columns/column_store.h"
#include "search/subscriber.h"

namespace fit::search {

// The filter columns of a catalogue in the memory of this process, which follow the store's changes. Borrows
// the store. Threads and errors are those of Subscriber and index::ColumnStore.
class CatalogueColumns final : public Subscriber {
 public:
  // Loads the snapshot in `file`. When it is missing or unusable, the columns are empty, at position 0, and
  // the first catch_up() reads the store. With an empty path there are no snapshots.
  CatalogueColumns(store::Catalogue& store, std::filesystem::path file, Log log);

  const index::ColumnStore& columns() const { return columns_; }

  const std::string& name() const override { return name_; }
  void show(Metrics& metrics) const override;

 private:
  void load();
  Result<void> rebuild(const Progress& progress, const std::stop_token& stop) override;
  Result<void> apply(std::span<const store::Change> changes) override;
  Result<void> save(std::int64_t position) override;

  const std::string name_ = "columns";
  const std::filesystem::path file_;
  const Log log_;
  index::ColumnStore columns_;
};

}  // namespace fit::search
