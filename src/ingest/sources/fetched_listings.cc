#include "ingest/sources/fetched_listings.h"

#include <utility>

#include "base/format.h"
#include "base/text.h"
#include "catalog/text_rules.h"
#include "ingest/import/cell_values.h"
#include "ingest/import/item_draft.h"

namespace fit::ingest {
namespace {

// The names of an item's fields that have a value.
std::vector<std::string> filled_fields(const catalog::ItemInput& item) {
  std::vector<std::string> fields;
  for (const char* name : {"title", "description", "brand", "currency", "size", "url"}) {
    if (!catalog::find_text(item.listing, name)->empty()) fields.emplace_back(name);
  }
  if (item.listing.price) fields.emplace_back("price");
  if (item.listing.listed_at) fields.emplace_back("listed_at");
  if (item.listing.status != "active") fields.emplace_back("status");
  for (std::size_t i = 0; i < item.listing.properties.size(); ++i) {
    if (!item.listing.properties[i].empty()) fields.emplace_back(domain::kProperties[i]);
  }
  if (!item.images.empty()) fields.emplace_back("images");
  return fields;
}

bool is_status_role(Role role) {
  return role == Role::kInStock || role == Role::kSold || role == Role::kReserved || role == Role::kHidden ||
         role == Role::kPublished;
}

// The address of an image. Empty: it is none that can be fetched.
std::string image_address(const std::string& location, const net::Url& base) {
  std::string_view reference = location;
  const std::string folder = ListingMaker::feed_folder().string() + "/";
  if (reference.starts_with(folder)) reference.remove_prefix(folder.size());
  const auto url = net::resolve_url(base, reference);
  return url ? url->text() : std::string();
}

}  // namespace

ListingMaker::ListingMaker(const OpenSource& options)
    : name_(options.name), currency_(options.settings.currency), max_image_bytes_(options.max_image_bytes) {}

void ListingMaker::tidy(FetchedListing& fetched, const std::optional<net::Url>& base) const {
  domain::Listing& listing = fetched.item.listing;
  listing.source = name_;
  // Shops state 0 where they have no price; a garment that costs nothing is none of a shop's.
  if (listing.price && *listing.price <= 0) {
    listing.price.reset();
    warn(fetched.warnings, "price", "is 0; left empty", "0");
    fetched.origins.erase("price");
  }
  if (listing.price && listing.currency.empty() && !currency_.empty()) {
    listing.currency = currency_;
    fetched.origins["currency"] = "settings";
  }
  if (!base) return;
  std::vector<catalog::ImageSource> images;
  for (catalog::ImageSource& image : fetched.item.images) {
    if (!image.location.empty() && !catalog::is_http_url(image.location)) {
      std::string address = image_address(image.location, *base);
      if (address.empty()) {
        warn(fetched.warnings, "images", "is no http or https address; left out", image.location);
        continue;
      }
      image.location = std::move(address);
    }
    images.push_back(std::move(image));
  }
  fetched.item.images = std::move(images);
}

void ListingMaker::add_row(ImportRow row, const std::string& read_as, const std::optional<net::Url>& base,
                           FetchPage& page) const {
  if (!row.item || row.item->listing.external_id.empty()) {
    const Error error = row.item ? invalid("external_id", "is missing") : row.item.error();
    page.failures.push_back({FetchProblem::kUnreadable,
                             fit::format("line {}", row.line),
                             error.field.empty() ? error.message : error.field + " " + error.message,
                             {}});
    return;
  }
  FetchedListing listing{.item = *std::move(row.item), .warnings = std::move(row.warnings)};
  for (std::string& field : filled_fields(listing.item)) listing.origins.emplace(std::move(field), read_as);
  tidy(listing, base);
  page.listings.push_back(std::move(listing));
}

bool ListingMaker::add_object(const Json& object, const net::Url& base, FetchPage& page) const {
  const auto fail = [&](std::string message) {
    page.failures.push_back({FetchProblem::kUnreadable, base.text(), std::move(message), {}});
    return false;
  };
  if (!object.is_object()) return fail("has a listing that is no object");
  const auto names = ColumnNames::make(marketplace_shape(), {});
  if (!names) return fail(names.error().message);
  ItemDraft draft(ItemDraft::Place{});
  Origins origins;
  for (const auto& [name, value] : object.items()) {
    const auto column = names->find(normal_name(name));
    if (!column || column->role == Role::kIgnored || value.is_null()) continue;
    draft.add_json(*column, value, max_image_bytes_);
    origins.try_emplace(column->field.empty() && is_status_role(column->role) ? "status" : column->field,
                        name);
  }
  SourceContext context;
  context.source = name_;
  context.folder = feed_folder();
  ImportRow row = std::move(draft).finish(context);
  if (!row.item) return fail(row.item.error().message);
  if (row.item->listing.external_id.empty()) return fail("has a listing without an id");
  FetchedListing listing{.item = *std::move(row.item), .warnings = std::move(row.warnings)};
  for (std::string& field : filled_fields(listing.item)) {
    const auto known = origins.find(field);
    std::string origin = known == origins.end()
                             ? std::string(object.contains("options") ? "options" : "other members")
                             : known->second;
    listing.origins.emplace(std::move(field), std::move(origin));
  }
  listing.page_url = listing.item.listing.url;
  tidy(listing, base);
  page.listings.push_back(std::move(listing));
  return true;
}

FetchedListing ListingMaker::of_page(PageListing shown, const std::string& page_url) const {
  FetchedListing listing{.item = std::move(shown.item), .warnings = std::move(shown.warnings)};
  for (FieldOrigin& one : shown.origins)
    listing.origins.emplace(std::move(one.field), std::string(to_string(one.origin)));
  listing.page_url = page_url;
  tidy(listing, net::parse_url(page_url));
  return listing;
}

}  // namespace fit::ingest
