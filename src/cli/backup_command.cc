#include <iostream>
#include <optional>

#include "base/clock.h"
#include "base/format.h"
#include "base/json.h"
#include "base/progress_bar.h"
#include "base/text.h"
#include "catalog/backup.h"
#include "catalog/image_files.h"
#include "cli/commands.h"

namespace fit::cli {
namespace {

struct BackupArgs {
  std::filesystem::path folder;
  int jobs = 2;
  bool json = false;
};

void declare(Arguments& arguments, BackupArgs& args) {
  arguments.positional("FOLDER", args.folder, "Folder of the backup");
  arguments.number("--jobs", args.jobs, 1, 64,
                   "Number of parallel jobs of pg_dump and pg_restore; PostgreSQL only");
  arguments.flag("--json", args.json, "Print JSON");
}

enum class Direction : std::uint8_t { kBackUp, kRestore };

std::int64_t rows_of(const store::DumpInfo& info, std::string_view table) {
  for (const store::TableSum& sum : info.tables) {
    if (sum.name == table) return sum.rows;
  }
  return 0;
}

// Shows a progress bar for each stage of a call, one after the other.
class Bars {
 public:
  void update(std::string_view part, std::int64_t done, std::int64_t total) {
    if (part != part_) {
      finish();
      bar_.emplace(std::string(part), part == "images" ? "images" : "pages");
      part_ = part;
    }
    bar_->update(done, total);
  }
  void finish() {
    if (bar_) bar_->finish();
  }

 private:
  std::string part_;
  std::optional<ProgressBar> bar_;
};

Result<void> copy_files(Direction direction, const BackupArgs& args, const Context& context) {
  const Config& config = context.config();
  FIT_TRY(catalog::ImageFiles files, context.image_files());
  const catalog::BackupLocations place{
      .database_url = config.database.url, .images = files.originals(), .folder = args.folder};
  Bars bars;
  const catalog::BackupOptions options{
      .jobs = args.jobs, .progress = [&bars](std::string_view part, std::int64_t done, std::int64_t total) {
        bars.update(part, done, total);
      }};
  FIT_TRY(const catalog::BackupReport report, direction == Direction::kRestore
                                                  ? catalog::restore_backup(place, options, context.stop)
                                                  : catalog::back_up(place, options, context.stop));
  bars.finish();
  const Json json = {{"folder", args.folder.string()},
                     {"made_at", to_rfc3339(report.made_at)},
                     {"engine", report.database.engine},
                     {"position", report.database.position},
                     {"items", rows_of(report.database, "items")},
                     {"images", rows_of(report.database, "images")},
                     {"pictures", report.images},
                     {"picture_bytes", report.image_bytes}};
  if (args.json) {
    std::cout << dump_json(json, 2) << "\n";
    return {};
  }
  std::cout << fit::format("{} {} items with {} images, and {} image files ({:.1f} MB), as of {}\n",
                           direction == Direction::kRestore ? "restored" : "saved",
                           with_thousands(rows_of(report.database, "items")),
                           with_thousands(rows_of(report.database, "images")), with_thousands(report.images),
                           static_cast<double>(report.image_bytes) / 1e6, to_rfc3339(report.made_at));
  return {};
}

}  // namespace

void add_backup(CommandSet& commands) {
  const auto add = [&commands](std::string name, std::string help, Direction direction) {
    const bool is_restore = direction == Direction::kRestore;
    commands.add<BackupArgs>({.name = std::move(name),
                              .help = std::move(help),
                              .on_signal = OnSignal::kStop,
                              .tenant_use = is_restore ? TenantUse::kPlace : TenantUse::kCatalogue},
                             declare, [direction](const BackupArgs& args, const Context& context) {
                               return copy_files(direction, args, context);
                             });
  };
  add("backup", "Copy catalogue and images into a new folder; servers may be running", Direction::kBackUp);
  add("restore", "Restore a backup into an empty database and storage folder, and verify it",
      Direction::kRestore);
}

}  // namespace fit::cli
