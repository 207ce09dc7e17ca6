#include "ingest/imports/former_item.h"

#include "base/json.h"
#include "domain/properties_json.h"

namespace fit::ingest {
namespace {

Json image_json(const domain::ImageFields& image) {
  return {{"location", image.location}, {"sha256", image.sha256},
          {"format", image.format},     {"width", image.width},
          {"height", image.height},     {"hash", std::to_string(image.perceptual_hash)}};
}

Result<domain::ImageWrite> image_of(const Json& json) {
  domain::ImageWrite image;
  image.location = json_text(json, "location");
  image.sha256 = json_text(json, "sha256");
  image.format = json_text(json, "format");
  image.width = static_cast<int>(json_number(json, "width", 0));
  image.height = static_cast<int>(json_number(json, "height", 0));
  for (const char digit : json_text(json, "hash")) {
    image.perceptual_hash = image.perceptual_hash * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  return image;
}

}  // namespace

std::string former_item_json(const domain::ItemRecord& item) {
  const domain::Listing& listing = item.listing;
  Json images = Json::array();
  for (const domain::ImageRecord& image : item.images) images.push_back(image_json(image));
  Json json = {{"source", listing.source},
               {"external_id", listing.external_id},
               {"title", listing.title},
               {"description", listing.description},
               {"brand", listing.brand},
               {"price", nullptr},
               {"currency", listing.currency},
               {"size", listing.size},
               {"url", listing.url},
               {"status", item.sellers_status()},
               {"listed_at", nullptr},
               {"properties", domain::properties_json(listing.properties)},
               {"origins", domain::encode_origins(item.origins)},
               {"content_hash", item.content_hash},
               {"images", std::move(images)}};
  if (listing.price) json["price"] = *listing.price;
  if (listing.listed_at) json["listed_at"] = listing.listed_at->time_since_epoch().count();
  return dump_json(json);
}

Result<domain::ItemWrite> former_item_write(std::string_view text) {
  FIT_TRY(const Json json, parse_json("former", text));
  if (!json.is_object()) return internal("the former state of an item cannot be read", std::string(text));
  domain::ItemWrite write;
  domain::Listing& listing = write.listing;
  listing.source = json_text(json, "source");
  listing.external_id = json_text(json, "external_id");
  listing.title = json_text(json, "title");
  listing.description = json_text(json, "description");
  listing.brand = json_text(json, "brand");
  const auto price = json.find("price");
  if (price != json.end() && price->is_number()) listing.price = price->get<double>();
  listing.currency = json_text(json, "currency");
  listing.size = json_text(json, "size");
  listing.url = json_text(json, "url");
  listing.status = json_text(json, "status");
  const auto listed = json.find("listed_at");
  if (listed != json.end() && listed->is_number_integer())
    listing.listed_at = Timestamp(std::chrono::microseconds(listed->get<std::int64_t>()));
  const auto properties = json.find("properties");
  if (properties != json.end() && properties->is_object()) {
    for (const auto& [name, value] : properties->items()) {
      const auto index = domain::property_index(name);
      if (index && value.is_string()) listing.properties.at(*index) = value.get<std::string>();
    }
  }
  write.origins = domain::decode_origins(json_text(json, "origins"));
  write.content_hash = json_text(json, "content_hash");
  const auto images = json.find("images");
  if (images != json.end() && images->is_array()) {
    for (const Json& one : *images) {
      FIT_TRY(domain::ImageWrite image, image_of(one));
      write.images.push_back(std::move(image));
    }
  }
  return write;
}

}  // namespace fit::ingest
