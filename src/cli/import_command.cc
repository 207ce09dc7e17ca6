#include <iostream>

#include "base/format.h"
#include "base/progress_bar.h"
#include "base/text.h"
#include "cli/commands.h"
#include "ingest/import/importer.h"
#include "ingest/import/vector_import.h"

namespace fit::cli {
namespace {

void print_report(const ingest::ImportReport& report, const std::filesystem::path& rejects_path) {
  const std::int64_t read = report.created + report.updated + report.unchanged;
  std::cout << fit::format("{} items: {} new, {} updated, {} unchanged, {} rejected in {:.1f} s\n",
                           with_thousands(read), with_thousands(report.created),
                           with_thousands(report.updated), with_thousands(report.unchanged),
                           with_thousands(report.rejected), report.seconds);
  constexpr std::size_t kShown = 5;
  for (std::size_t i = 0; i < std::min(kShown, report.rejects.size()); ++i) {
    const ingest::Reject& reject = report.rejects[i];
    std::cout << fit::format("  line {}: {}{}{}\n", reject.line, reject.field,
                             reject.field.empty() ? "" : " ", reject.reason);
  }
  if (report.rejected > 0) std::cout << "  all rejects: " << rejects_path.string() << "\n";
}

std::filesystem::path default_rejects(std::filesystem::path input) {
  if (!input.has_filename()) input = input.parent_path();
  return input.filename().string() + ".rejects.ndjson";
}

}  // namespace

Result<void> run_import(catalog::Catalog& catalog, const ImportArgs& args, const std::stop_token& stop) {
  std::error_code ignored;
  if (!std::filesystem::exists(args.input, ignored))
    return not_found(args.input.string() + ": there is no such file or folder");
  ingest::ImportOptions options;
  FIT_TRY(options.format, ingest::import_format(args.input));
  options.source = args.source;
  options.rejects_path = args.rejects.empty() ? default_rejects(args.input) : args.rejects;
  options.ignore_unknown_columns = args.ignore_unknown_columns;
  ProgressBar bar("import", options.format == ingest::ImportFormat::kFolder ? "photos" : "rows");
  ingest::ImportReport report;
  const auto imported =
      ingest::Importer(catalog.writer()).run(args.input, options, bar.progress(), stop, report);
  const bool is_stopped = !imported && imported.error().code == ErrorCode::kCancelled;
  if (!imported && !is_stopped) return imported;
  bar.finish();
  print_report(report, options.rejects_path);
  if (is_stopped) return cancelled("stopped; run the same import again to go on where it ended");
  return {};
}

Result<void> run_vector_import(store::Catalogue& store, const ImportArgs& args, const std::stop_token& stop) {
  ingest::ImportOptions options;
  FIT_TRY(options.format, ingest::import_format(args.input));
  options.source = args.source;
  options.ignore_unknown_columns = args.ignore_unknown_columns;
  const std::string space = args.vectors_space.empty() ? args.vectors.stem().string() : args.vectors_space;
  ProgressBar bar("vectors", "rows");
  ingest::VectorImportReport report;
  FIT_CHECK(ingest::import_vectors(store, args.input, options, {.path = args.vectors, .space = space},
                                   bar.progress(), stop, report));
  bar.finish();
  std::cout << fit::format("{} vectors in the space \"{}\", {} rows without a picture\n",
                           with_thousands(report.stored), space, with_thousands(report.missing));
  return {};
}

}  // namespace fit::cli
