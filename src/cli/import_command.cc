#include "cli/import_command.h"

#include <unistd.h>

#include <array>
#include <iostream>

#include "base/format.h"
#include "base/progress_bar.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/import_report.h"
#include "cli/update_indexes.h"
#include "ingest/import/importer.h"
#include "ingest/import/preview.h"
#include "ingest/import/saved_mapping.h"
#include "ingest/import/vector_import.h"

namespace fit::cli {
namespace {

constexpr std::size_t kPreviewItems = 10;

std::filesystem::path default_rejects(std::filesystem::path input) {
  if (!input.has_filename()) input = input.parent_path();
  return input.filename().string() + ".rejects.ndjson";
}

struct FormatName {
  std::string_view name;
  ingest::ImportFormat format;
};
constexpr std::array kFormatNames = std::to_array<FormatName>({{"csv", ingest::ImportFormat::kTable},
                                                               {"tsv", ingest::ImportFormat::kTable},
                                                               {"ndjson", ingest::ImportFormat::kNdjson},
                                                               {"json", ingest::ImportFormat::kJson},
                                                               {"xml", ingest::ImportFormat::kXml}});

// Splits entries that are separated by commas: "a=b,c=d" is two.
std::vector<std::string> split_mapping(const std::vector<std::string>& given) {
  std::vector<std::string> mapping;
  for (std::string_view rest : given) {
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(','), rest.size());
      mapping.emplace_back(trim(rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return mapping;
}

// Asks the user on the terminal. Without a terminal the answer is no.
bool confirm_hiding(std::int64_t missing, std::int64_t all) {
  std::cerr << fit::format("{} of {} items are not in the file. Hide them? [y/N] ", with_thousands(missing),
                           with_thousands(all));
  if (::isatty(STDIN_FILENO) != 1) {
    std::cerr << "no (not asked: the input is no terminal; --yes hides them)\n";
    return false;
  }
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

// The options that the arguments state, without saved ones.
Result<ingest::ImportOptions> given_options(const ImportArgs& args) {
  std::error_code ignored;
  if (!std::filesystem::exists(args.input, ignored))
    return not_found(args.input.string() + ": there is no such file or folder");
  ingest::ImportOptions options;
  const auto* const named = std::ranges::find(kFormatNames, std::string_view(args.format), &FormatName::name);
  if (named != kFormatNames.end()) {
    options.format = named->format;
  } else {
    options.shape = args.format;
    FIT_TRY(options.format, ingest::import_format(args.input));
  }
  options.source = args.source.empty() ? ingest::default_source(args.input, options.format) : args.source;
  options.mapping = split_mapping(args.map);
  options.rejects_path = args.rejects.empty() ? default_rejects(args.input) : args.rejects;
  options.ignore_unknown_columns = args.ignore_unknown_columns;
  options.overwrite = args.overwrite;
  if (args.complete) {
    options.hide_missing = [yes = args.yes](std::int64_t missing, std::int64_t all) {
      return yes || confirm_hiding(missing, all);
    };
  }
  return options;
}

Result<ingest::ImportOptions> with_saved_mapping(store::Catalogue& store, ingest::ImportOptions options) {
  FIT_TRY(const bool is_saved, ingest::use_saved_mapping(store, options));
  if (is_saved) {
    std::cout << fit::format("reading as saved for the source {} (--map none forgets that)\n",
                             options.source);
  }
  return options;
}

Result<void> import_rows(catalog::Catalog& catalog, const ingest::ImportOptions& options,
                         const ImportArgs& args, const std::stop_token& stop) {
  ProgressBar bar("import", options.format == ingest::ImportFormat::kFolder ? "photos" : "rows");
  ingest::ImportReport report;
  auto imported = ingest::Importer(catalog.writer()).run(args.input, options, bar.progress(), stop, report);
  const bool has_report = imported || is_stopped(imported) || imported.error().field == "complete";
  if (!has_report) return imported;
  bar.finish();
  print_import_report(report, options.rejects_path);
  if (is_stopped(imported)) return cancelled("stopped; run the same import again to continue");
  FIT_CHECK(imported);
  if (report.rejected > 0 && report.stored() == 0)
    return invalid(args.input.string(), "every row was rejected");
  return {};
}

Result<void> show_preview(catalog::Catalog& catalog, const ingest::ImportOptions& options,
                          const ImportArgs& args, const std::stop_token& stop) {
  FIT_TRY(const ingest::Preview preview,
          ingest::preview_import(catalog.writer(), args.input, options, kPreviewItems, stop));
  print_preview(preview);
  if (preview.report.rejected > 0 && preview.report.stored() == 0)
    return invalid(args.input.string(), "every row would be rejected");
  return {};
}

// Stores the vectors of --vectors with the images that import_rows() stored.
Result<void> import_vectors(store::Catalogue& store, const ingest::ImportOptions& options,
                            const ImportArgs& args, const std::stop_token& stop) {
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
  arguments.option("--format", args.format,
                   "csv, ndjson, json or xml; or whose columns they are: fit, shopify, woocommerce, google, "
                   "styles, marketplace [found by the content]");
  arguments.option(
      "--map", args.map,
      "COLUMN=FIELD: the meaning of a column, such as handle=external_id; may be repeated; saved "
      "with the source");
  arguments.flag("--ignore-unknown-columns", args.ignore_unknown_columns,
                 "Skip unknown columns and JSON fields");
  arguments.flag("--dry-run", args.dry_run, "Show ten items as they would be stored, and store nothing");
  arguments.flag("--overwrite", args.overwrite,
                 "Replace what was changed in the catalogue since the last import");
  arguments.flag("--complete", args.complete, "Hide items of the source that the file no longer has");
  arguments.flag("--yes", args.yes,
                 "With --complete: do not ask, even if more than half of the items would be hidden");
  arguments.option("--rejects", args.rejects,
                   "Write rejected rows and warnings to this file [PATH.rejects.ndjson]");
  arguments.option("--vectors", args.vectors,
                   "File with vectors of the rows' first images: float32, in the order of the rows");
  arguments.option("--vectors-space", args.vectors_space,
                   "Name of the space of these vectors [the file's name]");
}

Result<void> run(const ImportArgs& args, const Context& context) {
  FIT_TRY(const OpenCatalogue catalogue, context.open_catalogue());
  if (!args.dry_run) return import_items(context, catalogue, args);
  FIT_TRY(ingest::ImportOptions given, given_options(args));
  FIT_TRY(const ingest::ImportOptions options, with_saved_mapping(catalogue.store, std::move(given)));
  return show_preview(catalogue.space.catalog(), options, args, context.stop);
}

}  // namespace

Result<void> import_items(const Context& context, const OpenCatalogue& catalogue, const ImportArgs& args) {
  FIT_TRY(const ingest::ImportOptions given, given_options(args));
  FIT_TRY(ingest::ImportOptions options, with_saved_mapping(catalogue.store, given));
  options.threads = context.config().import.threads;
  const domain::SpaceRecord& space = catalogue.space.record();
  FIT_CHECK(drop_empty_indexes(context, space));
  auto imported = import_rows(catalogue.space.catalog(), options, args, context.stop);
  const bool is_done = imported || imported.error().code == ErrorCode::kInvalid ||
                       imported.error().code == ErrorCode::kConflict;
  if (!is_done) return imported;
  if (imported) FIT_CHECK(ingest::save_mapping(catalogue.store, given));
  if (imported && !args.vectors.empty())
    FIT_CHECK(import_vectors(catalogue.store, options, args, context.stop));
  FIT_CHECK(build_indexes(context, space, store::IndexesToBuild::kMissing));
  FIT_CHECK(update_indexes(context, catalogue));
  return imported;
}

void add_import(CommandSet& commands) {
  commands.add<ImportArgs>(
      {.name = "import",
       .help = "Import a table, a JSON or XML file or a folder of photos into the catalogue",
       .on_signal = OnSignal::kStop,
       .decodes_images = true},
      declare, run);
}

}  // namespace fit::cli
