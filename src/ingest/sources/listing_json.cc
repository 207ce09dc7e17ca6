#include "ingest/sources/listing_json.h"

#include "base/base64.h"
#include "base/clock.h"
#include "domain/properties_json.h"

namespace fit::ingest {
namespace {

Json listing_fields(const domain::Listing& listing) {
  Json fields{{"source", listing.source}, {"external_id", listing.external_id}};
  const std::pair<const char*, const std::string*> texts[] = {
      {"title", &listing.title}, {"description", &listing.description},
      {"brand", &listing.brand}, {"size", &listing.size},
      {"url", &listing.url},     {"status", &listing.status}};
  for (const auto& [name, text] : texts) {
    if (!text->empty()) fields[name] = *text;
  }
  if (listing.price) fields["price"] = *listing.price;
  if (!listing.currency.empty()) fields["currency"] = listing.currency;
  if (listing.listed_at) fields["listed_at"] = to_rfc3339(*listing.listed_at);
  fields["properties"] = domain::properties_json(listing.properties);
  return fields;
}

}  // namespace

Json input_json(const catalog::ItemInput& input) {
  Json json = listing_fields(input.listing);
  Json images = Json::array();
  for (const catalog::ImageSource& image : input.images) {
    images.push_back(image.bytes.empty() ? Json(image.location)
                                         : Json{{"image_base64", encode_base64(image.bytes)}});
  }
  json["images"] = std::move(images);
  return json;
}

Json listing_preview_json(const FetchedListing& listing) {
  Json json = listing_fields(listing.item.listing);
  Json images = Json::array();
  for (const catalog::ImageSource& image : listing.item.images) {
    if (!image.location.empty()) images.push_back(image.location);
  }
  json["images"] = std::move(images);
  json["origins"] = listing.origins;
  Json warnings = Json::array();
  for (const Warning& warning : listing.warnings) {
    warnings.push_back({{"field", warning.field}, {"reason", warning.reason}, {"value", warning.value}});
  }
  json["warnings"] = std::move(warnings);
  return json;
}

}  // namespace fit::ingest
