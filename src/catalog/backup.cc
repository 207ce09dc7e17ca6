#include "catalog/backup.h"

#include <algorithm>
#include <limits>

#include "base/files.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/json_reader.h"
#include "blobs/local_blobs.h"

namespace fit::catalog {
namespace {

namespace fs = std::filesystem;

constexpr int kFormat = 1;
constexpr std::uint64_t kMaxManifestBytes = 16 << 20;
constexpr std::uint64_t kMaxImageBytes = std::numeric_limits<std::uint64_t>::max();
constexpr std::int64_t kMaxNumber = std::numeric_limits<std::int64_t>::max();

// The paths of the regular files under a folder, relative to it; empty when the folder does not exist.
Result<std::vector<fs::path>> files_under(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  if (!fs::exists(folder, error)) return files;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code gone;  // set when the file was renamed meanwhile
    if (at->is_regular_file(gone)) files.push_back(at->path().lexically_relative(folder));
  }
  if (error) return internal(fit::format("{} cannot be listed", folder.string()), error.message());
  std::ranges::sort(files);
  return files;
}

struct BackupImages {
  std::int64_t count = 0;
  std::int64_t bytes = 0;
};

// The finished files of a store, by name.
Result<std::vector<blobs::BlobInfo>> finished_files(const blobs::BlobStore& store) {
  std::vector<blobs::BlobInfo> files;
  FIT_CHECK(store.list([&files](const blobs::BlobInfo& blob) -> Result<void> {
    if (!blob.is_unfinished) files.push_back(blob);
    return {};
  }));
  std::ranges::sort(files, {}, &blobs::BlobInfo::name);
  return files;
}

// Whether the store has the file with the content that its name states.
Result<bool> has_whole(const blobs::BlobStore& store, const std::string& name) {
  const auto path = store.local_path(name);
  if (!path) return store.exists(name);
  const auto digest = sha256_file_hex(*path);
  if (!digest && digest.error().code != ErrorCode::kNotFound) return digest.error();
  return digest && *digest == blobs::sha256_of_name(name);
}

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

Result<Json> database_files(const fs::path& folder) {
  Json list = Json::array();
  FIT_TRY(const auto files, files_under(folder));
  for (const fs::path& file : files) {
    FIT_TRY(const std::string digest, sha256_file_hex(folder / file));
    std::error_code ignored;
    list.push_back(
        {{"path", file.string()}, {"bytes", fs::file_size(folder / file, ignored)}, {"sha256", digest}});
  }
  return list;
}

Json manifest_of(const BackupReport& report, Json files) {
  Json tables = Json::array();
  for (const store::TableSum& table : report.database.tables) {
    tables.push_back({{"name", table.name}, {"rows", table.rows}, {"checksum", table.checksum}});
  }
  return {{"format", kFormat},
          {"made_at", to_rfc3339(report.made_at)},
          {"database",
           {{"engine", report.database.engine},
            {"store_id", report.database.store_id},
            {"schema_version", report.database.schema_version},
            {"position", report.database.position},
            {"tables", tables},
            {"files", std::move(files)}}},
          {"pictures", {{"count", report.images}, {"bytes", report.image_bytes}}}};
}

struct Manifest {
  BackupReport report;
  std::vector<std::pair<fs::path, std::string>> files;  // the database's files with their SHA-256
};

// Reads every member except the format and the time.
Manifest read_members(JsonReader& reader) {
  Manifest manifest;
  JsonReader database = reader.object("database");
  store::DumpInfo& info = manifest.report.database;
  info.engine = database.text("engine");
  info.store_id = database.optional_text("store_id");
  info.schema_version = database.integer("schema_version", 0, kMaxNumber);
  info.position = database.integer("position", 0, kMaxNumber);
  for (JsonReader& table : database.objects("tables")) {
    info.tables.push_back(
        {table.text("name"), table.integer("rows", 0, kMaxNumber), table.optional_text("checksum")});
  }
  for (JsonReader& file : database.objects("files")) {
    manifest.files.emplace_back(fs::path(file.text("path")), file.text("sha256"));
  }
  JsonReader pictures = reader.object("pictures");
  manifest.report.images = pictures.integer("count", 0, kMaxNumber);
  manifest.report.image_bytes = pictures.integer("bytes", 0, kMaxNumber);
  return manifest;
}

Result<Manifest> read_manifest(const fs::path& folder) {
  const fs::path path = folder / "manifest.json";
  auto content = read_file(path, kMaxManifestBytes);
  if (!content && content.error().code == ErrorCode::kNotFound) {
    return not_found(fit::format("{} holds no complete backup: it has no manifest.json", folder.string()));
  }
  if (!content) return content.error();
  FIT_TRY(const Json json, parse_json("manifest.json", as_text(*content)));
  JsonReader reader(json);
  if (reader.integer("format", 0, kMaxNumber) != kFormat && reader.ok()) {
    return malformed("manifest.json", "is of a format that this program does not know: upgrade it");
  }
  Manifest manifest = read_members(reader);
  auto made_at = parse_rfc3339("made_at", reader.text("made_at"));
  if (!made_at) reader.fail("made_at", made_at.error().message);
  if (const auto read = reader.result(); !read) {
    return malformed("manifest.json", fit::format("is no manifest of a backup: {} {}", read.error().field,
                                                  read.error().message));
  }
  manifest.report.made_at = *made_at;
  return manifest;
}

Result<void> check_files(const fs::path& folder, const Manifest& manifest) {
  for (const auto& [path, digest] : manifest.files) {
    const fs::path inside = path.lexically_normal();
    if (inside.is_absolute() || inside.string().starts_with("..")) {
      return malformed("manifest.json", "names a file outside of the backup");
    }
    const auto found = sha256_file_hex(folder / inside);
    if (!found || *found != digest) {
      return malformed("backup", fit::format("{} is damaged or missing", (folder / inside).string()));
    }
  }
  return {};
}

Result<BackupReport> write_backup(const BackupLocations& place, const BackupOptions& options,
                                  const std::stop_token& stop) {
  BackupReport report{.made_at = now(), .database = {}};
  // Meanwhile no image of what the database holds now is removed (image_pruning.h).
  auto no_pruning = place.images.hold(blobs::HoldFor::kReading);
  if (!no_pruning && no_pruning.error().code == ErrorCode::kConflict) {
    no_pruning.error().message = "fit assets prune is running; try again when it has ended";
  }
  if (!no_pruning) return no_pruning.error();
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
  FIT_TRY(auto files, database_files(place.folder / "database"));
  FIT_CHECK(write_file_atomically(place.folder / "manifest.json",
                                  as_bytes(dump_json(manifest_of(report, std::move(files)), 2))));
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
  FIT_CHECK(check_files(place.folder / "database", manifest));
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
