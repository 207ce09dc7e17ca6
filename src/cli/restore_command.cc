#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <vector>

#include "base/age_keys.h"
#include "base/files.h"
#include "base/format.h"
#include "base/json.h"
#include "catalog/backup.h"
#include "catalog/backup_series.h"
#include "catalog/backup_vault.h"
#include "catalog/backup_verification.h"
#include "catalog/image_files.h"
#include "cli/backup_output.h"
#include "cli/commands.h"

namespace fit::cli {
namespace {

constexpr std::uint64_t kLargestKeyFile = 1 << 20;

struct RestoreArgs {
  std::string path;
  std::filesystem::path identity;
  std::filesystem::path in;
  int jobs = 2;
  bool json = false;
};

struct VerifyArgs {
  std::string path;
  std::filesystem::path identity;
  std::filesystem::path in;
  std::string database;
  int jobs = 2;
  bool json = false;
};

void declare_restore(Arguments& arguments, RestoreArgs& args) {
  arguments.positional("FOLDER", args.path, "Folder of the backup, or its URL s3://bucket/prefix/TIME");
  arguments.option("--identity", args.identity, "File with the secret keys for an encrypted backup");
  arguments.option("--in", args.in,
                   "Of an encrypted backup or s3://: folder with space for a copy of the database [TMPDIR]");
  declare_backup_jobs(arguments, args.jobs, args.json);
}

void declare_verify(Arguments& arguments, VerifyArgs& args) {
  arguments.positional("PATH", args.path,
                       "Folder or URL of a backup, or what --to named: then its latest backup");
  arguments.option("--identity", args.identity, "File with the secret keys for an encrypted backup");
  arguments.option("--in", args.in, "Folder to restore below, with space for catalogue and images [TMPDIR]");
  arguments.option("--database", args.database,
                   "URL of an empty PostgreSQL database to restore a backup of PostgreSQL to");
  declare_backup_jobs(arguments, args.jobs, args.json);
}

// The folder or prefix that a backup lies in. std::filesystem::path would make one slash of the two.
std::string parent_of(const std::filesystem::path& backup) {
  const std::string text = backup.string();
  const std::size_t slash = text.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : text.substr(0, slash);
}

// A backup of a vault, opened for reading.
struct OpenedBackup {
  std::shared_ptr<blobs::FileTree> tree;
  std::vector<AgeIdentity> identities;
  catalog::VaultBackup backup;

  catalog::BackupVault vault() const { return {.tree = *tree, .recipients = {}, .identities = identities}; }
  std::string name() const { return tree->name_of(backup.name); }
};

// Finds the backup that a folder or URL names: its own, or the latest of a series. nullopt for a folder that
// holds no encrypted backup.
Result<std::optional<OpenedBackup>> open_backup(const std::string& path,
                                                const std::filesystem::path& identity,
                                                const Context& context) {
  std::filesystem::path place(path);
  if (!place.has_filename()) place = place.parent_path();
  const bool is_one = catalog::series_time(place.filename().string()).has_value();
  FIT_TRY(const blobs::Storage storage,
          open_backup_place("PATH", is_one ? parent_of(place) : place.string(), context));
  OpenedBackup opened{.tree = storage.tree(), .identities = {}, .backup = {}};
  FIT_TRY(const auto backups, catalog::list_vault(*opened.tree));
  const auto found = is_one
                         ? std::ranges::find(backups, place.filename().string(), &catalog::VaultBackup::name)
                         : backups.end() - (backups.empty() ? 0 : 1);
  const bool is_there = found != backups.end();
  if (!is_bucket_url(path) && (!is_there || !found->is_encrypted)) return std::nullopt;
  if (!is_there) return not_found(fit::format("{} holds no complete backup", path));
  opened.backup = *found;
  if (found->is_encrypted) {
    if (identity.empty())
      return invalid("--identity", "must name a file with the secret key: the backup is encrypted");
    FIT_TRY(const Bytes text, read_file(identity, kLargestKeyFile));
    FIT_TRY(opened.identities, parse_age_identities("--identity", as_text(text)));
  }
  return opened;
}

Result<void> restore(const RestoreArgs& args, const Context& context) {
  FIT_TRY(const auto opened, open_backup(args.path, args.identity, context));
  FIT_TRY(catalog::ImageFiles files, context.image_files());
  BackupBars bars;
  const catalog::BackupLocations place{
      .database_url = context.config().database.url,
      .images = files.originals(),
      .folder = opened ? scratch_of(args.in) : std::filesystem::path(args.path)};
  const catalog::BackupOptions options = backup_options(args.jobs, bars);
  FIT_TRY(const catalog::BackupReport report,
          opened ? catalog::restore_from_vault(opened->vault(), opened->backup, place, options, context.stop)
                 : catalog::restore_backup(place, options, context.stop));
  bars.finish();
  if (args.json) {
    std::cout << dump_json(backup_json(opened ? opened->name() : args.path, report), 2) << "\n";
  } else {
    std::cout << backup_text("restored", report) << "\n";
  }
  return {};
}

Result<catalog::VerificationReport> verify_opened(const OpenedBackup& opened,
                                                  const catalog::VerificationPlace& place,
                                                  const catalog::BackupOptions& options,
                                                  const std::stop_token& stop) {
  FIT_TRY(const auto described, catalog::describe_vault_backup(opened.vault(), opened.backup));
  return catalog::verify_backup({.name = opened.name(),
                                 .described = described,
                                 .restore =
                                     [&](const std::string& url, blobs::BlobStore& images) {
                                       return catalog::restore_from_vault(
                                           opened.vault(), opened.backup,
                                           {.database_url = url, .images = images, .folder = place.scratch},
                                           options, stop);
                                     }},
                                place, options, stop);
}

Result<void> verify(const VerifyArgs& args, const Context& context) {
  FIT_TRY(const auto opened, open_backup(args.path, args.identity, context));
  BackupBars bars;
  const catalog::VerificationPlace place{
      .backup = args.path, .scratch = scratch_of(args.in), .database_url = args.database};
  const catalog::BackupOptions options = backup_options(args.jobs, bars);
  FIT_TRY(const catalog::VerificationReport report,
          opened ? verify_opened(*opened, place, options, context.stop)
                 : catalog::verify_backup(place, options, context.stop));
  bars.finish();
  if (args.json) {
    Json json = backup_json(report.folder.string(), report.backup);
    json["checked_images"] = report.checked_images;
    std::cout << dump_json(json, 2) << "\n";
    return {};
  }
  std::cout << backup_text("restored and compared", report.backup)
            << fit::format(": {} is whole\n", report.folder.string());
  return {};
}

}  // namespace

void add_restore(CommandSet& commands) {
  commands.add<VerifyArgs>({.group = CommandGroup{"backup", {}},
                            .name = "verify",
                            .help = "Restore a backup to a temporary place and compare it with its checksums",
                            .on_signal = OnSignal::kStop,
                            .tenant_use = TenantUse::kNone},
                           declare_verify, verify);
  commands.add<RestoreArgs>(
      {.name = "restore",
       .help = "Restore a backup into an empty database and storage folder, and verify it",
       .on_signal = OnSignal::kStop,
       .tenant_use = TenantUse::kPlace},
      declare_restore, restore);
}

}  // namespace fit::cli
