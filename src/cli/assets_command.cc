#include <iostream>
#include <optional>

#include "base/format.h"
#include "base/json.h"
#include "base/progress_bar.h"
#include "base/text.h"
#include "catalog/image_pruning.h"
#include "cli/commands.h"

namespace fit::cli {
namespace {

using Files = catalog::PruneReport::Files;

Json to_json(const Files& files) {
  return {{"files", files.count}, {"bytes", files.bytes}};
}

std::string to_text(const Files& files, const char* what) {
  return fit::format("{} {} ({:.1f} MB)", with_thousands(files.count), what,
                     static_cast<double>(files.bytes) / 1e6);
}

void print(const catalog::PruneReport& report, const AssetsArgs& args) {
  if (args.json) {
    std::cout << dump_json({{"dry_run", args.dry_run},
                            {"originals", to_json(report.originals)},
                            {"thumbnails", to_json(report.thumbnails)},
                            {"unfinished", to_json(report.unfinished)},
                            {"young", to_json(report.young)},
                            {"named", to_json(report.named)}},
                           2)
              << "\n";
    return;
  }
  std::cout << fit::format(
      "{}: {}, {}, {}\nkept: {}, {} that no item names but are younger than {} hours\n",
      args.dry_run ? "would be removed" : "removed", to_text(report.originals, "pictures"),
      to_text(report.thumbnails, "thumbnails"), to_text(report.unfinished, "unfinished files"),
      to_text(report.named, "files of items"), to_text(report.young, "files"), args.older_than_hours);
}

}  // namespace

Result<void> run_assets(store::Catalogue& store, const Config& config, const AssetsArgs& args,
                        const std::stop_token& stop) {
  std::optional<ProgressBar> bar;
  std::string part;
  catalog::PruneOptions options{
      .grace = std::chrono::hours(args.older_than_hours), .dry_run = args.dry_run, .force = args.force};
  options.progress = [&](std::string_view what, std::int64_t done, std::int64_t total) {
    if (what != part) {
      if (bar) bar->finish();
      bar.emplace("prune", std::string(what));
      part = what;
    }
    bar->update(done, total);
  };
  catalog::PruneReport report;
  catalog::ImageFiles files = catalog::local_image_files(config.storage_path);
  const auto pruned = catalog::prune_images(store, files, options, stop, report);
  const bool is_stopped = !pruned && pruned.error().code == ErrorCode::kCancelled;
  if (!pruned && !is_stopped) return pruned;
  if (bar) bar->finish();
  print(report, args);
  if (!is_stopped) return {};
  return cancelled("stopped; run it again to go on");
}

}  // namespace fit::cli
