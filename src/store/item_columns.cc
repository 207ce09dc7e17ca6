#include "store/item_columns.h"

#include <algorithm>
#include <bit>

namespace fit::store {
namespace {

std::string property_columns() {
  std::string columns;
  for (const auto property : domain::kProperties) {
    if (!columns.empty()) columns += ", ";
    columns += property;
  }
  return columns;
}

}  // namespace

const std::string& filter_column_list() {
  static const std::string columns =
      "id, source, brand, size, status, price, listed_at, currency, " + property_columns();
  return columns;
}

const std::string& item_columns() {
  static const std::string columns = "id, source, external_id, brand, size, status, price, listed_at, " +
                                     property_columns() +
                                     ", currency, created_at, updated_at, content_hash, url, title, "
                                     "description, property_origins, origins_at, listed_status";
  return columns;
}

std::array<sql::SqlValue, kItemValues> item_values(const domain::Listing& listing, const ItemRow& row) {
  std::array<sql::SqlValue, kItemValues> values;
  auto* next = values.data();
  *next++ = listing.source;
  *next++ = listing.external_id;
  *next++ = listing.brand;
  *next++ = listing.size;
  *next++ = row.listed_status.empty() ? std::string_view(listing.status) : domain::kFlaggedStatus;
  *next++ = sql::nullable(listing.price);
  *next++ =
      listing.listed_at ? sql::SqlValue(listing.listed_at->time_since_epoch().count()) : sql::SqlValue();
  for (const std::string& property : listing.properties) *next++ = property;
  *next++ = listing.currency;
  *next++ = row.created_at.time_since_epoch().count();
  *next++ = row.updated_at.time_since_epoch().count();
  *next++ = row.content_hash;
  *next++ = listing.url;
  *next++ = listing.title;
  *next++ = listing.description;
  *next++ = row.origins;
  *next++ = row.updated_at.time_since_epoch().count();
  *next++ = row.listed_status;
  return values;
}

const std::string& image_columns() {
  static const std::string columns =
      "id, item_id, position, width, height, perceptual_hash, format, sha256, location";
  return columns;
}

std::array<sql::SqlValue, kImageValues> image_values(ItemId item, std::int64_t position,
                                                     const domain::ImageFields& image) {
  return {item.value,
          position,
          image.width,
          image.height,
          std::bit_cast<std::int64_t>(image.perceptual_hash),
          image.format,
          image.sha256,
          image.location};
}

std::string without_id(const std::string& columns) {
  return columns.substr(std::string_view("id, ").size());
}

Timestamp later_than(Timestamp present, Timestamp time) {
  return std::max(time, present + std::chrono::microseconds(1));
}

std::string numbered_placeholders(std::size_t count) {
  std::string text;
  for (std::size_t i = 1; i <= count; ++i) text += (i == 1 ? "$" : ", $") + std::to_string(i);
  return text;
}

}  // namespace fit::store
