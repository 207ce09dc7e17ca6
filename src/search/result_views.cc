#include "search/result_views.h"

#include <array>
#include <cmath>

#include "domain/garment_size.h"
#include "domain/properties_json.h"
#include "ontology/merge.h"
#include "search/deep_links.h"

namespace fit::search {
namespace {

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json price_or_null(const std::optional<double>& price) {
  return price ? Json(*price) : Json(nullptr);
}

double rounded(double value, double steps) {
  return std::round(value * steps) / steps;
}

// {"material": {"origin": "text", "confidence": 0.81}}
Json property_origins(const domain::ItemRecord& item) {
  Json origins = Json::object();
  for (std::size_t i = 0; i < item.origins.size(); ++i) {
    const auto& [origin, confidence] = item.origins[i];
    if (origin == domain::Origin::kNone) continue;
    origins[std::string(domain::kProperties[i])] = {{"origin", domain::origin_name(origin)},
                                                    {"confidence", rounded(confidence, 1e3)}};
  }
  return origins;
}

// The most probable value of each property, a gender only where it would be stored.
Json predicted_properties(const embed::PropertyPredictions& predictions) {
  const float gender_least = ontology::photo_least(domain::kGender);
  Json properties = Json::object();
  for (const embed::PropertyPrediction& one : predictions) {
    if (one.values.empty()) continue;
    const embed::PropertyPrediction::Value& best = one.values.front();
    if (one.property == domain::kProperties[domain::kGender] && best.confidence < gender_least) continue;
    properties[one.property] = {{"value", best.value}, {"confidence", rounded(best.confidence, 1e3)}};
  }
  return properties;
}

// {"text", "price_range", "price_currency", "properties": {"primary_color": "red", "pattern": {"not":
// ["striped"]}},
//  "denied_brands": ["nike"], "denied_words": ["tassels"], "given_up": {"primary_color": ["red"]},
//  "corrected":
//  [{"from": "addidas", "to": "adidas"}], "suggested": [{"from": "kleid", "to": "klein"}]}
Json parsed_text(const ParsedText& parsed, const std::vector<GivenUp>& given_up) {
  Json body;
  body["text"] = parsed.text;
  if (parsed.min_price || parsed.max_price) {
    body["price_range"] = {price_or_null(parsed.min_price), price_or_null(parsed.max_price)};
    if (!parsed.price_currency.empty()) body["price_currency"] = parsed.price_currency;
  }
  Json properties = Json::object();
  for (const SoftProperty& one : parsed.properties) {
    if (one.wanted) properties[std::string(domain::kProperties[one.property])] = one.value;
  }
  for (const SoftProperty& one : parsed.properties) {
    if (one.wanted) continue;
    Json& said = properties[std::string(domain::kProperties[one.property])];
    if (said.is_string()) said = {{"any", said}};
    said["not"].push_back(one.value);
  }
  body["properties"] = std::move(properties);
  if (!parsed.denied_brands.empty()) body["denied_brands"] = parsed.denied_brands;
  if (!parsed.denied_words.empty()) body["denied_words"] = parsed.denied_words;
  for (const auto& [property, value] : given_up) {
    body["given_up"][std::string(domain::kProperties[property])].push_back(value);
  }
  for (const store::WordCorrection& one : parsed.corrected) {
    body["corrected"].push_back({{"from", one.from}, {"to", one.to}});
  }
  for (const store::WordCorrection& one : parsed.suggested) {
    body["suggested"].push_back({{"from", one.from}, {"to", one.to}});
  }
  return body;
}

Json explanation(const Hit& hit) {
  Json parts = Json::object();
  for (const auto& [name, score] : hit.parts) parts[name] = rounded(score, 1e6);
  return {{"score", rounded(hit.score, 1e6)}, {"parts", std::move(parts)}};
}

// {"brand": {"values": [{"value", "count"}], "others", "missing"}, "price": {"currency", "min", "max",
// "histogram", "missing"}}; "currency" where prices were converted to one.
Json facet_counts(const SearchResults& found) {
  Json counts = Json::object();
  for (const domain::Facet& facet : found.facets) {
    Json& one = counts[facet.name];
    if (facet.name == "price") {
      if (found.price_unit) one["currency"] = found.price_unit->currency;
      one["min"] = price_or_null(facet.lowest);
      one["max"] = price_or_null(facet.highest);
      one["histogram"] = Json::array();
      for (const auto& [from, to, count] : facet.histogram) {
        one["histogram"].push_back({{"from", from}, {"to", to}, {"count", count}});
      }
    } else {
      one["values"] = Json::array();
      for (const auto& [value, count] : facet.values) {
        Json& counted = one["values"].emplace_back(Json{{"value", value}, {"count", count}});
        const auto size = facet.name == "size" ? domain::read_size(value) : std::nullopt;
        if (size) counted["system"] = domain::name_of(size->system);
      }
      one["others"] = facet.others;
    }
    one["missing"] = facet.missing;
  }
  return counts;
}

enum class Members : std::uint8_t { kOfResults, kOfItems };

// The members that results and items have in common, first of all. Items have a description among them.
Json listing_members(const domain::ItemRecord& item, Members members) {
  const domain::Listing& listing = item.listing;
  Json body;
  body["id"] = item.id.str();
  body["source"] = listing.source;
  body["external_id"] = listing.external_id;
  body["title"] = listing.title;
  if (members == Members::kOfItems) body["description"] = text_or_null(listing.description);
  body["brand"] = text_or_null(listing.brand);
  body["price"] = price_or_null(listing.price);
  body["currency"] = text_or_null(listing.currency);
  body["size"] = text_or_null(listing.size);
  body["url"] = text_or_null(listing.url);
  return body;
}

}  // namespace

Json box_json(const media::Box& box) {
  return {{"left", rounded(box.left, 1e6)},
          {"top", rounded(box.top, 1e6)},
          {"right", rounded(box.right, 1e6)},
          {"bottom", rounded(box.bottom, 1e6)}};
}

Json detection_json(const embed::Detection& detection) {
  Json garments = Json::array();
  for (const embed::DetectedGarment& one : detection.garments) {
    garments.push_back({{"index", garments.size()},
                        {"box", box_json(one.box)},
                        {"category", one.category},
                        {"confidence", rounded(one.confidence, 1e3)}});
  }
  return {{"width", detection.width}, {"height", detection.height}, {"garments", std::move(garments)}};
}

ResultViews::ResultViews(std::string cdn_base_url) : base_url_(std::move(cdn_base_url)) {
  while (base_url_.ends_with('/')) base_url_.pop_back();
}

ResultViews ResultViews::of_tenant(std::string_view tenant) const {
  ResultViews views = *this;
  // A tenant's name needs no encoding.
  views.query_ = tenant == "default" ? "" : "?tenant=" + std::string(tenant);
  return views;
}

Json ResultViews::search_results(const SearchResults& found, double took_ms) const {
  Json results = Json::array();
  for (const Hit& one : found.hits) results.push_back(result(one));
  Json body;
  body["results"] = std::move(results);
  body["took_ms"] = rounded(took_ms, 1e3);
  body["embedding_provider"] = found.space;
  if (found.searched_box) body["searched_box"] = box_json(*found.searched_box);
  if (!found.next_cursor.empty()) body["next_cursor"] = found.next_cursor;
  if (found.sorted)
    body["sorted"] = {{"count", found.sorted->count}, {"complete", found.sorted->is_complete}};
  if (found.parsed_text) body["read_as"] = parsed_text(*found.parsed_text, found.given_up);
  if (!found.reason.empty()) body["reason"] = found.reason;
  if (!found.facets.empty()) body["facets"] = facet_counts(found);
  if (!found.predicted.empty()) body["predicted_properties"] = predicted_properties(found.predicted);
  return body;
}

Json ResultViews::items(const SearchResults& found) const {
  Json list = Json::array();
  for (const Hit& one : found.hits) list.push_back(item(one.item));
  Json body;
  body["items"] = std::move(list);
  if (!found.next_cursor.empty()) body["next_cursor"] = found.next_cursor;
  if (!found.reason.empty()) body["reason"] = found.reason;
  if (!found.facets.empty()) body["facets"] = facet_counts(found);
  return body;
}

Json ResultViews::result(const Hit& hit) const {
  const domain::Listing& listing = hit.item.listing;
  Json image_address = nullptr;
  for (const domain::ImageRecord& image : hit.item.images) {
    if (image.id == hit.best_image) image_address = image_url(image);
  }
  Json body = listing_members(hit.item, Members::kOfResults);
  body["image_url"] = std::move(image_address);
  body["images"] = images(hit.item);
  body["deep_link"] = text_or_null(deep_link(listing));
  body["similarity"] = std::isnan(hit.similarity) ? Json(nullptr) : Json(rounded(hit.similarity, 1e6));
  if (hit.relevance) body["relevance"] = rounded(*hit.relevance, 1e3);
  if (hit.is_same_image) body["same_image"] = true;
  body["properties"] = domain::properties_json(listing.properties);
  if (!hit.parts.empty()) body["explain"] = explanation(hit);
  return body;
}

Json ResultViews::item(const domain::ItemRecord& item) const {
  const domain::Listing& listing = item.listing;
  Json body = listing_members(item, Members::kOfItems);
  body["status"] = listing.status;
  body["listed_at"] = listing.listed_at ? Json(to_rfc3339(*listing.listed_at)) : Json(nullptr);
  body["images"] = images(item);
  body["deep_link"] = text_or_null(deep_link(listing));
  body["properties"] = domain::properties_json(listing.properties);
  body["property_origins"] = property_origins(item);
  body["created_at"] = to_rfc3339(item.created_at);
  body["updated_at"] = to_rfc3339(item.updated_at);
  return body;
}

std::span<const std::string_view> ResultViews::field_names() {
  static constexpr auto kNames = std::to_array<std::string_view>(
      {"id",         "source",     "external_id", "title",     "description", "brand",     "price",
       "currency",   "size",       "url",         "image_url", "images",      "deep_link", "similarity",
       "relevance",  "same_image", "properties",  "explain",   "status",      "listed_at", "property_origins",
       "created_at", "updated_at", "tenant"});
  return kNames;
}

Json ResultViews::images(const domain::ItemRecord& item) const {
  Json list = Json::array();
  for (const domain::ImageRecord& image : item.images) {
    list.push_back({{"id", image.id.str()},
                    {"url", image_url(image)},
                    {"thumbnail_url", thumbnail_url(image.id)},
                    {"width", image.width},
                    {"height", image.height}});
  }
  return list;
}

std::string ResultViews::image_url(const domain::ImageRecord& image) const {
  if (image.location.starts_with("http://") || image.location.starts_with("https://")) return image.location;
  return base_url_ + "/images/" + image.id.str() + query_;
}

std::string ResultViews::thumbnail_url(ImageId image) const {
  return base_url_ + "/images/" + image.str() + "/thumbnail" + query_;
}

}  // namespace fit::search
