#include "catalog/backup.h"

#include <algorithm>
#include <limits>

#include "base/files.h"
#include "base/format.h"
#include "base/hash.h"
#include "blobs/local_blobs.h"
#include "catalog/backup_manifest.h"

namespace fit::catalog {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxImageBytes = std::numeric_limits<std::uint64_t>::max();

struct BackupImages {
  std::int64_t count = 0;
  std::int64_t bytes = 0;
};

Result<void> copy_file(const blobs::BlobStore& from, blobs::BlobStore& to, const std::string& name) {
  if (const auto path = from.local_path(name)) return to.put_file(name, *path);
  FIT_TRY(const Bytes content, from.get(name, kMaxImageBytes));
  return to.put(name, content, blobs::Durability::kUnsynced);
}

// Copies all files into a store that has none of them. They are durable when this returns.
Result<BackupImages> save_images(const blobs::BlobStore& from, blobs::BlobStore& to, const Progress& progress,
                                 const std::stop_token& stop) {
  FIT_TRY(const auto files, finished_files(from));
  BackupImages images;
  for (const blobs::BlobInfo& file : files) {
    if (stop.stop_requested()) return cancelled();
    FIT_CHECK(copy_file(from, to, file.name));
    images.bytes += file.size_bytes;
    progress(++images.count, std::ssize(files));
  }
  FIT_CHECK(to.sync());
  return images;
}

// Copies back what save_images() copied, after comparing each file with its name. Whole files of `to` stay.
Result<BackupImages> restore_images(const blobs::BlobStore& from, blobs::BlobStore& to,
                                    const Progress& progress, const std::stop_token& stop) {
  FIT_TRY(const auto files, finished_files(from));
  BackupImages images;
  for (const blobs::BlobInfo& file : files) {
    if (stop.stop_requested()) return cancelled();
    FIT_TRY(const bool is_whole, has_whole(from, file.name));
    if (!is_whole) {
      const fs::path path = from.local_path(file.name).value_or(file.name);
      return malformed("backup", fit::format("{} is damaged", path.string()));
    }
    FIT_TRY(const bool is_there, has_whole(to, file.name));
    if (!is_there) FIT_CHECK(copy_file(from, to, file.name));
    images.bytes += file.size_bytes;
    progress(++images.count, std::ssize(files));
  }
  FIT_CHECK(to.sync());
  return images;
}

Result<BackupReport> write_backup(const BackupLocations& place, const BackupOptions& options,
                                  const std::stop_token& stop) {
  BackupReport report{.made_at = now(), .database = {}};
  FIT_TRY(const auto no_pruning, hold_for_backup(place.images));
  FIT_CHECK(make_dirs(place.folder / "database"));
  // The database is copied first: an image is on the disk before the item that names it, and stays there.
  FIT_TRY(report.database,
          store::dump_database(place.database_url, place.folder / "database",
                               {.jobs = options.jobs, .progress = options.progress.stage("database")}, stop));
  blobs::LocalBlobs saved(place.folder / "images");
  FIT_TRY(const BackupImages images,
          save_images(place.images, saved, options.progress.stage("images"), stop));
  report.images = images.count;
  report.image_bytes = images.bytes;
  FIT_TRY(const auto files, list_database_files(place.folder / "database"));
  FIT_CHECK(write_file_atomically(place.folder / kManifest, as_bytes(manifest_text({report, files}))));
  return report;
}

}  // namespace

Result<BackupReport> back_up(const BackupLocations& place, const BackupOptions& options,
                             const std::stop_token& stop) {
  std::error_code error;
  const bool was_there = fs::exists(place.folder, error);
  if (was_there && !fs::is_empty(place.folder, error)) {
    return Error{ErrorCode::kConflict, "must be a new or empty folder", "folder", {}};
  }
  auto report = write_backup(place, options, stop);
  if (!report) {
    for (const char* made : {"database", "images", "manifest.json"})
      fs::remove_all(place.folder / made, error);
    if (!was_there) fs::remove(place.folder, error);
  }
  return report;
}

Result<BackupReport> describe_backup(const fs::path& folder) {
  FIT_TRY(Manifest manifest, read_manifest(folder));
  return std::move(manifest.report);
}

Result<BackupReport> restore_backup(const BackupLocations& place, const BackupOptions& options,
                                    const std::stop_token& stop) {
  FIT_TRY(Manifest manifest, read_manifest(place.folder));
  FIT_CHECK(check_database_files(place.folder / "database", manifest));
  // BackupImages first: no item is there before its images.
  const blobs::LocalBlobs saved(place.folder / "images");
  FIT_TRY(const BackupImages images,
          restore_images(saved, place.images, options.progress.stage("images"), stop));
  if (images.count != manifest.report.images) {
    return malformed("backup", fit::format("has {} images, and its manifest says {}", images.count,
                                           manifest.report.images));
  }
  FIT_CHECK(store::restore_database(place.database_url, place.folder / "database", manifest.report.database,
                                    {.jobs = options.jobs, .progress = options.progress.stage("database")},
                                    stop));
  return std::move(manifest.report);
}

}  // namespace fit::catalog
