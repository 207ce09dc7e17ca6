#include "tenants/tenant_lifecycle.h"

#include <algorithm>

#include "base/background_task.h"
#include "base/files.h"
#include "base/folder_lock.h"
#include "base/format.h"
#include "catalog/backup.h"
#include "catalog/image_files.h"
#include "sql/database_url.h"
#include "store/tenant_schema.h"

namespace fit::tenants {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kLockPoll{100};
constexpr int kLockPolls = 100;

// Keeps other processes from creating and removing tenants. It ends with the process that holds it.
Result<FolderLock> lock_tenants(const TenantPlace& first, const std::stop_token& stop) {
  const fs::path folder = first.folder / "tenants";
  FIT_CHECK(make_dirs(folder));
  for (int polls = 0;; ++polls) {
    auto lock = FolderLock::try_take(folder, FolderLock::Kind::kAlone);
    if (lock || lock.error().code != ErrorCode::kConflict) return lock;
    if (polls == kLockPolls) {
      return Error{ErrorCode::kUnavailable, "another tenant is being created or removed; try again", {}, {}};
    }
    if (!wait_unless_stopped(stop, kLockPoll)) return cancelled();
  }
}

// The folder of a tenant while it is being removed. No tenant has such a name.
fs::path leaving_folder(const TenantPlace& place) {
  return place.folder.parent_path() / ("." + place.name + ".removed");
}

Result<void> remove_folder(const fs::path& folder) {
  std::error_code error;
  fs::remove_all(folder, error);
  if (error) return internal(fit::format("{} cannot be removed", folder.string()), error.message());
  return {};
}

// The image files of a tenant.
blobs::Storage storage_of(const Installation& installation, const std::string& name) {
  return installation.storage.part("tenants/" + name);
}

// Removes a catalogue. A SQLite database is gone at once, with its folder's name; a schema is dropped in one
// transaction. Image files go last, so that no catalogue names files that are gone.
Result<void> remove_catalogue(const TenantPlace& place, const blobs::Storage& storage) {
  if (sql::is_postgres(place.database_url)) FIT_CHECK(store::remove_schema(place.database_url));
  const fs::path leaving = leaving_folder(place);
  FIT_CHECK(remove_folder(leaving));
  std::error_code error;
  if (fs::exists(place.folder, error)) {
    fs::rename(place.folder, leaving, error);
    if (error) return internal(fit::format("{} cannot be removed", place.folder.string()), error.message());
  }
  FIT_CHECK(remove_folder(leaving));
  return storage.remove_all();
}

Result<void> restore(const TenantPlace& place, const blobs::Storage& storage, const CreateOptions& options,
                     const std::stop_token& stop) {
  FIT_CHECK(remove_catalogue(place, storage));  // what an interrupted creation has left
  FIT_CHECK(make_dirs(place.folder));
  catalog::ImageFiles files = catalog::stored_image_files(storage);
  FIT_CHECK(catalog::restore_backup(
      {.database_url = place.database_url, .images = files.originals(), .folder = options.backup},
      {.progress = options.progress}, stop));
  return {};
}

// Makes the catalogue, or completes one whose creation was interrupted.
Result<void> make_catalogue(const TenantPlace& place, const blobs::Storage& storage,
                            const CreateOptions& options, const std::stop_token& stop) {
  if (!options.backup.empty()) FIT_CHECK(restore(place, storage, options, stop));
  FIT_CHECK(make_dirs(place.folder));
  if (sql::is_postgres(place.database_url)) FIT_CHECK(store::make_schema(place.database_url));
  FIT_CHECK(store::open_catalogue(place.database_url));
  return {};
}

// "shop-20261129T140622Z" for the tenant "shop".
std::string backup_name(const std::string& tenant) {
  std::string time = to_rfc3339(now()).substr(0, 19);
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  return tenant + "-" + time + "Z";
}

Result<fs::path> back_up(const TenantPlace& place, const blobs::Storage& storage,
                         const RemoveOptions& options, const std::stop_token& stop) {
  if (options.backups.empty()) return fs::path();
  FIT_TRY(const bool is_there, has_catalogue(place));
  if (!is_there) return fs::path();
  FIT_CHECK(make_dirs(options.backups));
  fs::path folder = options.backups / backup_name(place.name);
  catalog::ImageFiles files = catalog::stored_image_files(storage);
  FIT_CHECK(
      catalog::back_up({.database_url = place.database_url, .images = files.originals(), .folder = folder},
                       {.progress = options.progress}, stop));
  return folder;
}

// Waits until no process uses the catalogue, and saves it.
Result<fs::path> close_and_back_up(const TenantPlace& place, const blobs::Storage& storage, bool was_used,
                                   const RemoveOptions& options, const std::stop_token& stop) {
  if (options.close) FIT_CHECK(options.close());
  if (!wait_unless_stopped(stop, options.notice)) return cancelled();
  if (!was_used) return fs::path();
  return back_up(place, storage, options, stop);
}

}  // namespace

Result<accounts::Tenant> create_tenant(const Installation& installation, const std::string& name,
                                       const CreateOptions& options, const std::stop_token& stop) {
  FIT_CHECK(accounts::check_tenant_name("name", name));
  FIT_TRY(const TenantPlace place, place_of(installation.first, name));
  FIT_TRY(const FolderLock lock, lock_tenants(installation.first, stop));
  FIT_CHECK(installation.directory.begin_creation(name, options.given));
  if (const auto made = make_catalogue(place, storage_of(installation, name), options, stop); !made) {
    // It stays invisible; another creation or a removal goes on from here.
    return made.error();
  }
  return installation.directory.finish_creation(name);
}

Result<Removal> remove_tenant(const Installation& installation, const std::string& name,
                              const RemoveOptions& options, const std::stop_token& stop) {
  FIT_TRY(const TenantPlace place, place_of(installation.first, name));
  FIT_TRY(const FolderLock lock, lock_tenants(installation.first, stop));
  FIT_TRY(const accounts::Tenant before, installation.directory.begin_removal(name));
  const blobs::Storage storage = storage_of(installation, name);
  const bool was_used = before.state != accounts::TenantState::kCreating;
  auto backup = close_and_back_up(place, storage, was_used, options, stop);
  if (!backup) {
    // A tenant that was being removed already may have lost a part of its files.
    if (before.state == accounts::TenantState::kReady) FIT_CHECK(installation.directory.cancel_removal(name));
    return std::move(backup).error();
  }
  FIT_CHECK(remove_catalogue(place, storage));
  FIT_CHECK(installation.directory.finish_removal(name));
  return Removal{.backup = *std::move(backup)};
}

}  // namespace fit::tenants
