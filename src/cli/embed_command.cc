#include <iostream>

#include "base/format.h"
#include "base/json.h"
#include "base/progress_bar.h"
#include "base/stopwatch.h"
#include "base/text.h"
#include "cli/commands.h"

namespace fit::cli {
namespace {

void print(const Json& answer) {
  std::cout << fit::format("space {}: {} of {} pictures have a vector", answer["space"].get<std::string>(),
                           with_thousands(answer["have"].get<std::int64_t>()),
                           with_thousands(answer["pictures"].get<std::int64_t>()));
  if (answer.contains("embedded")) {
    std::cout << fit::format("; {} embedded now, {:.1f} a second, {} could not be read",
                             with_thousands(answer["embedded"].get<std::int64_t>()),
                             answer["per_second"].get<double>(),
                             with_thousands(answer["failed"].get<std::int64_t>()));
  } else {
    std::cout << fit::format("; {} would be embedded, nothing was written",
                             with_thousands(answer["missing"].get<std::int64_t>()));
  }
  std::cout << "\n";
}

}  // namespace

Result<void> run_embed(catalog::Catalog& catalog, store::Catalogue& store, const catalog::ActiveSpace& space,
                       const EmbedArgs& args, const std::stop_token& stop) {
  Json answer = {{"space", space.embedder->space().name}};
  bool is_stopped = false;
  if (!args.dry_run) {
    ProgressBar bar("embed", "photos");
    const Stopwatch watch;
    catalog::Catalog::BackfillReport report;
    const auto filled =
        catalog.backfill({.spaces = {space}, .batch_size = static_cast<std::size_t>(args.batch_size)},
                         bar.progress(), stop, report);
    is_stopped = !filled && filled.error().code == ErrorCode::kCancelled;
    if (!filled && !is_stopped) return filled;
    bar.finish();
    answer["embedded"] = report.done;
    answer["failed"] = report.failed;
    answer["per_second"] = static_cast<double>(report.done) / std::max(watch.seconds(), 1e-3);
  }
  FIT_TRY(const store::Counts counts, store.items().counts());
  FIT_TRY(const std::int64_t have, store.vectors().count(space.space_id));
  answer["pictures"] = counts.images;
  answer["have"] = have;
  answer["missing"] = counts.images - have;
  if (args.json) {
    std::cout << dump_json(answer, 2) << "\n";
  } else {
    print(answer);
  }
  if (!is_stopped) return {};
  return cancelled("stopped; run the same command again to go on");
}

Result<void> run_backfill(catalog::Catalog& catalog, const std::stop_token& stop) {
  ProgressBar bar("embed", "photos");
  catalog::Catalog::BackfillReport report;
  FIT_CHECK(catalog.backfill({}, bar.progress(), stop, report));
  bar.finish();
  if (report.failed > 0) {
    std::cerr << fit::format("{} pictures could not be read and have no vector\n",
                             with_thousands(report.failed));
  }
  return {};
}

}  // namespace fit::cli
