#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "base/zip.h"
#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "http/api.h"
#include "http/garment_photos.h"
#include "http/wardrobe_files.h"
#include "style/wardrobe/garment_csv.h"

// Wardrobes as files, out and in.
namespace fit::http {
namespace {

using style::GarmentPhoto;
using style::WardrobeStore;

Result<Response> export_table(WardrobeCall& call) {
  FIT_TRY(const auto garments, call.store.all(call.user));
  Response response;
  response.content_type = "text/csv; charset=utf-8";
  response.body = style::garments_csv(garments);
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"wardrobe.csv\"");
  return response;
}

// Lets the content filter judge the photos of a table that no garment of the user has.
Result<void> judge_new_photos(WardrobeCall& call, const std::set<std::int64_t>& photos) {
  if (!call.tenant.catalog.writer().refuses_objectionable()) return {};
  std::set<std::int64_t> had;
  FIT_TRY(const auto garments, call.store.all(call.user));
  for (const style::Garment& garment : garments) {
    for (const GarmentPhoto& photo : garment.photos) had.insert(photo.asset);
  }
  for (const std::int64_t photo : photos) {
    if (call.request.stop.stop_requested()) return cancelled();
    if (!had.contains(photo)) FIT_CHECK(judge_chosen(call, "photos", photo));
  }
  return {};
}

Result<Response> import_table(WardrobeCall& call) {
  if (call.request.body.size() > kMaxWardrobeTableBytes) {
    return Error{ErrorCode::kTooLarge, "is larger than a table of garments may be", "body", {}};
  }
  FIT_TRY(auto rows,
          style::parse_garments_csv(call.request.body, call.ontology, WardrobeStore::kMaxGarments, now()));
  std::vector<std::int64_t> named;
  for (const style::GarmentRow& row : rows) {
    for (const GarmentPhoto& photo : row.draft.photos) named.push_back(photo.asset);
  }
  FIT_TRY(const auto usable, usable_photos(call, named));
  FIT_CHECK(judge_new_photos(call, usable));
  const auto is_missing = [&usable](const GarmentPhoto& photo) { return !usable.contains(photo.asset); };
  std::size_t missing = 0;
  for (style::GarmentRow& row : rows) missing += std::erase_if(row.draft.photos, is_missing);
  FIT_TRY(const auto imported, call.store.import(call.user, rows, now()));
  FIT_CHECK(remove_unused_assets(call, imported.unused));
  return json_response(
      {{"created", imported.created}, {"updated", imported.updated}, {"missing_photos", missing}});
}

Result<Response> import_wardrobe(WardrobeCall& call, std::uint64_t max_bytes) {
  const std::string type = media_type(call.request.headers.get("content-type"));
  // Programs that do not know the type of a file send it as application/octet-stream.
  if (type == "application/zip" || (type != "text/csv" && is_zip(as_bytes(call.request.body)))) {
    return import_wardrobe_zip(call, max_bytes);
  }
  if (type != "text/csv") {
    return Error{ErrorCode::kUnsupportedMedia, "must be text/csv or application/zip", "Content-Type", {}};
  }
  FIT_CHECK(check_no_grouping(call.request));
  return import_table(call);
}

}  // namespace

void add_wardrobe_file_routes(Router& router, const WardrobeFileRouteDeps& deps) {
  const ArchiveSpace space{.folder = deps.scratch_path,
                           .budget = std::make_shared<ByteBudget>(deps.max_scratch_bytes)};
  // Photos are packed once already: what is in an archive is hardly larger than it.
  const std::uint64_t max_bytes = 2 * static_cast<std::uint64_t>(deps.max_import_bytes);
  add_wardrobe_route(
      router, {.method = Method::kGet, .pattern = "/api/v1/wardrobe/export.csv", .work = export_table});
  add_wardrobe_route(router,
                     {.method = Method::kGet,
                      .pattern = "/api/v1/wardrobe/export.zip",
                      .work = [space](WardrobeCall& call) { return export_wardrobe_zip(call, space); },
                      .run_on = RunOn::kImport,
                      .route_class = RouteClass::kSearch});
  add_wardrobe_route(router,
                     {.method = Method::kPost,
                      .pattern = "/api/v1/wardrobe/import",
                      .work = [max_bytes](WardrobeCall& call) { return import_wardrobe(call, max_bytes); },
                      .max_body_bytes = std::max<std::size_t>(deps.max_import_bytes, kMaxWardrobeTableBytes),
                      .parameters = {"group", "again"},
                      .run_on = RunOn::kImport,
                      .route_class = RouteClass::kIngest});
  add_wardrobe_route(router, {.method = Method::kPost,
                              .pattern = "/api/v1/wardrobe/photos",
                              .work = add_photos,
                              .max_body_bytes = deps.max_upload_bytes,
                              .parameters = {"group", "again"},
                              .run_on = RunOn::kIngest,
                              .route_class = RouteClass::kIngest});
}

}  // namespace fit::http
