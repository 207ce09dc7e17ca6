#include "ingest/import/importer.h"

#include <algorithm>

#include "base/parallel.h"
#include "base/stopwatch.h"
#include "ingest/import/import_pipeline.h"

namespace fit::ingest {

Result<void> Importer::run(const std::filesystem::path& input, const ImportOptions& options,
                           const Progress& progress, const std::stop_token& stop, ImportReport& report) {
  const Stopwatch watch;
  FIT_TRY(const auto source, open_rows(input, options, writer_.image_limits().max_bytes, stop));
  RejectsFile rejects;
  if (!options.rejects_path.empty()) {
    FIT_TRY(rejects, RejectsFile::open(options.rejects_path));
  }
  ImportTally tally(std::move(rejects), options.max_reported_rejects, source->total_rows(),
                    source->total_bytes());
  const std::size_t threads = thread_count(options.threads);
  ImportPipeline pipeline(writer_, tally, {threads, std::max(threads, options.fetch_threads)}, stop);
  const auto tick = [&] {
    const auto [done, total] = tally.progress();
    progress(done, total);
  };
  tick();
  const auto finished = pipeline.run(*source, tick);
  tick();
  auto closed = tally.finish_report(report);
  report.seconds = watch.seconds();
  FIT_CHECK(finished);
  return closed;
}

}  // namespace fit::ingest
