#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "ingest/sources/listing_rows.h"
#include "ingest/sources/source_image_fetcher.h"
#include "ingest/sources/source_record.h"
#include "sql/database.h"

namespace fit::ingest {

// What the work on a batch has done. The catalogue has it already; the tables of sources get it next.
struct BatchReport {
  std::vector<WrittenListing> written;
  RunCounts counts;
  std::vector<RunFailure> failures;
  std::vector<RunFailure> left_out;  // images without which listings were written, each with its URL
  bool has_more = false;  // the time was over: the other listings of the batch are to be written later
};

// Writes a batch of listings to the catalogue, as an import does: images are loaded, decoded and embedded in
// parallel, those that the item has are fetched again only when their server says that they have changed,
// edits of people are kept, and an item that a person has removed stays removed. Listings that the source no
// longer has get the status "removed". Each step may be repeated: what was written before is recognised by
// its content. Thread-safe; blocks. Borrows its arguments.
class BatchWriter {
 public:
  struct Options {
    std::size_t threads = 1;  // for decoding, and as many for embedding
    std::size_t loaders = 6;  // images fetched at a time
    std::size_t max_image_bytes = std::size_t{20} << 20;
    // No listing but the first is begun afterwards, because slow hosts must not keep the thread.
    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  };
  BatchWriter(sql::Database& database, catalog::Catalog& catalog, Options options)
      : database_(database), catalog_(catalog), options_(options) {}

  // A listing that cannot be written is a failure of the report. Errors: kCancelled after `stop`, and those
  // of the store, of the model and of the host leases; the batch is then to be written again.
  Result<BatchReport> write(const SourceRecord& source, const RunRecord& run,
                            std::vector<WaitingListing> waiting, SourceImageFetcher& images,
                            const std::stop_token& stop);

 private:
  sql::Database& database_;
  catalog::Catalog& catalog_;
  const Options options_;
};

}  // namespace fit::ingest
