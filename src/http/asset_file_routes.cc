#include <chrono>
#include <filesystem>
#include <memory>
#include <utility>

#include "base/byte_budget.h"
#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "http/api.h"
#include "http/byte_range.h"
#include "http/etag.h"
#include "http/immutable_file.h"
#include "ingest/assets/asset_service.h"
#include "ingest/assets/local_file.h"

// The files of assets: their content, thumbnails and frames.
namespace fit::http {
namespace {

using ingest::Asset;
using ingest::AssetFrame;
using ingest::AssetId;

// Parts of up to this size are held in memory on their way from a store elsewhere.
constexpr std::uint64_t kMaxHeldFileBytes = 8u << 20;
constexpr std::uint64_t kMaxSentFrameBytes = 64u << 20;

Result<Asset> asset_of_request(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const std::int64_t id, parse_id("id", request.path_parameters.get("id")));
  return tenant.assets->assets().get({id});
}

// A copy that is being sent, with its share of the disk.
struct SentCopy {
  std::shared_ptr<ByteBudget> budget;  // outlives the lease
  ByteBudget::Lease space;
  ingest::LocalFile file;
};

// The part of a stored file as a local file; for HEAD, which sends no bytes, one of the same size.
Result<ingest::LocalFile> local_copy(const Request& request, const std::string& name, const ByteRange& part,
                                     ingest::AssetService& assets) {
  const std::filesystem::path& folder = assets.uploads().options().folder;
  if (request.is_head) return ingest::LocalFile::hole(part.size, folder);
  return ingest::LocalFile::copy_part(assets.originals(), name, part.offset, part.size, folder);
}

// Sends a file of a store elsewhere, or the part of it that is asked for. Memory does not grow with it, and
// the copies on the disk stay within the budget.
Result<Response> send_far_file(const Request& request, const Asset& asset, ingest::AssetService& assets,
                               const std::shared_ptr<ByteBudget>& copies, Response response) {
  const auto size = static_cast<std::uint64_t>(asset.size_bytes);
  const std::string name = blob_name(asset);
  const RangeRequest range = requested_range(request, size, etag_of_version(asset.sha256));
  if (!apply_range(range, size, response)) return response;
  const ByteRange part = range.kind == RangeKind::kPart ? range.part : ByteRange{.size = size};
  if (part.size <= kMaxHeldFileBytes) {
    FIT_TRY(const Bytes bytes, assets.originals().read(name, part.offset, part.size));
    response.body = as_text(bytes);
    return response;
  }
  auto space = copies->take_until(request.is_head ? 0 : part.size, std::chrono::steady_clock::now());
  if (!space) {
    return Error{ErrorCode::kTooManyRequests,
                 "other files from the storage are being sent, and the disk space for them is used up; try "
                 "again later, or ask for a part with Range",
                 {},
                 {}};
  }
  FIT_TRY(ingest::LocalFile file, local_copy(request, name, part, assets));
  const auto owner = std::make_shared<const SentCopy>(copies, *std::move(space), std::move(file));
  response.file = owner->file.path();
  response.file_owner = owner;
  return response;
}

Result<Response> asset_content(const Request& request, const TenantSnapshot& tenant,
                               const std::shared_ptr<ByteBudget>& copies) {
  FIT_TRY(const Asset asset, asset_of_request(request, tenant));
  if (asset.sha256.empty()) return not_found("the asset has no file of its own");
  Response response = immutable_file(request, asset.media_type, asset.sha256, CachedBy::kClient);
  if (response.status == 304) return response;
  auto path = tenant.assets->originals().local_path(blob_name(asset));
  if (!path) return send_far_file(request, asset, *tenant.assets, copies, std::move(response));
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(*path, error);
  if (error) return Error{ErrorCode::kDamaged, "the stored file is lost", {}, path->string()};
  response.file = *std::move(path);
  const RangeRequest range = requested_range(request, size, etag_of_version(asset.sha256));
  if (apply_range(range, size, response) && range.kind == RangeKind::kPart) response.range = range.part;
  return response;
}

Response send_asset_image(const Request& request, catalog::ImageFile file) {
  Response response = immutable_file(request, file.mime_type, file.version, CachedBy::kClient);
  if (response.status == 304) return response;
  response.body = as_text(file.content);
  response.file = std::move(file.path);
  return response;
}

Result<Response> asset_thumbnail(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const Asset asset, asset_of_request(request, tenant));
  const std::string& shown = is_video(asset) ? asset.poster : asset.sha256;
  if (shown.empty() || asset.width == 0) return not_found("the asset has no thumbnail yet");
  FIT_TRY(catalog::ImageFile file, tenant.catalog.writer().files().open_thumbnail(shown));
  return send_asset_image(request, std::move(file));
}

// A frame of a request, with its asset.
struct ShownFrame {
  Asset asset;
  AssetFrame frame;
};

Result<ShownFrame> frame_of_request(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(Asset asset, asset_of_request(request, tenant));
  FIT_TRY(const std::vector<AssetFrame> frames, tenant.assets->assets().images_of(asset));
  // Positions count from 1, as ids do.
  FIT_TRY(const std::int64_t position, parse_id("position", request.path_parameters.get("position")));
  if (position > std::ssize(frames)) {
    return not_found("the asset has no frame " + std::to_string(position));
  }
  return ShownFrame{.asset = std::move(asset), .frame = frames[static_cast<std::size_t>(position - 1)]};
}

Result<Response> asset_frame(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const ShownFrame shown, frame_of_request(request, tenant));
  const std::string location = "stored:" + frame_blob_name(shown.asset, shown.frame);
  FIT_TRY(catalog::ImageFile file,
          tenant.catalog.writer().files().open_original("frame", location, kMaxSentFrameBytes));
  return send_asset_image(request, std::move(file));
}

Result<Response> asset_frame_thumbnail(const Request& request, const TenantSnapshot& tenant) {
  FIT_TRY(const ShownFrame shown, frame_of_request(request, tenant));
  FIT_TRY(catalog::ImageFile file, tenant.catalog.writer().files().open_thumbnail(shown.frame.sha256));
  return send_asset_image(request, std::move(file));
}

}  // namespace

// The query parameter "tenant" chooses the tenant (tenant_choice.h).
void add_asset_file_routes(Router& router, std::uint64_t max_copied_bytes) {
  const auto add = [&router](Method method, std::string pattern, TenantHandler handler,
                             RouteClass route_class = RouteClass::kNone) {
    router.add({.method = method,
                .pattern = std::move(pattern),
                .required_scope = accounts::Scope::kIngest,
                .route_class = route_class,
                .query_parameters = {{"tenant"}}},
               std::move(handler));
  };
  const auto content = [copies = std::make_shared<ByteBudget>(max_copied_bytes)](
                           const Request& request, const TenantSnapshot& tenant) {
    return asset_content(request, tenant, copies);
  };
  // Whole files, which may be large and far away.
  add(Method::kGet, "/api/v1/assets/{id}/content", content, RouteClass::kSearch);
  add(Method::kGet, "/api/v1/assets/{id}/thumbnail", asset_thumbnail);
  add(Method::kGet, "/api/v1/assets/{id}/frames/{position}", asset_frame);
  add(Method::kGet, "/api/v1/assets/{id}/frames/{position}/thumbnail", asset_frame_thumbnail);
}

}  // namespace fit::http
