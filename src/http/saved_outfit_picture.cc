#include "http/saved_outfit_picture.h"

#include <string>
#include <utility>
#include <vector>

#include "base/files.h"
#include "base/format.h"
#include "base/hash.h"
#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "http/etag.h"
#include "ingest/assets/asset_service.h"
#include "ingest/labels/label_service.h"
#include "style/saved/outfit_picture.h"

namespace fit::http {
namespace {

constexpr std::uint64_t kMaxPieceBytes = 8u << 20;    // of a thumbnail
constexpr std::uint64_t kMaxPiecePixels = 4'000'000;  // of a thumbnail
constexpr std::string_view kDrawnAs = "1;";           // changes with the way in which pictures are drawn

// The thumbnail of a garment's photo; nullopt for one that is gone or has not been worked on.
Result<std::optional<catalog::ImageFile>> photo_thumbnail(const TenantSnapshot& tenant, std::int64_t id) {
  ingest::Assets assets = tenant.assets->assets();
  auto asset = assets.get({id});
  if (asset && asset->same_as) asset = assets.get(*asset->same_as);
  if (!asset && asset.error().code == ErrorCode::kNotFound) return std::nullopt;
  FIT_CHECK(asset);
  if (asset->sha256.empty() || asset->width == 0) return std::nullopt;
  auto file = tenant.catalog.writer().files().open_thumbnail(asset->sha256);
  if (!file && file.error().code == ErrorCode::kNotFound) return std::nullopt;
  FIT_CHECK(file);
  return std::optional(*std::move(file));
}

}  // namespace

Result<std::optional<catalog::ImageFile>> piece_thumbnail(const TenantSnapshot& tenant,
                                                          const KnownPieces& known,
                                                          const style::SavedPiece& piece) {
  if (!known.contains(piece)) return std::nullopt;
  if (piece.garment) {
    const auto& photos = known.garments.at(*piece.garment).photos;
    if (photos.empty()) return std::nullopt;
    return photo_thumbnail(tenant, photos.front().asset);
  }
  const auto& images = known.items.at(*piece.item).images;
  if (images.empty()) return std::nullopt;
  auto file = tenant.catalog.stored_thumbnail(images.front().id);
  if (!file && file.error().code == ErrorCode::kNotFound) return std::nullopt;
  return file;
}

std::string thumbnail_version(const catalog::ImageFile& file) {
  // The version of a file tells only whether that file has changed.
  return sha256_hex(as_bytes(file.path.filename().string() + ";" + file.version));
}

Response changing_image(const Request& request, std::string_view version, std::string_view media_type) {
  const std::string tag = etag_of_version(version);
  Response response{.status = 200, .content_type = std::string(media_type), .body = {}, .headers = {}};
  response.headers.emplace_back("ETag", tag);
  response.headers.emplace_back("Cache-Control", "private, no-cache");
  response.headers.emplace_back("Content-Security-Policy", "default-src 'none'; sandbox");
  if (none_match_names(request.headers.get("if-none-match"), tag)) response.status = 304;
  return response;
}

Result<Response> outfit_picture(const Request& request, const TenantSnapshot& tenant,
                                const style::SavedOutfit& outfit, const KnownPieces& known) {
  std::vector<std::pair<std::optional<style::Slot>, catalog::ImageFile>> files;
  std::string drawn(kDrawnAs);
  for (const style::SavedPiece& piece : outfit.fields.pieces) {
    FIT_TRY(auto file, piece_thumbnail(tenant, known, piece));
    if (!file) continue;
    const auto slot = known.slot_of(piece, tenant.labels->ontology());
    drawn += fit::format("{}:{};", slot ? style::to_string(*slot) : "", thumbnail_version(*file));
    files.emplace_back(slot, *std::move(file));
  }
  if (files.empty()) return not_found("no piece of the outfit has an image yet");
  Response response = changing_image(request, sha256_hex(as_bytes(drawn)), "image/jpeg");
  if (response.status == 304) return response;
  media::Limits limits;
  limits.max_bytes = kMaxPieceBytes;
  limits.max_pixels = kMaxPiecePixels;
  limits.min_side = 1;
  std::vector<style::PicturePiece> pieces;
  for (auto& [slot, file] : files) {
    if (!file.path.empty()) {
      FIT_TRY(file.content, read_file(file.path, kMaxPieceBytes));
    }
    FIT_TRY(media::Image image, media::decode("thumbnail", file.content, 0, limits));
    pieces.push_back({.slot = slot, .image = std::move(image)});
  }
  FIT_TRY(const Bytes picture, style::draw_outfit(pieces));
  response.body = as_text(picture);
  return response;
}

}  // namespace fit::http
