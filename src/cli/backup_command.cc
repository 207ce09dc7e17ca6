#include <iostream>
#include <optional>

#include "base/clock.h"
#include "base/format.h"
#include "base/json.h"
#include "base/progress_bar.h"
#include "base/text.h"
#include "catalog/backup.h"
#include "catalog/backup_series.h"
#include "catalog/backup_verification.h"
#include "catalog/image_files.h"
#include "cli/commands.h"
#include "store/migrate.h"

namespace fit::cli {
namespace {

struct BackupArgs {
  std::filesystem::path folder;
  std::filesystem::path to;  // the folder of a series
  std::string keep;
  int jobs = 2;
  bool json = false;
};

void declare_jobs(Arguments& arguments, BackupArgs& args) {
  arguments.number("--jobs", args.jobs, 1, 64,
                   "Number of parallel jobs of pg_dump and pg_restore; PostgreSQL only");
  arguments.flag("--json", args.json, "Print JSON");
}

void declare_backup(Arguments& arguments, BackupArgs& args) {
  arguments.optional_positional("FOLDER", args.folder, "Folder of the backup, new or empty");
  arguments.option("--to", args.to,
                   "Instead of FOLDER: the folder in which backups lie, each named by its time");
  arguments.option(
      "--keep", args.keep,
      "With --to: backups that stay, such as 7d,4w,12m: the latest of each of 7 days, 4 weeks and 12 "
      "months, or the number of the latest ones [all]");
  declare_jobs(arguments, args);
}

void declare_restore(Arguments& arguments, BackupArgs& args) {
  arguments.positional("FOLDER", args.folder, "Folder of the backup");
  declare_jobs(arguments, args);
}

struct VerifyArgs {
  std::filesystem::path path;
  std::filesystem::path in;  // empty: the system's folder for temporary files
  std::string database;
  int jobs = 2;
  bool json = false;
};

void declare(Arguments& arguments, VerifyArgs& args) {
  arguments.positional("PATH", args.path, "Folder of a backup, or of --to: then its latest backup");
  arguments.option("--in", args.in, "Folder to restore below, with space for catalogue and images [TMPDIR]");
  arguments.option("--database", args.database,
                   "URL of an empty PostgreSQL database to restore a backup of PostgreSQL to");
  arguments.number("--jobs", args.jobs, 1, 64, "Number of parallel jobs of pg_restore; PostgreSQL only");
  arguments.flag("--json", args.json, "Print JSON");
}

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

// What is printed of a backup in a folder.
Json json_of(const std::filesystem::path& folder, const catalog::BackupReport& report) {
  return {{"folder", folder.string()},
          {"made_at", to_rfc3339(report.made_at)},
          {"engine", report.database.engine},
          {"position", report.database.position},
          {"items", rows_of(report.database, "items")},
          {"images", rows_of(report.database, "images")},
          {"pictures", report.images},
          {"picture_bytes", report.image_bytes}};
}

std::string text_of(std::string_view done, const catalog::BackupReport& report) {
  return fit::format("{} {} items with {} images, and {} image files ({:.1f} MB), as of {}", done,
                     with_thousands(rows_of(report.database, "items")),
                     with_thousands(rows_of(report.database, "images")), with_thousands(report.images),
                     static_cast<double>(report.image_bytes) / 1e6, to_rfc3339(report.made_at));
}

catalog::BackupOptions options_of(int jobs, Bars& bars) {
  return {.jobs = jobs, .progress = [&bars](std::string_view part, std::int64_t done, std::int64_t total) {
            bars.update(part, done, total);
          }};
}

// Stores the time of a backup in the catalogue, from which servers read its age. The backup is made, whatever
// comes of this.
void note_backup(const Context& context, Timestamp made_at) {
  const Config& config = context.config();
  const auto noted = [&]() -> Result<void> {
    FIT_TRY(const auto steps, store::schema_steps(config.database.url));
    // Opening the catalogue would migrate it.
    if (!steps.back().is_applied) return Error{ErrorCode::kConflict, "migrations are missing", {}, {}};
    FIT_TRY(const auto store, store::open_catalogue(config.database.url, {.connections = 1}));
    return store->metadata().put(std::string(catalog::kLastBackup), to_rfc3339(made_at));
  }();
  if (!noted) {
    context.log.warning("the time of the backup cannot be stored in the catalogue",
                        {{"error", noted.error().describe()}});
  }
}

Result<void> back_up_once(const BackupArgs& args, const Context& context) {
  FIT_TRY(catalog::ImageFiles files, context.image_files());
  Bars bars;
  FIT_TRY(const catalog::BackupReport report, catalog::back_up({.database_url = context.config().database.url,
                                                                .images = files.originals(),
                                                                .folder = args.folder},
                                                               options_of(args.jobs, bars), context.stop));
  bars.finish();
  note_backup(context, report.made_at);
  if (args.json) {
    std::cout << dump_json(json_of(args.folder, report), 2) << "\n";
  } else {
    std::cout << text_of("saved", report) << "\n";
  }
  return {};
}

Result<void> back_up_to(const BackupArgs& args, const Context& context) {
  std::optional<catalog::KeepRule> rule;
  if (!args.keep.empty()) {
    FIT_TRY(rule, catalog::KeepRule::parse("--keep", args.keep));
  }
  FIT_TRY(catalog::ImageFiles files, context.image_files());
  Bars bars;
  FIT_TRY(const catalog::SeriesReport report,
          catalog::back_up_to_series(
              {.database_url = context.config().database.url, .images = files.originals(), .folder = args.to},
              rule ? &*rule : nullptr, options_of(args.jobs, bars), context.stop));
  bars.finish();
  note_backup(context, report.backup.made_at);
  if (args.json) {
    Json json = json_of(report.folder, report.backup);
    json["removed"] = Json::array();
    for (const auto& folder : report.removed) json["removed"].push_back(folder.string());
    std::cout << dump_json(json, 2) << "\n";
    return {};
  }
  std::cout << text_of("saved", report.backup) << ", in " << report.folder.string() << "\n";
  for (const auto& folder : report.removed) std::cout << "removed " << folder.string() << "\n";
  return {};
}

Result<void> back_up(const BackupArgs& args, const Context& context) {
  if (args.folder.empty() == args.to.empty()) return invalid("FOLDER", "give either FOLDER or --to");
  if (!args.keep.empty() && args.to.empty()) return invalid("--keep", "is for backups that --to makes");
  return args.to.empty() ? back_up_once(args, context) : back_up_to(args, context);
}

Result<void> restore(const BackupArgs& args, const Context& context) {
  FIT_TRY(catalog::ImageFiles files, context.image_files());
  Bars bars;
  FIT_TRY(
      const catalog::BackupReport report,
      catalog::restore_backup(
          {.database_url = context.config().database.url, .images = files.originals(), .folder = args.folder},
          options_of(args.jobs, bars), context.stop));
  bars.finish();
  if (args.json) {
    std::cout << dump_json(json_of(args.folder, report), 2) << "\n";
  } else {
    std::cout << text_of("restored", report) << "\n";
  }
  return {};
}

Result<void> verify(const VerifyArgs& args, const Context& context) {
  Bars bars;
  const catalog::VerificationPlace place{
      .backup = args.path,
      .scratch = args.in.empty() ? std::filesystem::temp_directory_path() : args.in,
      .database_url = args.database};
  FIT_TRY(const catalog::VerificationReport report,
          catalog::verify_backup(place, options_of(args.jobs, bars), context.stop));
  bars.finish();
  if (args.json) {
    Json json = json_of(report.folder, report.backup);
    json["checked_images"] = report.checked_images;
    std::cout << dump_json(json, 2) << "\n";
    return {};
  }
  std::cout << text_of("restored and compared", report.backup)
            << fit::format(": {} is whole\n", report.folder.string());
  return {};
}

}  // namespace

void add_backup(CommandSet& commands) {
  commands.add<BackupArgs>({.name = "backup",
                            .help = "Copy catalogue and images into a new folder; servers may be running",
                            .on_signal = OnSignal::kStop},
                           declare_backup, back_up);
  commands.add<VerifyArgs>({.group = CommandGroup{"backup", {}},
                            .name = "verify",
                            .help = "Restore a backup to a temporary place and compare it with its checksums",
                            .on_signal = OnSignal::kStop,
                            .tenant_use = TenantUse::kNone},
                           declare, verify);
  commands.add<BackupArgs>(
      {.name = "restore",
       .help = "Restore a backup into an empty database and storage folder, and verify it",
       .on_signal = OnSignal::kStop,
       .tenant_use = TenantUse::kPlace},
      declare_restore, restore);
}

}  // namespace fit::cli
