#include "catalog/item_patch.h"

#include <algorithm>

#include "base/clock.h"
#include "base/hash.h"
#include "catalog/edits.h"
#include "domain/properties_json.h"

namespace fit::catalog {
namespace {

// Moves properties at the top level to "properties". A "properties" that is not an object is left to
// parse_item(), which rejects it.
Json with_nested_properties(Json patch) {
  if (patch.contains("properties") && !patch["properties"].is_object()) return patch;
  for (const std::string_view property : domain::kProperties) {
    const std::string name(property);
    if (!patch.contains(name)) continue;
    patch["properties"][name] = std::move(patch[name]);
    patch.erase(name);
  }
  return patch;
}

// The non-empty fields of a listing, in the form of parse_item().
Json fields_of(const domain::Listing& listing) {
  Json fields{{"title", listing.title},   {"description", listing.description},
              {"brand", listing.brand},   {"currency", listing.currency},
              {"size", listing.size},     {"url", listing.url},
              {"status", listing.status}, {"properties", domain::properties_json(listing.properties)}};
  if (listing.price) fields["price"] = *listing.price;
  if (listing.listed_at) fields["listed_at"] = to_rfc3339(*listing.listed_at);
  for (auto field = fields.begin(); field != fields.end();) {
    field = *field == Json("") ? fields.erase(field) : std::next(field);
  }
  return fields;
}

bool is_same(const ImageSource& given, const domain::ImageRecord& stored) {
  return given.bytes.empty() ? given.location == stored.location : sha256_hex(given.bytes) == stored.sha256;
}

}  // namespace

Json seller_fields(const domain::ItemRecord& item) {
  domain::Listing listing = item.listing;
  listing.status = item.sellers_status();
  for (std::size_t i = 0; i < listing.properties.size(); ++i) {
    if (item.origins[i].origin != domain::Origin::kSeller) listing.properties[i].clear();
  }
  return fields_of(listing);
}

Result<ItemInput> apply_patch(const domain::ItemRecord& item, const Json& patch,
                              std::size_t max_image_bytes) {
  if (!patch.is_object()) return malformed("body", "is not a JSON object");
  const Json before = seller_fields(item);
  Json fields = before;
  fields.merge_patch(with_nested_properties(patch));
  FIT_TRY(ItemInput input, parse_item(fields, max_image_bytes));
  input.edits = edits_after_patch(item.content_hash, before, fields_of(input.listing), !input.images.empty());
  return input;
}

Edits edits_after_put(const domain::ItemRecord& item, const ItemInput& input, std::string_view hash) {
  const bool has_other_images =
      !input.images.empty() && !std::ranges::equal(input.images, item.images, is_same);
  Edits edits =
      edits_after_patch(item.content_hash, seller_fields(item), fields_of(input.listing), has_other_images);
  return edits.imported == hash ? Edits{} : edits;
}

}  // namespace fit::catalog
