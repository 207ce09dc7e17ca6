#include "ingest/import/importer.h"

#include <algorithm>

#include "catalog/parallel.h"
#include "ingest/import/import_pipeline.h"

namespace fit::ingest {

Result<ImportReport> Importer::run(const std::filesystem::path& input, const ImportOptions& options,
                                   const std::function<void(const ImportProgress&)>& progress,
                                   const std::atomic<bool>& stop) {
  const auto start = std::chrono::steady_clock::now();
  FIT_TRY(const auto source, open_rows(input, options, writer_.options.image_limits.max_bytes, stop));
  RejectsFile rejects;
  if (!options.rejects_path.empty()) {
    FIT_TRY(rejects, RejectsFile::open(options.rejects_path));
  }
  ImportTally tally(std::move(rejects), options.max_reported_rejects, source->total_rows(),
                    source->total_bytes());
  const std::size_t threads = options.threads > 0 ? options.threads : catalog::core_count();
  ImportPipeline pipeline(writer_, tally, {threads, std::max(threads, options.fetch_threads)}, stop);
  const auto tick = [&] {
    if (progress) progress(tally.progress());
  };
  tick();
  const auto whole = pipeline.run(*source, tick);
  tick();
  auto report = tally.take_report();
  if (!whole) return whole.error();
  if (!report) return report;
  report->stopped = !*whole;
  report->seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

}  // namespace fit::ingest
