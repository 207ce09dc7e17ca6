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
constexpr std::size_t kSha256Digits = 64;
constexpr std::int64_t kMaxNumber = std::numeric_limits<std::int64_t>::max();

// The regular files under a folder, by their paths in it; none when it is not there.
Result<std::vector<fs::path>> files_under(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  if (!fs::exists(folder, error)) return files;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code gone;  // a file may be renamed meanwhile
    if (at->is_regular_file(gone)) files.push_back(at->path().lexically_relative(folder));
  }
  if (error) return internal(fit::format("{} cannot be listed", folder.string()), error.message());
  std::ranges::sort(files);
  return files;
}

// Still being written, by us or by the catalogue; it gets its name when it is whole.
bool is_unfinished(const fs::path& file) {
  return file.extension() == ".part" || file.extension() == ".tmp";
}

// Copies what is not there yet, through a neighbour, so that no half image ever has an image's name.
Result<void> copy_image(const fs::path& from, const fs::path& to) {
  std::error_code error;
  if (fs::exists(to, error)) return {};
  FIT_CHECK(make_dirs(to.parent_path()));
  const fs::path part = to.string() + ".part";
  fs::copy_file(from, part, fs::copy_options::overwrite_existing, error);
  if (!error) FIT_CHECK(sync_path(part));
  if (!error) fs::rename(part, to, error);
  if (error) return from_errno(fit::format("copy {}", from.string()), error.value());
  return {};
}

// Images are named by the SHA-256 of their content.
Result<void> check_image(const fs::path& path) {
  FIT_TRY(const std::string digest, sha256_file_hex(path));
  if (path.filename().string().substr(0, kSha256Digits) == digest) return {};
  return malformed("backup", fit::format("{} is damaged", path.string()));
}

struct Images {
  std::int64_t count = 0;
  std::int64_t bytes = 0;
};

enum class Check { kNo, kYes };

Result<Images> copy_images(const fs::path& from, const fs::path& to, Check check,
                           const BackupOptions& options, const std::stop_token& stop) {
  FIT_TRY(const auto files, files_under(from));
  const Progress progress = options.progress.stage("images");
  Images images;
  for (const fs::path& file : files) {
    if (stop.stop_requested()) return cancelled();
    if (is_unfinished(file)) continue;
    if (check == Check::kYes) FIT_CHECK(check_image(from / file));
    FIT_CHECK(copy_image(from / file, to / file));
    std::error_code ignored;
    images.bytes += static_cast<std::int64_t>(fs::file_size(from / file, ignored));
    ++images.count;
    progress(images.count, static_cast<std::int64_t>(files.size()));
  }
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
  std::vector<std::pair<fs::path, std::string>> files;  // of the database, with their SHA-256
};

// All but the format and the time.
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

Result<BackupReport> write_backup(const BackupPlace& place, const BackupOptions& options,
                                  const std::stop_token& stop) {
  BackupReport report{.made_at = now(), .database = {}};
  // Meanwhile no image of what the database holds now is removed (image_pruning.h).
  auto no_pruning = blobs::LocalBlobs(place.storage_path / "images").hold(blobs::HoldFor::kReading);
  if (!no_pruning && no_pruning.error().code == ErrorCode::kConflict) {
    no_pruning.error().message = "fit assets prune is at work; try again when it has ended";
  }
  if (!no_pruning) return no_pruning.error();
  FIT_CHECK(make_dirs(place.folder / "database"));
  // The database first: an image is on the disk before the item that names it, and stays there.
  FIT_TRY(report.database,
          store::dump_database(place.database_url, place.folder / "database",
                               {.jobs = options.jobs, .progress = options.progress.stage("database")}, stop));
  FIT_TRY(const Images images,
          copy_images(place.storage_path / "images", place.folder / "images", Check::kNo, options, stop));
  report.images = images.count;
  report.image_bytes = images.bytes;
  FIT_TRY(auto files, database_files(place.folder / "database"));
  FIT_CHECK(write_file_atomically(place.folder / "manifest.json",
                                  as_bytes(dump_json(manifest_of(report, std::move(files)), 2))));
  return report;
}

}  // namespace

Result<BackupReport> back_up(const BackupPlace& place, const BackupOptions& options,
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

Result<BackupReport> restore_backup(const BackupPlace& place, const BackupOptions& options,
                                    const std::stop_token& stop) {
  FIT_TRY(Manifest manifest, read_manifest(place.folder));
  FIT_CHECK(check_files(place.folder / "database", manifest));
  // Images first: no item is there before its images.
  FIT_TRY(const Images images,
          copy_images(place.folder / "images", place.storage_path / "images", Check::kYes, options, stop));
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
