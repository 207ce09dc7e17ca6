#include "cli/properties_command.h"

#include <algorithm>
#include <iostream>
#include <limits>

#include "base/format.h"
#include "base/json.h"
#include "base/progress_bar.h"
#include "base/text.h"
#include "catalog/property_backfill.h"
#include "cli/commands.h"
#include "cli/table.h"
#include "evaluate/property_evaluation.h"

namespace fit::cli {
namespace {

Json as_json(const evaluate::PropertyEvaluation& done, std::size_t mistakes) {
  Json json = {{"rows", done.rows}, {"microseconds_per_row", done.microseconds_per_row}};
  json["properties"] = Json::array();
  for (const evaluate::PropertyScore& one : done.scores) {
    json["properties"].push_back({{"property", one.property},
                                  {"column", one.column},
                                  {"labelled", one.labelled},
                                  {"found", one.found},
                                  {"correct", one.correct},
                                  {"precision", one.precision()},
                                  {"recall", one.recall()}});
  }
  json["mistakes"] = Json::array();
  for (std::size_t i = 0; i < std::min(mistakes, done.mistakes.size()); ++i) {
    const evaluate::PropertyMistake& one = done.mistakes[i];
    json["mistakes"].push_back({{"property", one.property},
                                {"expected", one.expected},
                                {"found", one.found},
                                {"times", one.times},
                                {"title", one.title}});
  }
  return json;
}

void print(const evaluate::PropertyEvaluation& done, std::size_t mistakes) {
  Table table({"property", "column", "labelled", "found", "precision", "recall"});
  for (const evaluate::PropertyScore& one : done.scores) {
    table.add({one.property, one.column, with_thousands(one.labelled), with_thousands(one.found),
               fit::format("{:.3f}", one.precision()), fit::format("{:.3f}", one.recall())});
  }
  std::cout << table.str()
            << fit::format("{} rows, {:.1f} microseconds each\n", with_thousands(done.rows),
                           done.microseconds_per_row);
  if (mistakes == 0 || done.mistakes.empty()) return;
  Table wrong({"times", "property", "expected", "found", "title"});
  for (std::size_t i = 0; i < std::min(mistakes, done.mistakes.size()); ++i) {
    const evaluate::PropertyMistake& one = done.mistakes[i];
    wrong.add({std::to_string(one.times), one.property, one.expected, one.found.empty() ? "-" : one.found,
               one.title});
  }
  std::cout << "\n" << wrong.str();
}

Result<void> evaluate(const PropertiesEvaluateArgs& args, const Context&) {
  FIT_TRY(auto ontology, ontology::Ontology::load());
  FIT_TRY(const auto done,
          evaluate::evaluate_properties(ontology::Extractor(std::move(ontology)), args.input));
  if (args.json) {
    std::cout << dump_json(as_json(done, args.mistakes), 2) << "\n";
  } else {
    print(done, args.mistakes);
  }
  return {};
}

using catalog::PropertyBackfillReport;

Json as_json(const PropertyBackfillReport& report, bool dry_run) {
  Json json = {{"items", report.items},
               {"changed", report.changed},
               {"overtaken", report.overtaken},
               {"dry_run", dry_run},
               {"last", report.last.str()}};
  for (std::size_t i = 0; i < report.properties.size(); ++i) {
    const PropertyBackfillReport::Counts& one = report.properties[i];
    json["properties"][std::string(domain::kProperties[i])] = {{"added", one.added},
                                                               {"changed", one.changed},
                                                               {"removed", one.removed},
                                                               {"restated", one.restated},
                                                               {"doubtful", one.doubtful}};
  }
  return json;
}

void print(const PropertyBackfillReport& report, bool dry_run) {
  Table table({"property", "added", "changed", "removed", "restated", "doubtful"});
  for (std::size_t i = 0; i < report.properties.size(); ++i) {
    const PropertyBackfillReport::Counts& one = report.properties[i];
    table.add({std::string(domain::kProperties[i]), with_thousands(one.added), with_thousands(one.changed),
               with_thousands(one.removed), with_thousands(one.restated), with_thousands(one.doubtful)});
  }
  std::cout << table.str()
            << fit::format("{} items, {} {}\n", with_thousands(report.items), with_thousands(report.changed),
                           dry_run ? "to be changed; nothing was written" : "changed");
  if (report.overtaken > 0) {
    std::cout << fit::format("{} items were skipped because other writers changed them meanwhile\n",
                             with_thousands(report.overtaken));
  }
}

Result<void> backfill(const PropertiesBackfillArgs& args, const Context& context) {
  FIT_TRY(const OpenCatalogue catalogue, context.open_catalogue());
  const catalog::PropertyBackfillOptions options{.dry_run = args.dry_run,
                                                 .batch_size = static_cast<std::size_t>(args.batch_size),
                                                 .after = ItemId{args.after}};
  ProgressBar bar("properties", "items");
  PropertyBackfillReport report;
  auto filled = catalog::PropertyBackfill(catalogue.space.catalog().writer())
                    .run(options, bar.progress(), context.stop, report);
  if (!filled && !is_stopped(filled)) return filled;
  bar.finish();
  if (args.json) {
    std::cout << dump_json(as_json(report, args.dry_run), 2) << "\n";
  } else {
    print(report, args.dry_run);
  }
  if (filled) return {};
  return cancelled(fit::format("stopped; continue with --after {}", report.last.str()));
}

}  // namespace

void declare(Arguments& arguments, PropertiesEvaluateArgs& args) {
  arguments.positional(
      "CSV", args.input,
      "Table with title or productDisplayName, and columns named as properties or articleType, "
      "baseColour, usage");
  arguments.number("--mistakes", args.mistakes, "Number of the most frequent mistakes to show");
  arguments.flag("--json", args.json, "Print JSON");
}

void declare(Arguments& arguments, PropertiesBackfillArgs& args) {
  arguments.flag("--dry-run", args.dry_run, "Report what would change and write nothing");
  arguments.number("--batch-size", args.batch_size, 1, 100'000, "Items in one transaction");
  arguments.number("--after", args.after, 0, std::numeric_limits<std::int64_t>::max(),
                   "Process only items with a greater id");
  arguments.flag("--json", args.json, "Print JSON");
}

void add_properties(CommandSet& commands) {
  const CommandGroup group = {"properties", "Fill and measure the properties that sellers leave open"};
  commands.add<PropertiesEvaluateArgs>({.group = group,
                                        .name = "evaluate",
                                        .help = "Compare the properties extracted from a CSV's titles with "
                                                "its columns: precision and recall by property"},
                                       declare, evaluate);
  commands.add<PropertiesBackfillArgs>(
      {.group = group,
       .name = "backfill",
       .help = "Fill the properties of all items again, from their texts and the vectors of their images",
       .on_signal = OnSignal::kStop,
       .decodes_images = true},
      declare, backfill);
}

}  // namespace fit::cli
