#pragma once

#include <condition_variable>
#include <mutex>
#include <span>
#include <vector>

#include "ingest/import/import_row.h"
#include "ingest/import/import_tally.h"

namespace fit::ingest {

// The last stage of an import: collects finished rows and stores them in batches, one transaction each.
// push() and close() are thread-safe; one thread calls run(). Errors of the store end the import through
// ImportEnd.
class ImportWriter {
 public:
  // `write` as ImportOptions has it.
  ImportWriter(catalog::ItemWriter& catalog, ImportTally& tally, ImportEnd& end, ImportOptions::Write write)
      : catalog_(catalog), tally_(tally), end_(end), write_batch_(std::move(write)) {}

  // Blocks while many rows wait to be stored.
  void push(RowPtr row);
  // Ends the input: run() returns when all pushed rows are stored.
  void close();
  // Stores rows until close(). Blocks.
  void run();

 private:
  std::vector<RowPtr> take();
  void write(std::vector<RowPtr> rows);
  void write_items(std::span<const RowPtr> rows, std::span<const domain::ItemWrite> items);

  catalog::ItemWriter& catalog_;
  ImportTally& tally_;
  ImportEnd& end_;
  const ImportOptions::Write write_batch_;  // empty: ItemWriter::write()

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable room_;
  std::vector<RowPtr> rows_;
  bool closed_ = false;
};

}  // namespace fit::ingest
