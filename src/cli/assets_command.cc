#include <iostream>
#include <optional>

#include "base/format.h"
#include "base/json.h"
#include "base/progress_bar.h"
#include "base/text.h"
#include "catalog/image_pruning.h"
#include "cli/commands.h"
#include "ingest/assets/assets.h"

namespace fit::cli {
namespace {

struct PruneArgs {
  bool dry_run = false;
  std::int64_t older_than_hours = 24;
  bool force = false;  // prunes even if no item refers to any file
  bool json = false;
};

void declare(Arguments& arguments, PruneArgs& args) {
  arguments.flag("--dry-run", args.dry_run, "Count the files and remove none");
  arguments.number("--older-than", args.older_than_hours, 1, 87'600,
                   "Remove only files older than this many hours");
  arguments.flag("--force", args.force, "Remove the files even if no item refers to any of them");
  arguments.flag("--json", args.json, "Print JSON");
}

using Files = catalog::PruneReport::Files;

Json to_json(const Files& files) {
  return {{"files", files.count}, {"bytes", files.bytes}};
}

std::string to_text(const Files& files, const char* what) {
  return fit::format("{} {} ({:.1f} MB)", with_thousands(files.count), what,
                     static_cast<double>(files.bytes) / 1e6);
}

void print(const catalog::PruneReport& report, const PruneArgs& args) {
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
      "{}: {}, {}, {}\nkept: {}, {} without an item and younger than {} hours\n",
      args.dry_run ? "would be removed" : "removed", to_text(report.originals, "images"),
      to_text(report.thumbnails, "thumbnails"), to_text(report.unfinished, "unfinished files"),
      to_text(report.named, "files of items"), to_text(report.young, "files"), args.older_than_hours);
}

Result<void> run(const PruneArgs& args, const Context& context) {
  const Config& config = context.config();
  FIT_TRY(const auto store, store::open_catalogue(config.database.url));
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
  options.named_elsewhere = [assets = ingest::Assets(store->database())](const auto& visit) mutable {
    return assets.each_digest(visit);
  };
  catalog::PruneReport report;
  FIT_TRY(catalog::ImageFiles files, context.image_files());
  auto pruned = catalog::prune_images(*store, files, options, context.stop, report);
  if (!pruned && !is_stopped(pruned)) return pruned;
  if (bar) bar->finish();
  print(report, args);
  if (pruned) return {};
  return cancelled("stopped; run it again to continue");
}

}  // namespace

void add_assets(CommandSet& commands) {
  commands.add<PruneArgs>(
      {.group = CommandGroup{"assets", "Manage the stored image files"},
       .name = "prune",
       .help = "Remove the image files that no item and no asset refers to, beside a running server",
       .on_signal = OnSignal::kStop},
      declare, run);
}

}  // namespace fit::cli
