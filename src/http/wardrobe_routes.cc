#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "base/format.h"
#include "base/json_reader.h"
#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "http/api.h"
#include "http/garment_json.h"
#include "http/immutable_file.h"
#include "http/json_body.h"
#include "http/page_limit.h"
#include "http/problem.h"
#include "ingest/assets/asset_service.h"
#include "ingest/labels/label_service.h"
#include "store/catalogue.h"
#include "style/wardrobe/wardrobe_store.h"

namespace fit::http {
namespace {

constexpr std::size_t kGarmentsOfPage = 50;
constexpr std::size_t kMaxGarmentsOfPage = 500;
constexpr std::size_t kMaxWardrobeBytes = 32u << 20;  // of an imported file
constexpr std::string_view kWardrobeSource = "wardrobe";

using style::Garment;
using style::GarmentId;

// A request of a user about the own wardrobe in a tenant.
struct WardrobeCall {
  const Request& request;
  const TenantSnapshot& tenant;
  const ontology::Ontology& ontology;
  style::WardrobeStore store;
  std::int64_t user;

  std::string_view tenant_name() const { return request.principal.tenant; }
  Json shown(const Garment& garment) const {
    return garment_json(garment, tenant_name(), GarmentMembers::kAll);
  }
};

Result<WardrobeCall> wardrobe_call(const Request& request, const TenantSnapshot& tenant) {
  const std::int64_t user = request.principal.user_id;
  if (user == 0) return Error{ErrorCode::kForbidden, "a wardrobe is of an account: sign in", {}, {}};
  const ontology::Ontology& ontology = tenant.labels->ontology();
  return WardrobeCall{.request = request,
                      .tenant = tenant,
                      .ontology = ontology,
                      .store = style::WardrobeStore(tenant.catalog.writer().database().database(), ontology),
                      .user = user};
}

Result<GarmentId> garment_id(const WardrobeCall& call) {
  FIT_TRY(const std::int64_t id, parse_id("id", call.request.path_parameters.get("id")));
  return GarmentId{id};
}

// Removes assets that came with garments. One of which an item was made belongs to the catalogue.
Result<void> remove_unused_assets(const WardrobeCall& call, std::span<const std::int64_t> unused) {
  ingest::Assets assets = call.tenant.assets->assets();
  for (const std::int64_t id : unused) {
    const auto asset = assets.get({id});
    if (asset && asset->item) continue;
    const Result<void> removed = asset ? assets.remove({id}) : Result<void>(asset.error());
    if (!removed && removed.error().code != ErrorCode::kNotFound) return removed;
  }
  return {};
}

// Those of the assets that may be photos of the caller's garments.
Result<std::set<std::int64_t>> usable_photos(WardrobeCall& call, std::span<const std::int64_t> assets) {
  const Principal& caller = call.request.principal;
  return call.store.usable_photos({.user = call.user,
                                   .principal = caller.id,
                                   .sees_assets = caller.scopes.contains(accounts::Scope::kIngest)},
                                  assets);
}

Result<std::vector<style::GarmentPhoto>> chosen_photos(WardrobeCall& call,
                                                       std::span<const std::int64_t> assets) {
  FIT_TRY(const auto usable, usable_photos(call, assets));
  std::vector<style::GarmentPhoto> photos;
  for (const std::int64_t id : assets) {
    if (!usable.contains(id)) {
      return invalid(fit::format("asset_ids[{}]", photos.size()), "is no photo that you have sent");
    }
    photos.push_back({.asset = id, .is_sent = false});
  }
  return photos;
}

// Makes an asset of a photo that came with a garment, as POST /api/v1/ingest does.
Result<style::GarmentPhoto> take_photo(WardrobeCall& call, const Bytes& content) {
  const ingest::FileLimits limits{.image_bytes = content.size(), .video_bytes = content.size()};
  FIT_TRY(const ingest::CheckedFile checked, ingest::check_file("image_base64", content, limits));
  if (ingest::is_video(checked.media_type)) {
    return Error{ErrorCode::kUnsupportedMedia, "must be a photo", "image_base64", {}};
  }
  const ingest::SentFile sent{.field = "image_base64",
                              .name = {},
                              .content = content,
                              .metadata = {},
                              .owner = call.request.principal.id};
  const auto results = call.tenant.assets->intake().accept(std::span(&sent, 1));
  FIT_CHECK(results.front());
  return style::GarmentPhoto{.asset = results.front()->id.value, .is_sent = !results.front()->is_known};
}

// Removes a photo whose garment could not be stored. Another error would hide why.
void drop_photo(const WardrobeCall& call, const std::optional<style::GarmentPhoto>& photo) {
  if (photo && photo->is_sent) std::ignore = remove_unused_assets(call, std::span(&photo->asset, 1));
}

Result<style::GarmentFilter> garment_filter(const WardrobeCall& call, std::string_view name,
                                            const std::string& value, style::GarmentFilter filter) {
  const auto known = [&](std::size_t property) -> Result<std::string> {
    if (const auto found = call.ontology.canonical(property, value)) return std::string(*found);
    return invalid(std::string(name), "is not a known value");
  };
  if (name == "slot") {
    for (int i = 0; i <= static_cast<int>(style::Slot::kAccessory); ++i) {
      if (style::to_string(static_cast<style::Slot>(i)) == value) filter.slot = static_cast<style::Slot>(i);
    }
    if (!filter.slot) return invalid("slot", "is not a slot of outfits");
  } else if (name == "category") {
    FIT_TRY(filter.category, known(domain::kCategory));
  } else if (name == "color") {
    FIT_TRY(filter.color, known(domain::kPrimaryColor));
  } else if (name == "state") {
    FIT_TRY(filter.state, style::parse_garment_state(value));
  } else if (name == "never_worn") {
    if (value != "true" && value != "false") return invalid("never_worn", "must be true or false");
    filter.never_worn = value == "true";
  } else {
    if (value.size() > 200) return invalid("text", "must not be longer than 200 bytes");
    filter.text = value;
  }
  return filter;
}

Result<Response> list_garments(WardrobeCall& call) {
  style::GarmentFilter filter;
  std::int64_t before = 0;
  std::size_t limit = kGarmentsOfPage;
  for (const auto& [name, value] : query_parameters(call.request.query)) {
    if (name == "cursor") {
      FIT_TRY(before, parse_id("cursor", value));
    } else if (name == "limit") {
      FIT_TRY(limit, parse_limit(value, kMaxGarmentsOfPage));
    } else {
      FIT_TRY(filter, garment_filter(call, name, value, std::move(filter)));
    }
  }
  FIT_TRY(auto garments, call.store.list(call.user, filter, before, limit + 1));
  const bool has_more = garments.size() > limit;
  if (has_more) garments.pop_back();
  Json listed = Json::array();
  for (const Garment& one : garments) {
    listed.push_back(garment_json(one, call.tenant_name(), GarmentMembers::kOfLists));
  }
  return json_response({{"garments", std::move(listed)},
                        {"next_cursor", has_more ? Json(garments.back().id.str()) : Json(nullptr)}});
}

Result<Response> show_garment(WardrobeCall& call) {
  FIT_TRY(const GarmentId id, garment_id(call));
  FIT_TRY(const Garment garment, call.store.get(call.user, id));
  return json_response(call.shown(garment));
}

// A POST or PATCH of a garment.
class GarmentWrites {
 public:
  explicit GarmentWrites(std::size_t max_image_bytes) : max_image_bytes_(max_image_bytes) {}

  Result<Response> create(WardrobeCall& call) const {
    FIT_TRY(const Json body, json_body(call.request));
    style::GarmentDraft draft;
    FIT_TRY(draft.fields, apply_garment({}, body, call.ontology));
    FIT_TRY(const GarmentPhotosGiven given, photos_given(body, max_image_bytes_));
    if (given.assets) {
      FIT_TRY(draft.photos, chosen_photos(call, *given.assets));
    }
    std::optional<style::GarmentPhoto> sent;
    if (given.image) {
      FIT_TRY(sent, take_photo(call, *given.image));
      draft.photos.push_back(*sent);
    }
    if (draft.fields.name.empty() && draft.photos.empty()) {
      return invalid("name", "is missing for a garment without photos");
    }
    const auto garment = call.store.add(call.user, draft, now());
    if (!garment) {
      drop_photo(call, sent);
      return garment.error();
    }
    Response response = json_response(call.shown(*garment), 201);
    response.headers.emplace_back("Location", "/api/v1/wardrobe/" + garment->id.str());
    return response;
  }

  Result<Response> change(WardrobeCall& call) const {
    FIT_TRY(const GarmentId id, garment_id(call));
    FIT_TRY(const Json body, json_body(call.request));
    FIT_TRY(const Garment before, call.store.get(call.user, id));
    FIT_CHECK(apply_garment(before.fields, body, call.ontology));
    FIT_TRY(const GarmentPhotosGiven given, photos_given(body, max_image_bytes_));
    std::vector<style::GarmentPhoto> chosen;
    if (given.assets) {
      FIT_TRY(chosen, chosen_photos(call, *given.assets));
    }
    std::optional<style::GarmentPhoto> sent;
    if (given.image) {
      FIT_TRY(sent, take_photo(call, *given.image));
    }
    const auto make = [&](const Garment& garment) -> Result<style::GarmentDraft> {
      style::GarmentDraft draft;
      FIT_TRY(draft.fields, apply_garment(garment.fields, body, call.ontology));
      draft.photos = given.assets ? chosen : garment.photos;
      if (sent) draft.photos.push_back(*sent);
      return draft;
    };
    const auto changed = call.store.change(call.user, id, make, now());
    if (!changed) {
      drop_photo(call, sent);
      return changed.error();
    }
    FIT_CHECK(remove_unused_assets(call, changed->unused));
    return json_response(call.shown(changed->garment));
  }

 private:
  const std::size_t max_image_bytes_;
};

Result<Response> remove_garment(WardrobeCall& call) {
  FIT_TRY(const GarmentId id, garment_id(call));
  FIT_TRY(const auto unused, call.store.remove(call.user, id));
  FIT_CHECK(remove_unused_assets(call, unused));
  return no_content();
}

Result<Response> wear_garment(WardrobeCall& call) {
  FIT_TRY(const GarmentId id, garment_id(call));
  FIT_TRY(const Json body, json_body(call.request));
  JsonReader reader(body);
  const std::string text = reader.text("date");
  FIT_CHECK(reader.finish());
  FIT_TRY(const std::string date, style::check_past_date("date", text, now()));
  FIT_TRY(const bool is_new, call.store.wear(call.user, id, date));
  FIT_TRY(const Garment garment, call.store.get(call.user, id));
  return json_response(call.shown(garment), is_new ? 201 : 200);
}

Result<Response> undo_wear(WardrobeCall& call) {
  FIT_TRY(const GarmentId id, garment_id(call));
  FIT_TRY(const std::string date, style::check_date("date", call.request.path_parameters.get("date")));
  FIT_CHECK(call.store.undo_wear(call.user, id, date));
  return no_content();
}

Result<Response> summarise_wardrobe(WardrobeCall& call) {
  FIT_TRY(const auto garments, call.store.all(call.user));
  return json_response(wardrobe_summary_json(style::summarise(garments)));
}

Result<Response> export_wardrobe(WardrobeCall& call) {
  FIT_TRY(const auto garments, call.store.all(call.user));
  Response response;
  response.content_type = "text/csv; charset=utf-8";
  response.body = style::garments_csv(garments);
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"wardrobe.csv\"");
  return response;
}

Result<Response> import_wardrobe(WardrobeCall& call) {
  if (media_type(call.request.headers.get("content-type")) != "text/csv") {
    return Error{ErrorCode::kUnsupportedMedia, "must be text/csv", "Content-Type", {}};
  }
  FIT_TRY(auto rows, style::parse_garments_csv(call.request.body, call.ontology,
                                               style::WardrobeStore::kMaxGarments, now()));
  std::vector<std::int64_t> named;
  for (const style::GarmentRow& row : rows) {
    for (const style::GarmentPhoto& photo : row.draft.photos) named.push_back(photo.asset);
  }
  FIT_TRY(const auto usable, usable_photos(call, named));
  const auto is_missing = [&usable](const style::GarmentPhoto& photo) {
    return !usable.contains(photo.asset);
  };
  std::size_t missing = 0;
  for (style::GarmentRow& row : rows) missing += std::erase_if(row.draft.photos, is_missing);
  FIT_TRY(const auto imported, call.store.import(call.user, rows, now()));
  FIT_CHECK(remove_unused_assets(call, imported.unused));
  return json_response(
      {{"created", imported.created}, {"updated", imported.updated}, {"missing_photos", missing}});
}

// The stored file of a photo of a garment.
Result<std::string> photo_location(const ingest::Asset& asset) {
  if (asset.sha256.empty()) return not_found("the photo has not been fetched");
  return "stored:" + ingest::blob_name(asset);
}

Result<ingest::Asset> asset_of_photo(const WardrobeCall& call, std::int64_t id) {
  ingest::Assets assets = call.tenant.assets->assets();
  FIT_TRY(ingest::Asset asset, assets.get({id}));
  return asset.same_as ? assets.get(*asset.same_as) : Result<ingest::Asset>(std::move(asset));
}

// The asset of the photo that the request names.
Result<ingest::Asset> photo_of_request(WardrobeCall& call) {
  FIT_TRY(const GarmentId id, garment_id(call));
  FIT_TRY(const std::int64_t asset, parse_id("asset", call.request.path_parameters.get("asset")));
  FIT_TRY(const Garment garment, call.store.get(call.user, id));
  const auto found = std::ranges::find(garment.photos, asset, &style::GarmentPhoto::asset);
  if (found == garment.photos.end()) return not_found(fit::format("the garment has no photo {}", asset));
  return asset_of_photo(call, asset);
}

Response send_garment_photo(const Request& request, catalog::ImageFile file) {
  Response response = immutable_file(request, file.mime_type, file.version, CachedBy::kClient);
  if (response.status == 304) return response;
  response.body = as_text(file.content);
  response.file = std::move(file.path);
  return response;
}

Result<Response> show_photo(WardrobeCall& call) {
  FIT_TRY(const ingest::Asset asset, photo_of_request(call));
  FIT_TRY(const std::string location, photo_location(asset));
  catalog::ItemWriter& writer = call.tenant.catalog.writer();
  FIT_TRY(catalog::ImageFile file,
          writer.files().open_original("photo", location, writer.image_limits().max_bytes));
  return send_garment_photo(call.request, std::move(file));
}

Result<Response> show_photo_thumbnail(WardrobeCall& call) {
  FIT_TRY(const ingest::Asset asset, photo_of_request(call));
  if (asset.sha256.empty() || asset.width == 0) return not_found("the photo has no thumbnail yet");
  FIT_TRY(catalog::ImageFile file, call.tenant.catalog.writer().files().open_thumbnail(asset.sha256));
  return send_garment_photo(call.request, std::move(file));
}

// The garment as a draft of a listing. Its price, notes and days are nobody else's business.
Result<catalog::ItemInput> listing_of(const WardrobeCall& call, const Garment& garment) {
  if (garment.photos.empty()) return invalid("photos", "are missing: a listing shows at least one");
  catalog::ItemInput input;
  input.listing.source = kWardrobeSource;
  input.listing.external_id = "garment-" + garment.id.str();
  input.listing.title = garment.fields.name;
  input.listing.brand = garment.fields.brand;
  input.listing.size = garment.fields.size;
  input.listing.status = "hidden";
  for (std::size_t i = 0; i < garment.fields.stated.size(); ++i) {
    const std::string& value = garment.fields.stated.at(i);
    if (value != style::kNoValue) input.listing.properties.at(i) = value;
  }
  catalog::ItemWriter& writer = call.tenant.catalog.writer();
  for (const style::GarmentPhoto& photo : garment.photos) {
    FIT_TRY(const ingest::Asset asset, asset_of_photo(call, photo.asset));
    FIT_TRY(const std::string location, photo_location(asset));
    FIT_TRY(Bytes content, writer.files().original(location, writer.image_limits().max_bytes));
    input.images.push_back({.location = {}, .bytes = std::move(content)});
  }
  return input;
}

Result<Response> list_for_sale(WardrobeCall& call) {
  FIT_TRY(const GarmentId id, garment_id(call));
  FIT_TRY(const Garment garment, call.store.get(call.user, id));
  catalog::Catalog& catalog = call.tenant.catalog;
  FIT_TRY(const auto known, catalog.find({std::string(kWardrobeSource), "garment-" + id.str()}));
  ItemId item = known ? known->id : ItemId{};
  if (!known) {
    FIT_TRY(const catalog::ItemInput input, listing_of(call, garment));
    FIT_TRY(const store::UpsertOutcome outcome, catalog.put(input));
    item = outcome.id;
  }
  FIT_CHECK(call.store.set_item(call.user, id, item));
  Response response =
      json_response({{"item_id", item.str()}, {"status", known ? "known" : "created"}}, known ? 200 : 201);
  response.headers.emplace_back("Location", "/api/v1/items/" + item.str());
  return response;
}

}  // namespace

void add_wardrobe_routes(Router& router, const WardrobeRouteDeps& deps) {
  using Work = std::function<Result<Response>(WardrobeCall&)>;
  const auto add = [&](Method method, const char* pattern, Work work, std::size_t max_body_bytes = 0,
                       std::vector<std::string_view> parameters = {},
                       accounts::Scope scope = accounts::Scope::kAccount) {
    const bool reads = method == Method::kGet;
    router.add(
        {.method = method,
         .pattern = pattern,
         .required_scope = scope,
         .run_on = reads ? RunOn::kSearch : RunOn::kWrite,
         .route_class = reads ? RouteClass::kNone : RouteClass::kWrite,
         .max_body_bytes = max_body_bytes,
         .query_parameters = std::move(parameters),
         .audited = Audited::kNever},  // what somebody wears is nobody else's business
        [work = std::move(work)](const Request& request, const TenantSnapshot& tenant) -> Result<Response> {
          // The scope of the route may be another: a key may write items, but has no garments.
          if (!request.principal.scopes.contains(accounts::Scope::kAccount)) {
            return not_found("there is no such garment");
          }
          FIT_TRY(WardrobeCall call, wardrobe_call(request, tenant));
          return work(call);
        });
  };
  const auto writes = std::make_shared<const GarmentWrites>(deps.max_image_bytes);
  const Work create = [writes](WardrobeCall& call) { return writes->create(call); };
  const Work change = [writes](WardrobeCall& call) { return writes->change(call); };
  const std::vector<std::string_view> filters = {"slot", "category",   "color",  "state",
                                                 "text", "never_worn", "cursor", "limit"};
  add(Method::kGet, "/api/v1/wardrobe", list_garments, 0, filters);
  add(Method::kPost, "/api/v1/wardrobe", create, deps.max_body_bytes);
  add(Method::kGet, "/api/v1/wardrobe/{id}", show_garment);
  add(Method::kPatch, "/api/v1/wardrobe/{id}", change, deps.max_body_bytes);
  add(Method::kDelete, "/api/v1/wardrobe/{id}", remove_garment);
  add(Method::kPost, "/api/v1/wardrobe/{id}/wears", wear_garment, kSmallBodyBytes);
  add(Method::kDelete, "/api/v1/wardrobe/{id}/wears/{date}", undo_wear);
  add(Method::kPost, "/api/v1/wardrobe/{id}/listing", list_for_sale, 0, {}, accounts::Scope::kItemsWrite);
  add(Method::kGet, "/api/v1/wardrobe/{id}/photos/{asset}", show_photo, 0, {"tenant"});
  add(Method::kGet, "/api/v1/wardrobe/{id}/photos/{asset}/thumbnail", show_photo_thumbnail, 0, {"tenant"});
  add(Method::kGet, "/api/v1/wardrobe/summary", summarise_wardrobe);
  add(Method::kGet, "/api/v1/wardrobe/export.csv", export_wardrobe);
  add(Method::kPost, "/api/v1/wardrobe/import", import_wardrobe, kMaxWardrobeBytes);
  add(Method::kGet, "/api/wardrobe", list_garments, 0, filters);
  add(Method::kPost, "/api/wardrobe", create, deps.max_body_bytes);
  add(Method::kGet, "/api/wardrobe/{id}", show_garment);
  add(Method::kPatch, "/api/wardrobe/{id}", change, deps.max_body_bytes);
  add(Method::kDelete, "/api/wardrobe/{id}", remove_garment);
}

}  // namespace fit::http
