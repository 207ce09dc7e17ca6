#pragma once

#include <atomic>
#include <span>
#include <vector>

#include "catalog/item_writer.h"
#include "ingest/imports/import_record.h"
#include "sql/database.h"

namespace fit::ingest {

// What one import writes, with the former state of each item, so that it can be undone. An entry is stored
// before its item is written; the entry of an item that an attempt of before has written stays. Undoing an
// item compares its content hash with that of the entry: an item that was changed since has another one.
// Thread-safe; calls block. Errors besides those named: of the database. Borrows the database.
class ImportJournal {
 public:
  ImportJournal(sql::Database& database, ImportId import) : database_(database), import_(import) {}

  // The numbers of items that the import has created and changed, by its entries.
  struct Written {
    std::int64_t created = 0;
    std::int64_t updated = 0;
  };
  Result<Written> count();

  // Adds the entries, then calls ItemWriter::write(). When that refuses the items, the entries are removed
  // again. The errors of both.
  Result<std::vector<store::UpsertOutcome>> write(catalog::ItemWriter& writer,
                                                  std::span<const domain::ItemWrite> items);

  // The entries that this object has added. Does not block.
  Written added() const { return {.created = created_, .updated = updated_}; }

  // Undoes the next entries, at most `limit`, and notes their outcome. Returns their number; 0: all are
  // undone. What was interrupted is undone by calling it again.
  Result<std::size_t> undo_some(catalog::ItemWriter& writer, std::size_t limit);
  Result<UndoCounts> undo_counts();
  // The items that an undo has left as they are.
  Result<std::vector<KeptItem>> kept(std::size_t limit);

 private:
  Result<std::vector<bool>> add(catalog::ItemWriter& writer, std::span<const domain::ItemWrite> items);
  Result<void> drop(std::span<const domain::ItemWrite> items, const std::vector<bool>& is_added);

  sql::Database& database_;
  const ImportId import_;
  std::atomic<std::int64_t> created_{0};
  std::atomic<std::int64_t> updated_{0};
};

}  // namespace fit::ingest
