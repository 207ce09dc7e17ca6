#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/format.h"
#include "base/text.h"
#include "base/zip.h"
#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "http/garment_photos.h"
#include "http/ingest_form.h"
#include "http/multipart.h"
#include "http/parameter_values.h"
#include "http/photo_groups.h"
#include "http/wardrobe_files.h"
#include "style/wardrobe/garment_csv.h"

namespace fit::http {
namespace {

using style::GarmentDraft;
using style::GarmentPhoto;
using style::WardrobeStore;

constexpr const char* kBody = "body";
constexpr std::size_t kMaxShownPath = 200;        // bytes of a name in an error
constexpr std::uint64_t kBatchBytes = 32u << 20;  // of photos that wait to be stored
constexpr std::size_t kBatchPhotos = 64;
// A table, and the photos of a full wardrobe, each in a folder of its own.
constexpr std::size_t kMaxArchiveEntries = WardrobeStore::kMaxGarments * (style::kMaxGarmentPhotos + 1) + 100;

std::string shown_path(std::string_view path) {
  return std::string(utf8_prefix(path, kMaxShownPath));
}

// A file that is no photo is a mistake of the archive, which is none in its own format.
Error as_mistake(Error error) {
  const bool is_of_file = error.code == ErrorCode::kUnsupportedMedia || error.code == ErrorCode::kMalformed;
  if (is_of_file) error.code = ErrorCode::kInvalid;
  return error;
}

// An archive that is being imported.
class WardrobeArchive {
 public:
  WardrobeArchive(WardrobeCall& call, std::uint64_t max_bytes)
      : call_(call), content_(as_bytes(call.request.body)) {
    limits_.max_entries = kMaxArchiveEntries;
    limits_.max_bytes = max_bytes;
    limits_.max_entry_bytes = std::max<std::uint64_t>(kMaxWardrobeTableBytes,
                                                      call.tenant.catalog.writer().image_limits().max_bytes);
  }

  // Reads the whole archive once, and stores nothing.
  Result<void> check() {
    return read([this](const std::string& name, ByteView content) -> Result<void> {
      if (std::string_view(name).substr(name.rfind('/') + 1) == kWardrobeTable) {
        return set_table(name, content);
      }
      auto checked = check_photo(call_, {.field = shown_path(name), .name = name, .content = content});
      if (!checked) return as_mistake(std::move(checked).error());
      photos_.push_back(name);
      return {};
    });
  }

  bool has_table() const { return table_.has_value(); }
  const std::string& table() const { return *table_; }
  const std::vector<std::string>& photos() const { return photos_; }
  // A photo that the table names, as the archive has it.
  std::string beside_table(const std::string& name) const { return folder_ + name; }

  // Stores the photos, and returns them by their names.
  using Stored = std::unordered_map<std::string, GarmentPhoto>;
  Result<Stored> store(TakenPhotos& taken) {
    Stored stored;
    std::vector<std::string> names;
    std::vector<Bytes> contents;
    std::uint64_t bytes = 0;
    const auto write = [&]() -> Result<void> {
      std::vector<PhotoFile> files;
      for (std::size_t i = 0; i < names.size(); ++i) {
        files.push_back({.field = shown_path(names[i]), .name = names[i], .content = contents[i]});
      }
      FIT_TRY(const auto photos, taken.take(files));
      for (std::size_t i = 0; i < names.size(); ++i) stored.emplace(std::move(names[i]), photos[i]);
      names.clear();
      contents.clear();
      bytes = 0;
      return {};
    };
    FIT_CHECK(read([&](const std::string& name, ByteView content) -> Result<void> {
      if (has_table() && name == beside_table(std::string(kWardrobeTable))) return {};
      names.push_back(name);
      contents.emplace_back(content.begin(), content.end());
      bytes += content.size();
      return bytes < kBatchBytes && names.size() < kBatchPhotos ? Result<void>() : write();
    }));
    FIT_CHECK(write());
    return stored;
  }

 private:
  // Reads the files that are not clutter.
  Result<void> read(const ZipVisitor& visit) const {
    return read_zip(kBody, content_, limits_, [&](const std::string& name, ByteView content) -> Result<void> {
      if (call_.request.stop.stop_requested()) return cancelled();
      return is_clutter(name) ? Result<void>() : visit(name, content);
    });
  }

  Result<void> set_table(const std::string& name, ByteView content) {
    if (table_) return invalid(shown_path(name), "is a second table");
    if (content.size() > kMaxWardrobeTableBytes) {
      return Error{ErrorCode::kTooLarge,
                   fit::format("is larger than {} bytes", kMaxWardrobeTableBytes),
                   shown_path(name),
                   {}};
    }
    table_ = std::string(as_text(content));
    folder_ = name.substr(0, name.size() - kWardrobeTable.size());
    return {};
  }

  WardrobeCall& call_;
  const ByteView content_;
  ZipLimits limits_;
  std::optional<std::string> table_;
  std::string folder_;  // of the table, with a slash at its end
  std::vector<std::string> photos_;
};

// Each photo of the table is in the archive, and each one there is named.
Result<void> check_names(const WardrobeArchive& archive, std::span<const style::GarmentRow> rows) {
  const std::set<std::string> present(archive.photos().begin(), archive.photos().end());
  std::set<std::string> named;
  for (const style::GarmentRow& row : rows) {
    for (const std::string& file : row.photo_files) {
      std::string name = archive.beside_table(file);
      if (!present.contains(name)) {
        return invalid(shown_path(name),
                       fit::format("is named in {} and not in the archive", kWardrobeTable));
      }
      named.insert(std::move(name));
    }
  }
  for (const std::string& name : archive.photos()) {
    if (!named.contains(name)) {
      return invalid(shown_path(name), fit::format("is not named in {}", kWardrobeTable));
    }
  }
  return {};
}

Result<Response> import_with_table(WardrobeCall& call, WardrobeArchive& archive) {
  FIT_CHECK(check_no_grouping(call.request));
  FIT_TRY(auto rows, style::parse_garments_csv(archive.table(), call.ontology, WardrobeStore::kMaxGarments,
                                               now(), style::PhotosAre::kFiles));
  FIT_CHECK(check_names(archive, rows));
  TakenPhotos taken(call);
  FIT_TRY(const auto stored, archive.store(taken));
  for (style::GarmentRow& row : rows) {
    for (const std::string& file : row.photo_files) {
      row.draft.photos.push_back(stored.at(archive.beside_table(file)));
    }
  }
  FIT_TRY(const auto imported, call.store.import(call.user, rows, now()));
  taken.keep();
  FIT_CHECK(remove_unused_assets(call, imported.unused));
  return json_response({{"created", imported.created}, {"updated", imported.updated}, {"missing_photos", 0}});
}

// Garments without anything but photos.
std::vector<GarmentDraft> drafts_of(std::span<const PhotoGroup> groups,
                                    const std::function<GarmentPhoto(std::size_t photo)>& photo_at) {
  std::vector<GarmentDraft> drafts;
  for (const PhotoGroup& group : groups) {
    GarmentDraft& draft = drafts.emplace_back();
    draft.fields.name = group.name;
    for (const std::size_t photo : group.photos) draft.photos.push_back(photo_at(photo));
  }
  return drafts;
}

Result<Response> import_folder(WardrobeCall& call, WardrobeArchive& archive) {
  FIT_TRY(const PhotoGrouping grouping, photo_grouping(call.request));
  if (archive.photos().empty()) return invalid(kBody, "has no photos");
  FIT_TRY(const auto groups, group_photos(archive.photos(), grouping.by_folder));
  if (groups.size() > WardrobeStore::kMaxGarments) {
    return Error{ErrorCode::kTooLarge,
                 fit::format("has more than {} garments", WardrobeStore::kMaxGarments),
                 kBody,
                 {}};
  }
  TakenPhotos taken(call);
  FIT_TRY(const auto stored, archive.store(taken));
  const auto drafts =
      drafts_of(groups, [&](std::size_t photo) { return stored.at(archive.photos()[photo]); });
  FIT_TRY(const auto added, call.store.add_photos(call.user, drafts, grouping.known, now()));
  taken.keep();
  const auto created = std::ranges::count(added, true, &WardrobeStore::AddedPhotos::is_new);
  return json_response(
      {{"created", created}, {"updated", 0}, {"missing_photos", 0}, {"known", std::ssize(added) - created}});
}

Result<std::vector<PhotoFile>> files_of_form(const Request& request) {
  FIT_TRY(const std::vector<FormPart> parts,
          parse_multipart(request.headers.get("content-type"), request.body, kMaxIngestFiles));
  std::vector<PhotoFile> files;
  for (const FormPart& part : parts) {
    if (part.name != "files") return invalid(shown_path(part.name), "is not a known part beside files");
    if (!part.is_file) return invalid("files", "must be a file, with a file name");
    if (part.is_absent) continue;
    files.push_back({.field = fit::format("files[{}]", files.size()),
                     .name = is_utf8(part.file_name) ? part.file_name : std::string(),
                     .content = as_bytes(part.content)});
  }
  if (files.empty()) return invalid("files", "is missing");
  return files;
}

// The garments that were added, and the ids of those that have the other photos.
Result<Response> added_response(WardrobeCall& call, std::span<const WardrobeStore::AddedPhotos> added) {
  std::vector<std::int64_t> ids;
  Json known = Json::array();
  for (const auto& one : added) {
    if (one.is_new) {
      ids.push_back(one.garment.value);
    } else {
      known.push_back(one.garment.str());
    }
  }
  FIT_TRY(const auto garments, call.store.some(call.user, ids));
  std::unordered_map<std::int64_t, const style::Garment*> by_id;
  for (const style::Garment& one : garments) by_id.emplace(one.id.value, &one);
  Json shown = Json::array();
  for (const std::int64_t id : ids) {
    const auto found = by_id.find(id);
    if (found == by_id.end()) continue;  // somebody has removed it
    shown.push_back(garment_json(*found->second, call.tenant_name(), GarmentMembers::kOfLists));
  }
  return json_response({{"garments", std::move(shown)}, {"known_ids", std::move(known)}},
                       ids.empty() ? 200 : 201);
}

}  // namespace

Result<PhotoGrouping> photo_grouping(const Request& request) {
  PhotoGrouping grouping;
  const std::string group = query_parameter(request.query, "group").value_or("photo");
  if (group != "photo" && group != "folder") return invalid("group", "must be photo or folder");
  FIT_TRY(const bool again, parse_flag("again", query_parameter(request.query, "again").value_or("false")));
  grouping.by_folder = group == "folder";
  if (again) grouping.known = WardrobeStore::KnownPhotos::kTaken;
  return grouping;
}

Result<void> check_no_grouping(const Request& request) {
  for (const char* parameter : {"group", "again"}) {
    if (query_parameter(request.query, parameter)) {
      return invalid(parameter, "has a meaning for photos without a table only");
    }
  }
  return {};
}

Result<Response> import_wardrobe_zip(WardrobeCall& call, std::uint64_t max_bytes) {
  WardrobeArchive archive(call, max_bytes);
  FIT_CHECK(archive.check());
  return archive.has_table() ? import_with_table(call, archive) : import_folder(call, archive);
}

Result<Response> add_photos(WardrobeCall& call) {
  if (media_type(call.request.headers.get("content-type")) != "multipart/form-data") {
    return Error{ErrorCode::kUnsupportedMedia, "must be multipart/form-data", "Content-Type", {}};
  }
  FIT_TRY(const PhotoGrouping grouping, photo_grouping(call.request));
  FIT_TRY(const std::vector<PhotoFile> files, files_of_form(call.request));
  std::vector<std::string> paths;
  for (const PhotoFile& file : files) {
    FIT_CHECK(check_photo(call, file));
    paths.push_back(file.name);
  }
  FIT_TRY(const auto groups, group_photos(paths, grouping.by_folder));
  TakenPhotos taken(call);
  FIT_TRY(const auto photos, taken.take(files));
  const auto drafts = drafts_of(groups, [&photos](std::size_t photo) { return photos[photo]; });
  FIT_TRY(const auto added, call.store.add_photos(call.user, drafts, grouping.known, now()));
  taken.keep();
  return added_response(call, added);
}

}  // namespace fit::http
