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
#include "http/garment_cutout.h"
#include "http/wardrobe_call.h"
#include "ingest/assets/asset_service.h"
#include "ingest/labels/label_service.h"
#include "style/saved/outfit_picture.h"

namespace fit::http {
namespace {

constexpr std::uint64_t kMaxPieceBytes = 8u << 20;    // of a thumbnail
constexpr std::uint64_t kMaxPiecePixels = 4'000'000;  // of a thumbnail
constexpr std::string_view kDrawnAs = "2;";           // changes with the way in which pictures are drawn

// The thumbnail of a garment's photo; nullopt for one that is gone or has not been worked on.
Result<std::optional<catalog::ImageFile>> photo_thumbnail(const TenantSnapshot& tenant, std::int64_t id) {
  const auto asset = asset_of_photo(tenant, id);
  if (!asset && asset.error().code == ErrorCode::kNotFound) return std::nullopt;
  FIT_CHECK(asset);
  if (asset->sha256.empty() || asset->width == 0) return std::nullopt;
  auto file = tenant.catalog.writer().files().open_thumbnail(asset->sha256);
  if (!file && file.error().code == ErrorCode::kNotFound) return std::nullopt;
  FIT_CHECK(file);
  return std::optional(*std::move(file));
}

// The photo whose cut-out stands for a piece; nullopt for a piece without one, and for a photo that is gone.
Result<std::optional<ingest::Asset>> cut_photo(const TenantSnapshot& tenant, const KnownPieces& known,
                                               const style::SavedPiece& piece) {
  if (!piece.garment || !known.contains(piece)) return std::nullopt;
  const style::Garment& garment = known.garments.at(*piece.garment);
  if (!garment.fields.cutout || garment.photos.empty()) return std::nullopt;
  auto asset = asset_of_photo(tenant, garment.photos.front().asset);
  if (!asset && asset.error().code == ErrorCode::kNotFound) return std::nullopt;
  FIT_CHECK(asset);
  // What has not been worked on has not been judged either.
  if (asset->sha256.empty() || asset->width == 0) return std::nullopt;
  return std::optional(*std::move(asset));
}

// Whether cut-outs must be made before the picture is drawn.
Result<bool> lacks_cutouts(const TenantSnapshot& tenant, const style::SavedOutfit& outfit,
                           const KnownPieces& known) {
  for (const style::SavedPiece& piece : outfit.fields.pieces) {
    FIT_TRY(const auto photo, cut_photo(tenant, known, piece));
    if (!photo) continue;
    FIT_TRY(const auto cutout, known_cutout(tenant, *photo));
    if (!cutout) return true;
  }
  return false;
}

// A photo without its background; nullopt where that cannot be told from the garment.
Result<std::optional<catalog::ImageFile>> cutout_image(const TenantSnapshot& tenant,
                                                       const ingest::Asset& photo) {
  FIT_TRY(auto known, known_cutout(tenant, photo));
  if (known) return std::move(known->file);
  auto made = made_cutout(tenant, photo);
  if (!made && made.error().code == ErrorCode::kNotFound) return std::nullopt;
  FIT_CHECK(made);
  return std::move(made->file);
}

// The image that stands for a piece in a picture.
Result<std::optional<catalog::ImageFile>> piece_image(const TenantSnapshot& tenant, const KnownPieces& known,
                                                      const style::SavedPiece& piece) {
  FIT_TRY(const auto photo, cut_photo(tenant, known, piece));
  if (photo) {
    FIT_TRY(auto cutout, cutout_image(tenant, *photo));
    if (cutout) return cutout;
  }
  return piece_thumbnail(tenant, known, piece);
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

namespace {

Result<Response> draw_picture(const Request& request, const TenantSnapshot& tenant,
                              const style::SavedOutfit& outfit, const KnownPieces& known) {
  std::vector<std::pair<std::optional<style::Slot>, catalog::ImageFile>> files;
  std::string drawn(kDrawnAs);
  for (const style::SavedPiece& piece : outfit.fields.pieces) {
    FIT_TRY(auto file, piece_image(tenant, known, piece));
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

}  // namespace

Result<Response> outfit_picture(const Request& request, const TenantSnapshot& tenant,
                                const style::SavedOutfit& outfit, const KnownPieces& known) {
  FIT_TRY(const bool must_wait, lacks_cutouts(tenant, outfit, known));
  if (!must_wait) return draw_picture(request, tenant, outfit, known);
  // To make cut-outs takes as long as a change does, and reads must not wait behind it.
  return continue_on(RunOn::kWrite, [tenant, outfit, known](const Request& same) {
    return draw_picture(same, tenant, outfit, known);
  });
}

}  // namespace fit::http
