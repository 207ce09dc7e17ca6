#include "catalog/backup_verification.h"

#include <vector>

#include "base/format.h"
#include "catalog/backup_series.h"
#include "catalog/image_check.h"
#include "catalog/image_files.h"
#include "catalog/scratch_folder.h"
#include "store/integrity.h"

namespace fit::catalog {
namespace {

namespace fs = std::filesystem;

// The backup itself, or the latest one of a series.
Result<fs::path> backup_in(const fs::path& folder) {
  std::error_code ignored;
  if (fs::exists(folder / "manifest.json", ignored)) return folder;
  FIT_TRY(const auto series, list_backups(folder));
  if (series.empty()) return not_found(fit::format("{} holds no complete backup", folder.string()));
  return series.back().folder;
}

Result<std::string> database_for(const BackupReport& backup, const VerificationPlace& place,
                                 const fs::path& scratch) {
  const bool is_postgres = backup.database.engine == "postgresql";
  if (is_postgres && place.database_url.empty()) {
    return invalid("--database", "must name an empty database: the backup is of PostgreSQL");
  }
  if (!is_postgres && !place.database_url.empty()) {
    return invalid("--database", "has no meaning here: the backup is of SQLite");
  }
  return is_postgres ? place.database_url : "sqlite:///" + (scratch / "fit.db").string();
}

Result<void> check_tables(const std::string& url, const BackupOptions& options, const std::stop_token& stop) {
  std::vector<store::Damage> damage;
  FIT_CHECK(store::check_database(url, {.thorough = true}, options.progress.stage("tables"), stop, damage));
  if (damage.empty()) return {};
  return Error{
      ErrorCode::kDamaged,
      fit::format("the restored database is damaged: {}: {}", damage.front().part, damage.front().what),
      {},
      {}};
}

Result<std::int64_t> check_restored_images(const std::string& url, const ImageFiles& files,
                                           const BackupOptions& options, const std::stop_token& stop) {
  FIT_TRY(const auto store, store::open_catalogue(url));
  ImageCheckReport report;
  FIT_CHECK(check_images(*store, files, options.progress.stage("images of items"), stop, report));
  if (report.damaged.empty()) return report.checked;
  const DamagedImage& first = report.damaged.front();
  return Error{ErrorCode::kDamaged,
               fit::format("{} of {} images of items are not in the backup; the first is {} of item {}",
                           report.damaged.size(), report.checked, first.file, first.item.str()),
               {},
               {}};
}

}  // namespace

Result<VerificationReport> verify_backup(const RestorableBackup& backup, const VerificationPlace& place,
                                         const BackupOptions& options, const std::stop_token& stop) {
  FIT_TRY(const ScratchFolder scratch, ScratchFolder::make(place.scratch, "fit-verify"));
  FIT_TRY(const std::string url, database_for(backup.described, place, scratch.path()));
  ImageFiles files = local_image_files(scratch.path());
  VerificationReport report{.folder = backup.name, .backup = {}};
  FIT_TRY(report.backup, backup.restore(url, files.originals()));
  FIT_CHECK(check_tables(url, options, stop));
  FIT_TRY(report.checked_images, check_restored_images(url, files, options, stop));
  return report;
}

Result<VerificationReport> verify_backup(const VerificationPlace& place, const BackupOptions& options,
                                         const std::stop_token& stop) {
  FIT_TRY(const fs::path folder, backup_in(place.backup));
  FIT_TRY(const BackupReport described, describe_backup(folder));
  return verify_backup({.name = folder,
                        .described = described,
                        .restore =
                            [&](const std::string& url, blobs::BlobStore& images) {
                              return restore_backup({.database_url = url, .images = images, .folder = folder},
                                                    options, stop);
                            }},
                       place, options, stop);
}

}  // namespace fit::catalog
