#include "catalog/backup_manifest.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "base/files.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/json_reader.h"

namespace fit::catalog {
namespace {

namespace fs = std::filesystem;

constexpr int kFormat = 1;
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

Json manifest_of(const Manifest& manifest) {
  const BackupReport& report = manifest.report;
  Json files = Json::array();
  for (const DatabaseFile& file : manifest.files) {
    files.push_back({{"path", file.path.string()}, {"bytes", file.size_bytes}, {"sha256", file.sha256}});
  }
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
    manifest.files.push_back({.path = file.text("path"),
                              .size_bytes = file.integer("bytes", 0, kMaxNumber),
                              .sha256 = file.text("sha256")});
  }
  JsonReader pictures = reader.object("pictures");
  manifest.report.images = pictures.integer("count", 0, kMaxNumber);
  manifest.report.image_bytes = pictures.integer("bytes", 0, kMaxNumber);
  return manifest;
}

}  // namespace

std::string manifest_text(const Manifest& manifest) {
  return dump_json(manifest_of(manifest), 2);
}

Result<Manifest> parse_manifest(ByteView content) {
  FIT_TRY(const Json json, parse_json("manifest.json", as_text(content)));
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

Result<Manifest> read_manifest(const fs::path& folder) {
  const fs::path path = folder / kManifest;
  auto content = read_file(path, kMaxManifestBytes);
  if (!content && content.error().code == ErrorCode::kNotFound) {
    return not_found(fit::format("{} holds no complete backup: it has no manifest.json", folder.string()));
  }
  if (!content) return content.error();
  return parse_manifest(*content);
}

Result<std::vector<DatabaseFile>> list_database_files(const fs::path& folder) {
  std::vector<DatabaseFile> list;
  FIT_TRY(const auto files, files_under(folder));
  for (const fs::path& file : files) {
    FIT_TRY(const std::string digest, sha256_file_hex(folder / file));
    std::error_code ignored;
    list.push_back({.path = file,
                    .size_bytes = static_cast<std::int64_t>(fs::file_size(folder / file, ignored)),
                    .sha256 = digest});
  }
  return list;
}

bool is_inside(const fs::path& path) {
  const fs::path inside = path.lexically_normal();
  return !inside.empty() && !inside.is_absolute() && !inside.string().starts_with("..");
}

Result<void> check_database_files(const fs::path& folder, const Manifest& manifest) {
  for (const DatabaseFile& file : manifest.files) {
    if (!is_inside(file.path)) return malformed("manifest.json", "names a file outside of the backup");
    const fs::path path = folder / file.path.lexically_normal();
    const auto found = sha256_file_hex(path);
    if (!found || *found != file.sha256) {
      return malformed("backup", fit::format("{} is damaged or missing", path.string()));
    }
  }
  return {};
}

Result<std::vector<blobs::BlobInfo>> finished_files(const blobs::BlobStore& store) {
  std::vector<blobs::BlobInfo> files;
  FIT_CHECK(store.list([&files](const blobs::BlobInfo& blob) -> Result<void> {
    if (!blob.is_unfinished) files.push_back(blob);
    return {};
  }));
  std::ranges::sort(files, {}, &blobs::BlobInfo::name);
  return files;
}

Result<bool> has_whole(const blobs::BlobStore& store, const std::string& name) {
  const auto path = store.local_path(name);
  if (!path) return store.exists(name);
  const auto digest = sha256_file_hex(*path);
  if (!digest && digest.error().code != ErrorCode::kNotFound) return digest.error();
  return digest && *digest == blobs::sha256_of_name(name);
}

Result<std::unique_ptr<blobs::BlobHold>> hold_for_backup(blobs::BlobStore& images) {
  auto no_pruning = images.hold(blobs::HoldFor::kReading);
  if (!no_pruning && no_pruning.error().code == ErrorCode::kConflict) {
    no_pruning.error().message = "fit assets prune is running; try again when it has ended";
  }
  return no_pruning;
}

}  // namespace fit::catalog
