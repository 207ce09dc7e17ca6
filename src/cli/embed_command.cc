#include <chrono>
#include <iostream>

#include "base/format.h"
#include "base/json.h"
#include "base/progress_bar.h"
#include "base/text.h"
#include "cli/commands.h"

namespace fit::cli {
namespace {

using Clock = std::chrono::steady_clock;

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
                       const EmbedArgs& args, const std::atomic<bool>& stop) {
  Json answer = {{"space", space.embedder->space().name}};
  if (!args.dry_run) {
    ProgressBar bar("embed", "photos");
    const auto begun = Clock::now();
    FIT_TRY(const auto report,
            catalog.backfill({.spaces = {space}, .batch_size = static_cast<std::size_t>(args.batch_size)},
                             [&](std::int64_t done, std::int64_t total) {
                               bar.update(done, total);
                               return !stop;
                             }));
    bar.finish();
    const std::chrono::duration<double> seconds = Clock::now() - begun;
    answer["embedded"] = report.done;
    answer["failed"] = report.failed;
    answer["per_second"] = static_cast<double>(report.done) / std::max(seconds.count(), 1e-3);
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
  if (!stop) return {};
  return Error{ErrorCode::kCancelled, "stopped; run the same command again to go on", {}, {}};
}

Result<void> run_backfill(catalog::Catalog& catalog, const std::atomic<bool>& stop) {
  ProgressBar bar("embed", "photos");
  FIT_TRY(const auto report, catalog.backfill({}, [&](std::int64_t done, std::int64_t total) {
    bar.update(done, total);
    return !stop;
  }));
  bar.finish();
  if (report.failed > 0) {
    std::cerr << fit::format("{} pictures could not be read and have no vector\n",
                             with_thousands(report.failed));
  }
  return {};
}

}  // namespace fit::cli
