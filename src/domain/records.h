#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "domain/properties.h"
#include "domain/property_origin.h"
#include "domain/vectors.h"

namespace fit::domain {

// The statuses of a listing. Searches return "active" items unless a filter names other statuses.
// "removed" is for listings that their source no longer has; the other statuses are the seller's word.
inline constexpr std::array<std::string_view, 5> kStatuses = {"active", "reserved", "sold", "hidden",
                                                              "removed"};

// The status of a stored item that waits for a review, because the content filter flagged one of its images.
// No listing can ask for it.
inline constexpr std::string_view kFlaggedStatus = "flagged";

// What a seller published about an item. Texts are UTF-8 without NUL. An empty text means that the value was
// not given; source and external_id are never empty.
struct Listing {
  std::string source;       // where the listing comes from: "depop", "my-shop"; at most 1,000 bytes
  std::string external_id;  // its id at the source, at most 1,000 bytes; unique within the source
  std::string title;
  std::string description;
  std::string brand;
  std::optional<double> price;  // in major units of `currency`, >= 0
  std::string currency;         // ISO 4217, upper case
  std::string size;
  std::string url;
  std::string status = "active";  // one of kStatuses
  std::optional<Timestamp> listed_at;
  Properties properties;
};

// A vector with the space that it belongs to.
struct SpaceVector {
  std::int64_t space_id = 0;
  std::vector<float> values;  // the space's dimensions, L2 norm 1
};

// An image without its ids and vectors.
struct ImageFields {
  std::string location;  // http(s) URL, absolute path, or "stored:<name>" under STORAGE_PATH/images
  std::string sha256;    // of the file's bytes, 64 hex digits; its thumbnail has the same name
  std::string format;    // "jpeg", "png", ...
  int width = 0;
  int height = 0;
  std::uint64_t perceptual_hash = 0;

  friend bool operator==(const ImageFields&, const ImageFields&) = default;
};

// An image that is stored with its item.
struct ImageWrite : ImageFields {
  std::vector<SpaceVector> vectors;  // may be empty: vectors can be added later
};

// One state of an item. Two states of an item never have the same version: updated_at grows with every write
// of the item, and an item that is removed and added again gets another id. Vectors are no part of the state.
// The default value stands for "there is no such item".
struct ItemVersion {
  ItemId id;
  Timestamp updated_at;

  friend bool operator==(const ItemVersion&, const ItemVersion&) = default;
};

// A write of an item.
struct ItemWrite {
  Listing listing;
  PropertyOrigins origins{};       // of listing.properties; kNone beside a value stands for kSeller
  std::string content_hash;        // of the input and its images; an equal hash means that nothing changed
  std::vector<ImageWrite> images;  // in order; the first is the main image
  // The version that the write was made from; the write is refused when the item has another one by now.
  // Nothing: the item is written whatever its version.
  std::optional<ItemVersion> expected_version = {};
};

// A stored image.
struct ImageRecord : ImageFields {
  ImageId id;
  ItemId item;
  int position = 0;  // among the item's images; the main image has 0
};

// A stored item.
struct ItemRecord {
  ItemId id;
  Listing listing;            // its status is kFlaggedStatus while the item waits for a review
  std::string listed_status;  // the seller's status of such an item; empty for others
  PropertyOrigins origins;    // of listing.properties; kNone where there is no value
  std::string content_hash;
  Timestamp created_at;
  Timestamp updated_at;
  std::vector<ImageRecord> images;  // in order

  // For ItemWrite::expected_version, and for an HTTP ETag.
  ItemVersion version() const { return {id, updated_at}; }
  const std::string& sellers_status() const { return listed_status.empty() ? listing.status : listed_status; }
};

// The price and the seller's status of an item from one time on.
struct ItemState {
  Timestamp since;
  std::optional<double> price;  // in major units of `currency`
  std::string currency;         // ISO 4217
  std::string status;           // one of kStatuses

  bool is_same(const ItemState& other) const {
    return price == other.price && currency == other.currency && status == other.status;
  }
};

// An item of another catalogue, which is stored with the ids and times that it has there.
struct ItemCopy {
  ItemRecord record;
  // As Items::stored_histories() gives it.
  std::vector<ItemState> history = {};
  // The vectors of its images, by the ids of spaces of images in the catalogue that it is written to.
  std::map<std::int64_t, std::vector<ImageVector>> vectors;
};

// The fields of an item that filters and facets read.
struct FilterColumns {
  ItemId id;
  std::string source;
  std::string brand;
  std::string size;
  std::string status;
  std::optional<double> price;
  std::string currency;  // the currency of the price
  std::optional<Timestamp> listed_at;
  Properties properties;
};

// New properties of an item, derived from one version of it.
struct PropertiesWrite {
  ItemVersion expected_version;
  Properties properties;
  PropertyOrigins origins;  // kNone beside a value stands for kSeller
};

// The unique key of an item.
struct ItemKey {
  std::string source;
  std::string external_id;
};

}  // namespace fit::domain
