#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/format.h"
#include "base/json_reader.h"
#include "catalog/catalog.h"
#include "catalog/item_writer.h"
#include "http/api.h"
#include "http/garment_photos.h"
#include "http/json_body.h"
#include "http/parameter_values.h"
#include "http/wardrobe_call.h"

namespace fit::http {
namespace {

constexpr std::size_t kGarmentsOfPage = 50;
constexpr std::size_t kMaxGarmentsOfPage = 500;
constexpr std::string_view kWardrobeSource = "wardrobe";

using style::Garment;
using style::GarmentId;

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
    FIT_TRY(filter.never_worn, parse_flag("never_worn", value));
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
    TakenPhotos taken(call);
    FIT_TRY(const GivenPhotos given, read_photos(call, body, {}, taken));
    draft.photos = photos_with(given, {});
    if (draft.fields.name.empty() && draft.photos.empty()) {
      return invalid("name", "is missing for a garment without photos");
    }
    FIT_TRY(const Garment garment, call.store.add(call.user, draft, now()));
    taken.keep();
    Response response = json_response(call.shown(garment), 201);
    response.headers.emplace_back("Location", "/api/v1/wardrobe/" + garment.id.str());
    return response;
  }

  Result<Response> change(WardrobeCall& call) const {
    FIT_TRY(const GarmentId id, garment_id(call));
    FIT_TRY(const Json body, json_body(call.request));
    FIT_TRY(const Garment before, call.store.get(call.user, id));
    FIT_CHECK(apply_garment(before.fields, body, call.ontology));
    TakenPhotos taken(call);
    FIT_TRY(const GivenPhotos given, read_photos(call, body, before.photos, taken));
    const auto make = [&](const Garment& garment) -> Result<style::GarmentDraft> {
      style::GarmentDraft draft;
      FIT_TRY(draft.fields, apply_garment(garment.fields, body, call.ontology));
      draft.photos = photos_with(given, garment.photos);
      return draft;
    };
    FIT_TRY(const auto changed, call.store.change(call.user, id, make, now()));
    taken.keep();
    FIT_CHECK(remove_unused_assets(call, changed.unused));
    return json_response(call.shown(changed.garment));
  }

 private:
  // What a body says about photos.
  struct GivenPhotos {
    std::optional<std::vector<style::GarmentPhoto>> chosen = {};  // in place of those that the garment has
    std::optional<style::GarmentPhoto> sent = {};                 // one more
  };

  static std::vector<style::GarmentPhoto> photos_with(const GivenPhotos& given,
                                                      const std::vector<style::GarmentPhoto>& had) {
    std::vector<style::GarmentPhoto> photos = given.chosen.value_or(had);
    if (given.sent) photos.push_back(*given.sent);
    return photos;
  }

  Result<GivenPhotos> read_photos(WardrobeCall& call, const Json& body,
                                  const std::vector<style::GarmentPhoto>& had, TakenPhotos& taken) const {
    FIT_TRY(const GarmentPhotosGiven given, photos_given(body, max_image_bytes_));
    GivenPhotos photos;
    if (given.assets) {
      FIT_TRY(photos.chosen, chosen_photos(call, *given.assets, had));
    }
    if (given.image) {
      const PhotoFile file{.field = "image_base64", .name = {}, .content = *given.image};
      FIT_CHECK(check_photo(call, file));
      FIT_TRY(const auto sent, taken.take(std::span(&file, 1)));
      photos.sent = sent.front();
    }
    return photos;
  }

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
    FIT_TRY(const ingest::Asset asset, asset_of_photo(call.tenant, photo.asset));
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
  const auto add = [&router](Method method, std::string pattern, Work work, std::size_t max_body_bytes = 0,
                             std::vector<std::string_view> parameters = {}) {
    add_wardrobe_route(router, {.method = method,
                                .pattern = std::move(pattern),
                                .work = std::move(work),
                                .max_body_bytes = max_body_bytes,
                                .parameters = std::move(parameters)});
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
  add(Method::kGet, "/api/wardrobe", list_garments, 0, filters);
  add(Method::kPost, "/api/wardrobe", create, deps.max_body_bytes);
  add(Method::kGet, "/api/wardrobe/{id}", show_garment);
  add(Method::kPatch, "/api/wardrobe/{id}", change, deps.max_body_bytes);
  add(Method::kDelete, "/api/wardrobe/{id}", remove_garment);
  add(Method::kPost, "/api/v1/wardrobe/{id}/wears", wear_garment, kSmallBodyBytes);
  add(Method::kDelete, "/api/v1/wardrobe/{id}/wears/{date}", undo_wear);
  add(Method::kGet, "/api/v1/wardrobe/summary", summarise_wardrobe);
  add_wardrobe_route(router, {.method = Method::kPost,
                              .pattern = "/api/v1/wardrobe/{id}/listing",
                              .work = list_for_sale,
                              .scope = accounts::Scope::kItemsWrite});
}

}  // namespace fit::http
