#include "http/garment_json.h"

#include <cmath>
#include <utility>

#include "base/base64.h"
#include "base/format.h"
#include "base/json_reader.h"
#include "domain/properties_json.h"
#include "http/tenant_choice.h"

namespace fit::http {
namespace {

constexpr const char* kAssetIds = "asset_ids";
constexpr const char* kImageBase64 = "image_base64";
constexpr std::size_t kMaxShownGarments = 100;  // that were never worn, in a summary

Json said_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json amount_or_null(const std::optional<double>& amount) {
  return amount ? Json(std::round(*amount * 100) / 100) : Json(nullptr);
}

std::string_view garment_origin(domain::Origin origin) {
  return origin == domain::Origin::kSeller ? "person" : domain::origin_name(origin);
}

// {"pattern": {"origin": "photo"}}
Json garment_origins(const style::Garment& garment) {
  Json origins = Json::object();
  for (std::size_t i = 0; i < garment.origins.size(); ++i) {
    const domain::Origin origin = garment.origins.at(i).origin;
    if (origin == domain::Origin::kNone) continue;
    origins[std::string(domain::kProperties.at(i))] = {{"origin", garment_origin(origin)}};
  }
  return origins;
}

Json garment_photos_json(const style::Garment& garment, std::string_view tenant) {
  Json photos = Json::array();
  const std::string query = tenant_query(tenant);
  for (const style::GarmentPhoto& photo : garment.photos) {
    const std::string address = fit::format("/api/v1/wardrobe/{}/photos/{}", garment.id.str(), photo.asset);
    photos.push_back({{"asset_id", std::to_string(photo.asset)},
                      {"image_url", address + query},
                      {"thumbnail_url", address + "/thumbnail" + query}});
  }
  return photos;
}

// Sets a property as the person states it: null for nothing, an empty text for none.
void state_property(JsonReader& reader, style::GarmentFields& fields, const std::string& name,
                    const Json& value) {
  const auto property = domain::property_index(name);
  if (!property) {
    reader.fail("properties." + name, "is not a property");
  } else if (value.is_null()) {
    fields.stated.at(*property).clear();
  } else if (!value.is_string()) {
    reader.fail("properties." + name, "must be text");
  } else {
    const std::string text = value.get<std::string>();
    fields.stated.at(*property) = text.empty() ? std::string(style::kNoValue) : text;
  }
}

void state_properties(JsonReader& reader, const Json& body, style::GarmentFields& fields) {
  if (!body.contains("properties")) return;
  const Json* const given = reader.find("properties");
  if (given == nullptr) {
    fields.stated = {};
  } else if (!given->is_object()) {
    reader.fail("properties", "must be an object");
  } else {
    for (const auto& [name, value] : given->items()) state_property(reader, fields, name, value);
  }
}

void state_price(JsonReader& reader, const Json& body, style::GarmentFields& fields) {
  if (!body.contains("price")) return;
  fields.price.reset();
  const Json* const price = reader.find("price");
  if (price == nullptr) return;
  if (price->is_number()) {
    fields.price = price->get<double>();
  } else {
    reader.fail("price", "must be a number");
  }
}

void state_cutout(JsonReader& reader, const Json& body, style::GarmentFields& fields) {
  if (!body.contains("cutout")) return;
  const Json* const cutout = reader.find("cutout");
  if (cutout == nullptr || cutout->is_boolean()) {
    fields.cutout = cutout != nullptr && cutout->get<bool>();
  } else {
    reader.fail("cutout", "must be true or false");
  }
}

}  // namespace

Json garment_json(const style::Garment& garment, std::string_view tenant, GarmentMembers members) {
  const style::GarmentFields& fields = garment.fields;
  Json json{{"id", garment.id.str()},
            {"name", said_or_null(fields.name)},
            {"brand", said_or_null(fields.brand)},
            {"size", said_or_null(fields.size)},
            {"price", fields.price ? Json(*fields.price) : Json(nullptr)},
            {"currency", said_or_null(fields.currency)},
            {"bought_on", said_or_null(fields.bought_on)},
            {"state", style::to_string(fields.state)},
            {"tags", fields.tags},
            {"care", said_or_null(fields.care)},
            {"notes", said_or_null(fields.notes)},
            {"slot", garment.slot ? Json(style::to_string(*garment.slot)) : Json(nullptr)},
            {"properties", domain::properties_json(garment.properties)},
            {"property_origins", garment_origins(garment)},
            {"photos", garment_photos_json(garment, tenant)},
            {"cutout", fields.cutout},
            {"wears", garment.wears},
            {"last_worn_on", said_or_null(garment.last_worn_on)},
            {"cost_per_wear", amount_or_null(garment.cost_per_wear())},
            {"item_id", garment.item ? Json(garment.item->str()) : Json(nullptr)},
            {"created_at", to_rfc3339(garment.created_at)},
            {"updated_at", to_rfc3339(garment.updated_at)}};
  if (members == GarmentMembers::kAll) json["worn_on"] = garment.worn_on;
  return json;
}

Json wardrobe_summary_json(const style::WardrobeSummary& summary) {
  Json costs = Json::object();
  for (const auto& [currency, cost] : summary.costs) {
    std::optional<double> per_wear;
    if (cost.wears > 0) per_wear = cost.price / static_cast<double>(cost.wears);
    costs[currency] = {{"garments", cost.garments},
                       {"price", amount_or_null(cost.price)},
                       {"wears", cost.wears},
                       {"cost_per_wear", amount_or_null(per_wear)}};
  }
  Json ids = Json::array();
  for (const style::GarmentId id : summary.never_worn) {
    if (ids.size() == kMaxShownGarments) break;
    ids.push_back(id.str());
  }
  return {{"garments", summary.garments},    {"wears", summary.wears},
          {"slots", summary.slots},          {"categories", summary.categories},
          {"colors", summary.colors},        {"states", summary.states},
          {"costs", std::move(costs)},       {"never_worn", summary.never_worn.size()},
          {"never_worn_ids", std::move(ids)}};
}

Result<style::GarmentFields> apply_garment(style::GarmentFields fields, const Json& body,
                                           const ontology::Ontology& ontology) {
  JsonReader reader(body);
  const auto text = [&](const char* key, std::string& field) {
    if (body.contains(key)) field = reader.optional_text(key);
  };
  text("name", fields.name);
  text("brand", fields.brand);
  text("size", fields.size);
  state_price(reader, body, fields);
  text("currency", fields.currency);
  text("bought_on", fields.bought_on);
  text("notes", fields.notes);
  text("care", fields.care);
  if (body.contains("tags")) fields.tags = reader.optional_texts("tags");
  std::string state;
  text("state", state);
  state_properties(reader, body, fields);
  state_cutout(reader, body, fields);
  reader.find(kAssetIds);
  reader.find(kImageBase64);
  FIT_CHECK(reader.finish());
  if (!state.empty()) {
    FIT_TRY(fields.state, style::parse_garment_state(state));
  }
  return style::check_garment(std::move(fields), ontology);
}

Result<GarmentPhotosGiven> photos_given(const Json& body, std::size_t max_image_bytes) {
  JsonReader reader(body);
  GarmentPhotosGiven given;
  const bool has_assets = body.contains(kAssetIds);
  const std::vector<std::string> ids = reader.optional_texts(kAssetIds);
  const std::string image = reader.optional_text(kImageBase64);
  FIT_CHECK(reader.result());
  if (ids.size() > style::kMaxGarmentPhotos) {
    return invalid(kAssetIds, fit::format("must not be more than {}", style::kMaxGarmentPhotos));
  }
  if (has_assets) given.assets.emplace();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    FIT_TRY(const std::int64_t id, parse_id(fit::format("{}[{}]", kAssetIds, i), ids[i]));
    given.assets->push_back(id);
  }
  if (!image.empty()) {
    FIT_TRY(given.image, decode_base64(kImageBase64, image, max_image_bytes));
  }
  return given;
}

}  // namespace fit::http
