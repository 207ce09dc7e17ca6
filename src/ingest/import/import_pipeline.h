#pragma once

#include <functional>
#include <vector>

#include "base/bounded_queue.h"
#include "base/permits.h"
#include "ingest/import/import_row.h"
#include "ingest/import/import_tally.h"
#include "ingest/import/import_writer.h"
#include "ingest/import/row_intake.h"

namespace fit::ingest {

// Moves rows from a source into the store: one thread reads, several load and decode images, several embed
// them in batches, one writes in batches. Every queue is bounded, so that the slowest stage limits the
// others. Rows may overtake each other. An object serves one run. Not thread-safe.
class ImportPipeline {
 public:
  // The threads of the stages, each at least 1: `threads` decode and as many embed; `loaders` wait for files
  // and the network.
  struct Options {
    std::size_t threads = 1;
    std::size_t loaders = 8;
    bool overwrite = false;  // replace what was changed in the catalogue since the last import
    catalog::ImageFetcher* fetcher = nullptr;  // as FetchLimits::fetcher
    catalog::ImageMemory* memory = nullptr;    // as FetchLimits::memory
    // Asked by several threads before they load the images of the row of this line; false: the row is
    // rejected. Empty: every row is loaded.
    std::function<bool(std::int64_t line)> may_load = {};
    ImportOptions::Write write = {};  // as ImportOptions has it
  };
  // The arguments must outlive the object.
  ImportPipeline(catalog::ItemWriter& catalog, ImportTally& tally, const Options& options,
                 const std::stop_token& stop);

  // Blocks until every row was stored, rejected or, after `stop`, dropped. `tick` is called ten times a
  // second. kCancelled when rows were dropped or left unread; otherwise the error of the source, the store or
  // the storage. Rows that were counted as finished are stored in any case.
  Result<void> run(RowSource& source, const std::function<void()>& tick);

  // The keys and sources of the rows; complete when run() has returned.
  const RowIntake& intake() const { return intake_; }

 private:
  // A decoded image that waits to be embedded.
  struct ImageWork {
    RowPtr row;
    std::size_t number = 0;  // its index among the row's images
    catalog::EmbedInputs inputs;
  };

  // Stages, each run by its own threads until its queue is closed and empty.
  void read_all(RowSource& source);
  void load_all();
  void embed_all();

  RowPtr accept(ImportRow row);
  void send_on(std::vector<RowPtr> rows);
  Result<void> recognise(std::vector<RowPtr>& rows);
  void load(const RowPtr& row);
  Result<void> load_image(const RowPtr& row, std::size_t number, const catalog::FetchLimits& limits);
  void embed(std::vector<ImageWork> batch);
  void predict(std::span<const ImageWork> batch,
               std::span<const Result<catalog::ImageProcessor::Vectors>> vectors);
  void release(const RowPtr& row);
  Result<void> leave_out_images(const RowPtr& row);
  Result<void> keep_edits(std::span<const RowPtr> rows, std::span<const ItemId> items);

  catalog::ItemWriter& catalog_;
  ImportTally& tally_;
  const Options options_;
  ImportEnd end_;
  RowIntake intake_;
  ByteBudget budget_;
  BoundedQueue<RowPtr> rows_;
  BoundedQueue<ImageWork> images_;
  Permits decoders_;
  ImportWriter writer_;
  std::int64_t last_number_ = 0;
};

}  // namespace fit::ingest
