#include "catalog/backup_verification.h"

#include <cstdlib>
#include <vector>

#include "base/files.h"
#include "base/format.h"
#include "base/scope_exit.h"
#include "catalog/backup_series.h"
#include "catalog/image_check.h"
#include "catalog/image_files.h"
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

Result<fs::path> make_scratch(const fs::path& parent) {
  std::string name = (fs::absolute(parent) / "fit-verify-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) return from_errno("make a folder in " + parent.string(), errno);
  return fs::path(name);
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

Result<VerificationReport> verify_backup(const VerificationPlace& place, const BackupOptions& options,
                                         const std::stop_token& stop) {
  FIT_TRY(const fs::path folder, backup_in(place.backup));
  FIT_TRY(const BackupReport described, describe_backup(folder));
  FIT_TRY(const fs::path scratch, make_scratch(place.scratch));
  const ScopeExit removed([&scratch] {
    std::error_code ignored;
    fs::remove_all(scratch, ignored);
  });
  FIT_TRY(const std::string url, database_for(described, place, scratch));
  ImageFiles files = local_image_files(scratch);
  VerificationReport report{.folder = folder, .backup = {}};
  FIT_TRY(report.backup, restore_backup({.database_url = url, .images = files.originals(), .folder = folder},
                                        options, stop));
  FIT_CHECK(check_tables(url, options, stop));
  FIT_TRY(report.checked_images, check_restored_images(url, files, options, stop));
  return report;
}

}  // namespace fit::catalog
