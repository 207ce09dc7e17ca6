#include <iostream>

#include "base/format.h"
#include "base/json.h"
#include "base/progress_bar.h"
#include "base/text.h"
#include "catalog/property_backfill.h"
#include "cli/properties_command.h"
#include "cli/table.h"

namespace fit::cli {
namespace {

using catalog::PropertyBackfillReport;

Json as_json(const PropertyBackfillReport& report, bool dry_run) {
  Json answer = {{"items", report.items},
                 {"changed", report.changed},
                 {"overtaken", report.overtaken},
                 {"dry_run", dry_run},
                 {"last", report.last.str()}};
  for (std::size_t i = 0; i < report.properties.size(); ++i) {
    const PropertyBackfillReport::Counts& one = report.properties[i];
    answer["properties"][std::string(domain::kProperties[i])] = {{"added", one.added},
                                                                 {"changed", one.changed},
                                                                 {"removed", one.removed},
                                                                 {"restated", one.restated},
                                                                 {"doubtful", one.doubtful}};
  }
  return answer;
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
    std::cout << fit::format("{} items were written by others meanwhile and left alone\n",
                             with_thousands(report.overtaken));
  }
}

}  // namespace

Result<void> run_properties_backfill(catalog::Catalog& catalog, const PropertiesBackfillArgs& args,
                                     const std::stop_token& stop) {
  const catalog::PropertyBackfillOptions options{.dry_run = args.dry_run,
                                                 .batch_size = static_cast<std::size_t>(args.batch_size),
                                                 .after = ItemId{args.after}};
  ProgressBar bar("properties", "items");
  PropertyBackfillReport report;
  const auto filled = catalog::PropertyBackfill(catalog.writer()).run(options, bar.progress(), stop, report);
  const bool is_stopped = !filled && filled.error().code == ErrorCode::kCancelled;
  if (!filled && !is_stopped) return filled;
  bar.finish();
  if (args.json) {
    std::cout << dump_json(as_json(report, args.dry_run), 2) << "\n";
  } else {
    print(report, args.dry_run);
  }
  if (!is_stopped) return {};
  return cancelled(fit::format("stopped; go on with --after {}", report.last.str()));
}

}  // namespace fit::cli
