#include <fcntl.h>

#include <cerrno>
#include <mutex>

#include "base/fd.h"
#include "base/files.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/scope_exit.h"
#include "catalog/backup_manifest.h"
#include "catalog/backup_vault.h"
#include "catalog/scratch_folder.h"
#include "catalog/vault_files.h"

namespace fit::catalog {
namespace {

namespace fs = std::filesystem;

// Larger images are written to the disk before they are put into the store.
constexpr std::int64_t kMostBytesInMemory = 16 << 20;

VaultReader reader_of(const BackupVault& vault, const VaultBackup& backup) {
  return {.tree = vault.tree, .is_encrypted = backup.is_encrypted, .identities = vault.identities};
}

Result<Manifest> read_vault_manifest(const BackupVault& vault, const VaultBackup& backup) {
  Bytes content;
  FIT_CHECK(
      reader_of(vault, backup).read(manifest_path(backup.name), [&content](ByteView piece) -> Result<void> {
        content.insert(content.end(), piece.begin(), piece.end());
        if (content.size() > kMaxManifestBytes) return malformed("manifest.json", "is too large");
        return {};
      }));
  return parse_manifest(content);
}

// Writes the content of a file of the vault to a new file of this machine, and returns its SHA-256.
Result<std::string> fetch_file(const VaultReader& vault, const std::string& path, const fs::path& file,
                               const std::stop_token& stop) {
  FIT_CHECK(make_dirs(file.parent_path()));
  const Fd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!fd) return from_errno("create " + file.string(), errno);
  Sha256 sum;
  FIT_CHECK(vault.read(path, [&](ByteView piece) -> Result<void> {
    if (stop.stop_requested()) return cancelled();
    sum.update(piece);
    return write_all(fd.get(), piece, "write " + file.string());
  }));
  return sum.hex();
}

Error damaged_file(const VaultReader& vault, const std::string& path) {
  return malformed("backup", fit::format("{} is damaged", vault.tree.name_of(path)));
}

Result<void> fetch_database(const VaultReader& vault, const std::string& backup, const Manifest& manifest,
                            const fs::path& folder, const std::stop_token& stop) {
  for (const DatabaseFile& file : manifest.files) {
    if (!is_inside(file.path)) return malformed("manifest.json", "names a file outside of the backup");
    const std::string path = fit::format("{}/database/{}", backup, file.path.lexically_normal().string());
    auto found = fetch_file(vault, path, folder / file.path.lexically_normal(), stop);
    if (!found && found.error().code == ErrorCode::kNotFound) {
      return malformed("backup", fit::format("{} is missing", vault.tree.name_of(path)));
    }
    if (!found) return found.error();
    if (*found != file.sha256) return damaged_file(vault, path);
  }
  return {};
}

// Puts an image into a store that lacks it, after comparing it with its name.
Result<void> fetch_image(const VaultReader& vault, const std::string& path, const std::string& name,
                         std::int64_t size_bytes, blobs::BlobStore& to, const fs::path& scratch,
                         const std::stop_token& stop) {
  if (size_bytes > kMostBytesInMemory) {
    const fs::path file = scratch / name;
    const ScopeExit removed([&file] {
      std::error_code ignored;
      fs::remove(file, ignored);
    });
    FIT_TRY(const std::string found, fetch_file(vault, path, file, stop));
    return found == blobs::sha256_of_name(name) ? to.put_file(name, file) : damaged_file(vault, path);
  }
  Bytes content;
  FIT_CHECK(vault.read(path, [&content](ByteView piece) -> Result<void> {
    content.insert(content.end(), piece.begin(), piece.end());
    return {};
  }));
  if (sha256_hex(content) != blobs::sha256_of_name(name)) return damaged_file(vault, path);
  return to.put(name, content, blobs::Durability::kUnsynced);
}

// The images of a backup, by the path of their content.
Result<std::vector<blobs::TreeFile>> images_of(const VaultReader& vault, const std::string& backup) {
  std::vector<blobs::TreeFile> files;
  FIT_CHECK(vault.tree.list(backup + "/images", [&](const blobs::TreeFile& file) -> Result<void> {
    blobs::TreeFile image = file;
    if (vault.is_encrypted) {
      if (!image.path.ends_with(kEncrypted)) return {};
      image.path.resize(image.path.size() - kEncrypted.size());
    }
    if (!blobs::sha256_of_name(fs::path(image.path).filename().string()).empty()) files.push_back(image);
    return {};
  }));
  return files;
}

Result<void> fetch_images(const VaultReader& vault, const std::string& backup, const BackupReport& described,
                          blobs::BlobStore& to, const fs::path& scratch, const Progress& progress,
                          const std::stop_token& stop) {
  FIT_TRY(const auto files, images_of(vault, backup));
  if (std::ssize(files) != described.images) {
    return malformed("backup",
                     fit::format("has {} images, and its manifest says {}", files.size(), described.images));
  }
  std::mutex mutex;  // of the progress
  std::int64_t done = 0;
  std::vector<std::int64_t> sizes;
  for (const blobs::TreeFile& file : files) sizes.push_back(file.size_bytes);
  const auto fetched = for_each_file(sizes, stop, [&](std::size_t i) -> Result<void> {
    const std::string name = fs::path(files[i].path).filename().string();
    FIT_TRY(const bool is_there, has_whole(to, name));
    if (!is_there) FIT_CHECK(fetch_image(vault, files[i].path, name, files[i].size_bytes, to, scratch, stop));
    const std::scoped_lock lock(mutex);
    progress(++done, std::ssize(files));
    return {};
  });
  FIT_CHECK(fetched);
  return to.sync();
}

}  // namespace

Result<BackupReport> describe_vault_backup(const BackupVault& vault, const VaultBackup& backup) {
  FIT_TRY(Manifest manifest, read_vault_manifest(vault, backup));
  return std::move(manifest.report);
}

Result<BackupReport> restore_from_vault(const BackupVault& vault, const VaultBackup& backup,
                                        const BackupLocations& place, const BackupOptions& options,
                                        const std::stop_token& stop) {
  FIT_TRY(Manifest manifest, read_vault_manifest(vault, backup));
  FIT_TRY(const ScratchFolder folder, ScratchFolder::make(place.folder, "fit-backup"));
  const fs::path& scratch = folder.path();
  const VaultReader reader = reader_of(vault, backup);
  FIT_CHECK(fetch_database(reader, backup.name, manifest, scratch / "database", stop));
  // The images first: no item is there before its images.
  FIT_CHECK(fetch_images(reader, backup.name, manifest.report, place.images, scratch,
                         options.progress.stage("images"), stop));
  FIT_CHECK(store::restore_database(place.database_url, scratch / "database", manifest.report.database,
                                    {.jobs = options.jobs, .progress = options.progress.stage("database")},
                                    stop));
  return std::move(manifest.report);
}

}  // namespace fit::catalog
