#include <fcntl.h>

#include <cerrno>
#include <iostream>
#include <memory>
#include <optional>
#include <vector>

#include "base/age_keys.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/files.h"
#include "base/format.h"
#include "base/json.h"
#include "catalog/backup.h"
#include "catalog/backup_series.h"
#include "catalog/backup_vault.h"
#include "catalog/image_files.h"
#include "cli/backup_output.h"
#include "cli/commands.h"
#include "store/migrate.h"

namespace fit::cli {
namespace {

struct BackupArgs {
  std::filesystem::path folder;
  std::string to;  // the place of a series
  std::string keep;
  std::string encrypt;       // public keys
  std::filesystem::path in;  // empty: the system's folder for temporary files
  int jobs = 2;
  bool json = false;
};

struct ListArgs {
  std::string path;
  bool json = false;
};

struct KeygenArgs {
  std::filesystem::path file;
};

void declare_backup(Arguments& arguments, BackupArgs& args) {
  arguments.optional_positional("FOLDER", args.folder, "Folder of the backup, new or empty");
  arguments.option(
      "--to", args.to,
      "Instead of FOLDER: the folder, or s3://bucket/prefix, in which backups lie, each named by "
      "its time");
  arguments.option(
      "--keep", args.keep,
      "With --to: backups that stay, such as 7d,4w,12m: the latest of each of 7 days, 4 weeks and 12 "
      "months, or the number of the latest ones [all]");
  arguments.option("--encrypt", args.encrypt,
                   "With --to: encrypt to these public keys, age:age1…, separated by commas");
  arguments.option("--in", args.in,
                   "With --encrypt or s3://: folder with space for a copy of the database [TMPDIR]");
  declare_backup_jobs(arguments, args.jobs, args.json);
}

void declare_list(Arguments& arguments, ListArgs& args) {
  arguments.positional("PATH", args.path, "What --to named: a folder, or s3://bucket/prefix");
  arguments.flag("--json", args.json, "Print JSON");
}

void declare_keygen(Arguments& arguments, KeygenArgs& args) {
  arguments.positional("FILE", args.file, "New file for the secret key");
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
  BackupBars bars;
  FIT_TRY(
      const catalog::BackupReport report,
      catalog::back_up(
          {.database_url = context.config().database.url, .images = files.originals(), .folder = args.folder},
          backup_options(args.jobs, bars), context.stop));
  bars.finish();
  note_backup(context, report.made_at);
  if (args.json) {
    std::cout << dump_json(backup_json(args.folder, report), 2) << "\n";
  } else {
    std::cout << backup_text("saved", report) << "\n";
  }
  return {};
}

void print_series(const catalog::BackupReport& report, const std::string& name,
                  const std::vector<std::string>& removed, bool json) {
  if (json) {
    Json object = backup_json(name, report);
    object["removed"] = removed;
    std::cout << dump_json(object, 2) << "\n";
    return;
  }
  std::cout << backup_text("saved", report) << ", in " << name << "\n";
  for (const std::string& one : removed) std::cout << "removed " << one << "\n";
}

Result<void> back_up_to_folder(const BackupArgs& args, const catalog::KeepRule* rule,
                               const Context& context) {
  FIT_TRY(catalog::ImageFiles files, context.image_files());
  BackupBars bars;
  FIT_TRY(const catalog::SeriesReport report,
          catalog::back_up_to_series(
              {.database_url = context.config().database.url, .images = files.originals(), .folder = args.to},
              rule, backup_options(args.jobs, bars), context.stop));
  bars.finish();
  note_backup(context, report.backup.made_at);
  std::vector<std::string> removed;
  for (const auto& folder : report.removed) removed.push_back(folder.string());
  print_series(report.backup, report.folder.string(), removed, args.json);
  return {};
}

Result<void> back_up_to_the_vault(const BackupArgs& args, const catalog::KeepRule* rule,
                                  const Context& context) {
  std::vector<AgeRecipient> recipients;
  if (!args.encrypt.empty()) {
    FIT_TRY(recipients, parse_age_recipients("--encrypt", args.encrypt));
  }
  FIT_TRY(const blobs::Storage place, open_backup_place("--to", args.to, context));
  const auto tree = place.tree();
  FIT_TRY(catalog::ImageFiles files, context.image_files());
  BackupBars bars;
  FIT_TRY(const catalog::VaultReport report,
          catalog::back_up_to_vault({.tree = *tree, .recipients = recipients},
                                    {.database_url = context.config().database.url,
                                     .images = files.originals(),
                                     .folder = scratch_of(args.in)},
                                    rule, backup_options(args.jobs, bars), context.stop));
  bars.finish();
  note_backup(context, report.backup.made_at);
  std::vector<std::string> removed;
  for (const std::string& name : report.removed) removed.push_back(tree->name_of(name));
  print_series(report.backup, tree->name_of(report.name), removed, args.json);
  return {};
}

Result<void> back_up_to(const BackupArgs& args, const Context& context) {
  std::optional<catalog::KeepRule> rule;
  if (!args.keep.empty()) {
    FIT_TRY(rule, catalog::KeepRule::parse("--keep", args.keep));
  }
  const catalog::KeepRule* const kept = rule ? &*rule : nullptr;
  const bool is_plain_folder = !is_bucket_url(args.to) && args.encrypt.empty();
  return is_plain_folder ? back_up_to_folder(args, kept, context) : back_up_to_the_vault(args, kept, context);
}

Result<void> back_up(const BackupArgs& args, const Context& context) {
  if (args.folder.empty() == args.to.empty()) return invalid("FOLDER", "give either FOLDER or --to");
  if (!args.keep.empty() && args.to.empty()) return invalid("--keep", "is for backups that --to makes");
  if (!args.encrypt.empty() && args.to.empty()) return invalid("--encrypt", "is for backups that --to makes");
  return args.to.empty() ? back_up_once(args, context) : back_up_to(args, context);
}

Result<void> list(const ListArgs& args, const Context& context) {
  FIT_TRY(const blobs::Storage place, open_backup_place("PATH", args.path, context));
  const auto tree = place.tree();
  FIT_TRY(const auto backups, catalog::list_vault(*tree));
  Json all = Json::array();
  for (const catalog::VaultBackup& backup : backups) {
    const std::string name = tree->name_of(backup.name);
    if (args.json) {
      all.push_back(
          {{"folder", name}, {"made_at", to_rfc3339(backup.made_at)}, {"encrypted", backup.is_encrypted}});
    } else {
      std::cout << name << (backup.is_encrypted ? " (encrypted)" : "") << "\n";
    }
  }
  if (args.json) std::cout << dump_json({{"backups", std::move(all)}}, 2) << "\n";
  return {};
}

// Makes a key pair: the secret key goes to a file that its owner only can read, the public one is printed.
Result<void> make_key(const KeygenArgs& args, const Context& /*context*/) {
  const AgeIdentity identity = AgeIdentity::make();
  const std::string recipient = identity.recipient().text();
  const std::string text =
      fit::format("# created: {}\n# public key: {}\n{}\n", to_rfc3339(now()), recipient, identity.text());
  const Fd file(::open(args.file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file && errno == EEXIST) return Error{ErrorCode::kConflict, "exists already", "FILE", {}};
  if (!file) return from_errno("create " + args.file.string(), errno);
  FIT_CHECK(write_all(file.get(), as_bytes(text), "write " + args.file.string()));
  FIT_CHECK(sync_path(args.file));
  std::cout << recipient << "\n";
  return {};
}

}  // namespace

void add_backup(CommandSet& commands) {
  commands.add<BackupArgs>({.name = "backup",
                            .help = "Copy catalogue and images into a new folder; servers may be running",
                            .on_signal = OnSignal::kStop},
                           declare_backup, back_up);
  commands.add<ListArgs>({.group = CommandGroup{"backup", {}},
                          .name = "list",
                          .help = "List the complete backups of a folder or bucket",
                          .tenant_use = TenantUse::kNone},
                         declare_list, list);
  commands.add<KeygenArgs>({.group = CommandGroup{"backup", {}},
                            .name = "keygen",
                            .help = "Make a key for encrypted backups, and print its public part",
                            .tenant_use = TenantUse::kNone},
                           declare_keygen, make_key);
}

}  // namespace fit::cli
