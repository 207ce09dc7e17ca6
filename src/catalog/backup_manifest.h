#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "blobs/blob_store.h"
#include "catalog/backup.h"

// The parts of a backup that folders of this machine and buckets have in common.
namespace fit::catalog {

inline constexpr std::string_view kManifest = "manifest.json";
inline constexpr std::uint64_t kMaxManifestBytes = 16 << 20;

// A file of the copied database.
struct DatabaseFile {
  std::filesystem::path path;  // relative to the folder "database"
  std::int64_t size_bytes = 0;
  std::string sha256;
};

// What the manifest of a backup says.
struct Manifest {
  BackupReport report;
  std::vector<DatabaseFile> files;
};

std::string manifest_text(const Manifest& manifest);
// kMalformed naming "manifest.json".
Result<Manifest> parse_manifest(ByteView content);
// kNotFound when the folder holds no complete backup.
Result<Manifest> read_manifest(const std::filesystem::path& folder);

// The files below a folder with their checksums, by path; none in a folder that does not exist.
Result<std::vector<DatabaseFile>> list_database_files(const std::filesystem::path& folder);
// Whether a path of a manifest stays inside of its folder.
bool is_inside(const std::filesystem::path& path);
// Compares the files below a folder with their checksums. kMalformed naming the first that differs.
Result<void> check_database_files(const std::filesystem::path& folder, const Manifest& manifest);

// The finished files of a store, by name.
Result<std::vector<blobs::BlobInfo>> finished_files(const blobs::BlobStore& store);

// Whether the store has the file; of one on this machine, with the content that its name states.
Result<bool> has_whole(const blobs::BlobStore& store, const std::string& name);

// Holds the images, so that none of what the database holds now is removed meanwhile (image_pruning.h).
// kConflict while images are being pruned.
Result<std::unique_ptr<blobs::BlobHold>> hold_for_backup(blobs::BlobStore& images);

}  // namespace fit::catalog
