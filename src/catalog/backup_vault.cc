#include "catalog/backup_vault.h"

#include <algorithm>
#include <mutex>
#include <optional>

#include "base/files.h"
#include "base/format.h"
#include "catalog/backup_manifest.h"
#include "catalog/scratch_folder.h"
#include "catalog/vault_files.h"

namespace fit::catalog {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kPieceBytes = 4 << 20;

struct ImageTotals {
  std::int64_t count = 0;
  std::int64_t bytes = 0;
};

// The path of an image, in the layout of blobs::LocalBlobs.
std::string image_path(std::string_view backup, std::string_view name) {
  return fit::format("{}/images/{}/{}", backup, name.substr(0, 2), name);
}

// The content of a file in pieces; kCancelled after a stop.
template <class ReadAt>
blobs::FileTree::Reader in_pieces(std::uint64_t size_bytes, const std::stop_token& stop, ReadAt read_at) {
  return [=, at = std::uint64_t{0}]() mutable -> Result<Bytes> {
    if (stop.stop_requested()) return cancelled();
    if (at == size_bytes) return Bytes();
    FIT_TRY(Bytes piece, read_at(at, std::min(kPieceBytes, size_bytes - at)));
    if (piece.empty()) return internal("a file became shorter while it was saved", {});
    at += piece.size();
    return piece;
  };
}

Result<void> save_file(const VaultWriter& vault, const fs::path& file, const std::string& path,
                       const std::stop_token& stop) {
  FIT_TRY(const FileReader reader, FileReader::open(file));
  return vault.put(path, reader.size_bytes(),
                   in_pieces(reader.size_bytes(), stop, [&reader](std::uint64_t at, std::uint64_t count) {
                     return reader.read(at, count);
                   }));
}

// Copies the database to a folder of this machine and from there into the vault.
Result<Manifest> save_database(const VaultWriter& vault, const std::string& backup,
                               const BackupLocations& place, const BackupOptions& options,
                               const std::stop_token& stop) {
  FIT_TRY(const ScratchFolder scratch, ScratchFolder::make(place.folder, "fit-backup"));
  const fs::path& copy = scratch.path();
  Manifest manifest{.report = {.made_at = now(), .database = {}}, .files = {}};
  FIT_TRY(manifest.report.database,
          store::dump_database(place.database_url, copy,
                               {.jobs = options.jobs, .progress = options.progress.stage("database")}, stop));
  FIT_TRY(manifest.files, list_database_files(copy));
  for (const DatabaseFile& file : manifest.files) {
    FIT_CHECK(
        save_file(vault, copy / file.path, fit::format("{}/database/{}", backup, file.path.string()), stop));
  }
  return manifest;
}

Result<ImageTotals> send_images(const VaultWriter& vault, const std::string& backup,
                                const blobs::BlobStore& images, const Progress& progress,
                                const std::stop_token& stop) {
  FIT_TRY(const auto files, finished_files(images));
  ImageTotals totals;
  std::mutex mutex;  // of the totals and the progress
  std::vector<std::int64_t> sizes;
  for (const blobs::BlobInfo& file : files) sizes.push_back(file.size_bytes);
  const auto sent = for_each_file(sizes, stop, [&](std::size_t i) -> Result<void> {
    const blobs::BlobInfo& file = files[i];
    const auto size = static_cast<std::uint64_t>(file.size_bytes);
    FIT_CHECK(vault.put(image_path(backup, file.name), size,
                        in_pieces(size, stop, [&](std::uint64_t at, std::uint64_t count) {
                          return images.read(file.name, at, count);
                        })));
    const std::scoped_lock lock(mutex);
    totals.bytes += file.size_bytes;
    progress(++totals.count, std::ssize(files));
    return {};
  });
  FIT_CHECK(sent);
  return totals;
}

Result<BackupReport> write_to_vault(const BackupVault& vault, const std::string& backup,
                                    const BackupLocations& place, const BackupOptions& options,
                                    const std::stop_token& stop) {
  const VaultWriter writer{.tree = vault.tree, .recipients = vault.recipients};
  FIT_TRY(const auto no_pruning, hold_for_backup(place.images));
  // The database is copied first: an image is stored before the item that names it, and stays there.
  FIT_TRY(Manifest manifest, save_database(writer, backup, place, options, stop));
  FIT_TRY(const ImageTotals images,
          send_images(writer, backup, place.images, options.progress.stage("images"), stop));
  manifest.report.images = images.count;
  manifest.report.image_bytes = images.bytes;
  FIT_CHECK(vault.tree.sync());
  const std::string text = manifest_text(manifest);
  FIT_CHECK(writer.put(
      manifest_path(backup), text.size(),
      in_pieces(text.size(), stop, [&text](std::uint64_t at, std::uint64_t count) -> Result<Bytes> {
        const ByteView piece = as_bytes(text).subspan(at, count);
        return Bytes(piece.begin(), piece.end());
      })));
  FIT_CHECK(vault.tree.sync());
  return manifest.report;
}

// Whether a folder is a complete backup, and then whether it is encrypted.
Result<std::optional<VaultBackup>> backup_of(const blobs::FileTree& tree, const std::string& name,
                                             Timestamp time) {
  for (const bool is_encrypted : {false, true}) {
    FIT_TRY(const bool is_there,
            tree.exists(manifest_path(name) + std::string(is_encrypted ? kEncrypted : std::string_view())));
    if (is_there) return VaultBackup{.name = name, .made_at = time, .is_encrypted = is_encrypted};
  }
  return std::nullopt;
}

Result<void> remove_vault_backup(blobs::FileTree& tree, const VaultBackup& backup) {
  return tree.remove(backup.name,
                     std::string(kManifest) + std::string(backup.is_encrypted ? kEncrypted : ""));
}

// The folders of interrupted calls: named as a backup, and without a manifest.
Result<void> remove_incomplete(blobs::FileTree& tree) {
  FIT_TRY(const auto folders, tree.folders());
  for (const std::string& name : folders) {
    const auto time = series_time(name);
    if (!time) continue;
    FIT_TRY(const auto backup, backup_of(tree, name, *time));
    if (!backup) FIT_CHECK(tree.remove(name, std::string(kManifest)));
  }
  return {};
}

// The name of a backup that begins now: the next second whose name is free.
Result<std::string> new_backup_name(const blobs::FileTree& tree) {
  FIT_TRY(const auto folders, tree.folders());
  Timestamp time = now();
  while (std::ranges::contains(folders, series_name(time))) time += std::chrono::seconds(1);
  return series_name(time);
}

Result<std::vector<std::string>> rotate_vault(blobs::FileTree& tree, const KeepRule& rule) {
  FIT_TRY(const auto backups, list_vault(tree));
  std::vector<Timestamp> times;
  for (const VaultBackup& backup : backups) times.push_back(backup.made_at);
  const std::vector<bool> kept = kept_backups(times, rule);
  std::vector<std::string> removed;
  for (std::size_t i = 0; i < backups.size(); ++i) {
    if (kept[i]) continue;
    FIT_CHECK(remove_vault_backup(tree, backups[i]));
    removed.push_back(backups[i].name);
  }
  return removed;
}

}  // namespace

Result<std::vector<VaultBackup>> list_vault(const blobs::FileTree& tree) {
  FIT_TRY(const auto folders, tree.folders());
  std::vector<VaultBackup> backups;
  for (const std::string& name : folders) {
    const auto time = series_time(name);
    if (!time) continue;
    FIT_TRY(auto backup, backup_of(tree, name, *time));
    if (backup) backups.push_back(*std::move(backup));
  }
  std::ranges::sort(backups, {}, &VaultBackup::made_at);
  return backups;
}

Result<VaultReport> back_up_to_vault(const BackupVault& vault, const BackupLocations& place,
                                     const KeepRule* rule, const BackupOptions& options,
                                     const std::stop_token& stop) {
  FIT_TRY(const auto alone, vault.tree.hold());
  FIT_CHECK(remove_incomplete(vault.tree));
  VaultReport report;
  FIT_TRY(report.name, new_backup_name(vault.tree));
  auto written = write_to_vault(vault, report.name, place, options, stop);
  if (!written) {
    // What cannot be removed now, the next call removes.
    [[maybe_unused]] const auto removed = vault.tree.remove(report.name, std::string(kManifest));
    return written.error();
  }
  report.backup = *std::move(written);
  if (rule != nullptr) {
    FIT_TRY(report.removed, rotate_vault(vault.tree, *rule));
  }
  return report;
}

}  // namespace fit::catalog
