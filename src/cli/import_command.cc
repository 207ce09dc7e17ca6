#include "cli/import_command.h"

#include <iostream>

#include "base/format.h"
#include "base/progress_bar.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/update_indexes.h"
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

Result<void> import_rows(catalog::Catalog& catalog, const ImportArgs& args, std::size_t threads,
                         const std::stop_token& stop) {
  std::error_code ignored;
  if (!std::filesystem::exists(args.input, ignored))
    return not_found(args.input.string() + ": there is no such file or folder");
  ingest::ImportOptions options;
  FIT_TRY(options.format, ingest::import_format(args.input));
  options.source = args.source;
  options.threads = threads;
  options.rejects_path = args.rejects.empty() ? default_rejects(args.input) : args.rejects;
  options.ignore_unknown_columns = args.ignore_unknown_columns;
  ProgressBar bar("import", options.format == ingest::ImportFormat::kFolder ? "photos" : "rows");
  ingest::ImportReport report;
  auto imported = ingest::Importer(catalog.writer()).run(args.input, options, bar.progress(), stop, report);
  if (!imported && !is_stopped(imported)) return imported;
  bar.finish();
  print_report(report, options.rejects_path);
  if (!imported) return cancelled("stopped; run the same import again to continue");
  return {};
}

// Stores the vectors of --vectors with the images that import_rows() stored.
Result<void> import_vectors(store::Catalogue& store, const ImportArgs& args, const std::stop_token& stop) {
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
  std::cout << fit::format("{} vectors in the space \"{}\", {} rows without an image\n",
                           with_thousands(report.stored), space, with_thousands(report.missing));
  return {};
}

void declare(Arguments& arguments, ImportArgs& args) {
  arguments.positional("PATH", args.input, "File or folder");
  arguments.option("--source", args.source, "Source of rows without a source [the file's name]");
  arguments.option("--rejects", args.rejects, "Write rejected rows to this file [PATH.rejects.ndjson]");
  arguments.flag("--ignore-unknown-columns", args.ignore_unknown_columns,
                 "Skip unknown CSV columns and JSON fields");
  arguments.option("--vectors", args.vectors,
                   "File with vectors of the rows' first images: float32, in the order of the rows");
  arguments.option("--vectors-space", args.vectors_space,
                   "Name of the space of these vectors [the file's name]");
}

Result<void> run(const ImportArgs& args, const Context& context) {
  FIT_TRY(const OpenCatalogue catalogue, context.open_catalogue());
  return import_items(context, catalogue, args);
}

}  // namespace

Result<void> import_items(const Context& context, const OpenCatalogue& catalogue, const ImportArgs& args) {
  const domain::SpaceRecord& space = catalogue.space.record();
  FIT_CHECK(drop_empty_indexes(context, space));
  FIT_CHECK(import_rows(catalogue.space.catalog(), args, context.config().import.threads, context.stop));
  if (!args.vectors.empty()) FIT_CHECK(import_vectors(catalogue.store, args, context.stop));
  FIT_CHECK(build_indexes(context, space, store::IndexesToBuild::kMissing));
  return update_indexes(context, catalogue);
}

void add_import(CommandSet& commands) {
  commands.add<ImportArgs>({.name = "import",
                            .help = "Import a CSV, an NDJSON file or a folder of photos into the catalogue",
                            .on_signal = OnSignal::kStop,
                            .decodes_images = true},
                           declare, run);
}

}  // namespace fit::cli
