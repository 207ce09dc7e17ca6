#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/format.h"
#include "base/zip.h"
#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "http/scratch_file.h"
#include "http/wardrobe_files.h"
#include "style/wardrobe/garment_csv.h"

namespace fit::http {
namespace {

using style::Garment;
using style::GarmentPhoto;

constexpr std::uint64_t kBytesOfEntry = 512;  // of an archive beside the content of a file, at most

// A photo in an archive.
struct ArchivedPhoto {
  std::string name;      // in the archive
  std::string location;  // in the store of originals
  std::uint64_t size_bytes = 0;
};
using ArchivedPhotos = std::map<std::int64_t, ArchivedPhoto>;  // by asset

// The photos of all garments whose files can be read.
Result<ArchivedPhotos> archived_photos(const WardrobeCall& call, std::span<const Garment> garments) {
  ArchivedPhotos photos;
  const catalog::ImageFiles& files = call.tenant.catalog.writer().files();
  for (const Garment& garment : garments) {
    if (call.request.stop.stop_requested()) return cancelled();
    for (const GarmentPhoto& photo : garment.photos) {
      if (photos.contains(photo.asset)) continue;
      const auto asset = asset_of_photo(call.tenant, photo.asset);
      if (!asset && asset.error().code != ErrorCode::kNotFound) return asset.error();
      if (!asset || asset->sha256.empty()) continue;
      const std::string blob = ingest::blob_name(*asset);
      FIT_TRY(const bool is_stored, files.originals_store()->exists(blob));
      if (!is_stored) continue;
      photos[photo.asset] = {
          .name = fit::format("photos/{}{}", photo.asset, std::string_view(blob).substr(blob.rfind('.'))),
          .location = "stored:" + blob,
          .size_bytes = static_cast<std::uint64_t>(asset->size_bytes)};
    }
  }
  return photos;
}

// An archive that is being sent, with its share of the disk.
struct SentArchive {
  std::shared_ptr<ByteBudget> budget;  // outlives the lease
  ByteBudget::Lease space;
  ScratchFile file;
};

Result<ByteBudget::Lease> take_space(std::uint64_t bytes, ByteBudget& budget) {
  if (bytes > budget.limit_bytes()) {
    return Error{
        ErrorCode::kTooLarge,
        fit::format("has {} bytes of photos; MAX_SCRATCH_BYTES allows {}", bytes, budget.limit_bytes()),
        "wardrobe",
        {}};
  }
  auto space = budget.take_until(bytes, std::chrono::steady_clock::now());
  if (space) return *std::move(space);
  return Error{ErrorCode::kTooManyRequests,
               "other wardrobes are being sent, and the disk space for them is used up; try again later",
               {},
               {}};
}

Result<void> write_archive(const WardrobeCall& call, const std::string& table, const ArchivedPhotos& photos,
                           const std::filesystem::path& path) {
  catalog::ItemWriter& writer = call.tenant.catalog.writer();
  FIT_TRY(ZipWriter archive, ZipWriter::create(path));
  FIT_CHECK(archive.add(std::string(kWardrobeTable), as_bytes(table), ZipWriter::Packing::kDeflated));
  for (const auto& [asset, photo] : photos) {
    if (call.request.stop.stop_requested()) return cancelled();
    FIT_TRY(const Bytes content, writer.files().original(photo.location, writer.image_limits().max_bytes));
    FIT_CHECK(archive.add(photo.name, content, ZipWriter::Packing::kStored));
  }
  return archive.finish();
}

}  // namespace

Result<Response> export_wardrobe_zip(WardrobeCall& call, const ArchiveSpace& space) {
  FIT_TRY(const auto garments, call.store.all(call.user));
  FIT_TRY(const ArchivedPhotos photos, archived_photos(call, garments));
  const std::string table = style::garments_csv(garments, [&photos](const GarmentPhoto& photo) {
    const auto found = photos.find(photo.asset);
    return found == photos.end() ? std::string() : found->second.name;
  });
  std::uint64_t bytes = table.size() + kBytesOfEntry;
  for (const auto& [asset, photo] : photos) bytes += photo.size_bytes + kBytesOfEntry;
  FIT_TRY(ByteBudget::Lease lease, take_space(bytes, *space.budget));
  FIT_TRY(ScratchFile file, ScratchFile::create(space.folder));
  FIT_CHECK(write_archive(call, table, photos, file.path()));
  Response response;
  response.content_type = "application/zip";
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"wardrobe.zip\"");
  response.headers.emplace_back("Cache-Control", "private, no-store");
  const auto owner = std::make_shared<const SentArchive>(
      SentArchive{.budget = space.budget, .space = std::move(lease), .file = std::move(file)});
  response.file = owner->file.path();
  response.file_owner = owner;
  return response;
}

}  // namespace fit::http
