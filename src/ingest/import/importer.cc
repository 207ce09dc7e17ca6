#include "ingest/import/importer.h"

#include <algorithm>

#include "base/format.h"
#include "base/parallel.h"
#include "base/stopwatch.h"
#include "ingest/import/import_pipeline.h"
#include "ingest/import/missing_items.h"

namespace fit::ingest {
namespace {

Result<void> hide_missing(catalog::ItemWriter& writer, const RowIntake& intake, const ImportOptions& options,
                          const std::stop_token& stop, ImportReport& report) {
  if (!options.hide_missing) return {};
  if (intake.rows_without_id() > 0) {
    return Error{ErrorCode::kConflict,
                 fit::format("{} rows have no id that can be read, so nothing is known to be missing; "
                             "no item was hidden",
                             intake.rows_without_id()),
                 "complete",
                 {}};
  }
  if (intake.sources().empty()) return {};
  FIT_TRY(report.hidden,
          hide_missing_items(writer, intake.sources(), intake.listed(), options.hide_missing, stop));
  return {};
}

}  // namespace

Result<void> Importer::run(const std::filesystem::path& input, const ImportOptions& options,
                           const Progress& progress, const std::stop_token& stop, ImportReport& report) {
  const Stopwatch watch;
  FIT_TRY(const auto source, open_rows(input, options, writer_.image_limits().max_bytes, stop));
  RejectsFile rejects;
  if (!options.rejects_path.empty()) {
    FIT_TRY(rejects, RejectsFile::open(options.rejects_path));
  }
  ImportTally tally(std::move(rejects), options.max_reported, source->total_rows(), source->total_bytes());
  const std::size_t threads = thread_count(options.threads);
  tally.on_reject(options.on_reject);
  ImportPipeline pipeline(writer_, tally,
                          {.threads = threads,
                           .loaders = std::max(threads, options.fetch_threads),
                           .overwrite = options.overwrite,
                           .write = options.write},
                          stop);
  const auto tick = [&] {
    const auto [done, total] = tally.progress();
    progress(done, total);
  };
  tick();
  const auto finished = pipeline.run(*source, tick);
  tick();
  auto closed = tally.finish_report(report);
  report.read_as = source->read_as();
  report.remarks = source->remarks();
  auto hidden = finished ? hide_missing(writer_, pipeline.intake(), options, stop, report) : Result<void>();
  report.seconds = watch.seconds();
  FIT_CHECK(finished);
  FIT_CHECK(hidden);
  return closed;
}

}  // namespace fit::ingest
