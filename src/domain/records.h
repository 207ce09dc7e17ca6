#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "domain/properties.h"
#include "domain/property_origin.h"

namespace fit::domain {

// Whether a listing can still be bought. "active" answers searches by default.
inline constexpr std::array<std::string_view, 4> kStatuses = {"active", "reserved", "sold", "hidden"};

// What a listing says. Texts are UTF-8 without NUL; empty means not given, which source and external_id must
// not be.
struct Listing {
  std::string source;       // where it comes from: "depop", "my-shop"; with external_id the unique key
  std::string external_id;  // the source's own id; each of the two at most 1,000 bytes
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

// A vector of one image in one space.
struct SpaceVector {
  std::int64_t space_id = 0;
  std::vector<float> values;  // the space's dimensions, L2 norm 1
};

// What is known of an image, apart from its vectors.
struct ImageFields {
  std::string location;  // http(s) URL, absolute path, or "stored:<name>" under STORAGE_PATH/images
  std::string sha256;    // of the file's bytes, 64 hex digits; also names its thumbnail
  std::string format;    // "jpeg", "png", ...
  int width = 0;
  int height = 0;
  std::uint64_t perceptual_hash = 0;

  friend bool operator==(const ImageFields&, const ImageFields&) = default;
};

struct ImageWrite : ImageFields {
  std::vector<SpaceVector> vectors;  // may be empty: filled in later
};

struct ItemWrite {
  Listing listing;
  PropertyOrigins origins{};       // of listing.properties; kNone beside a value: the seller gave it
  std::string content_hash;        // of the input row and its images; equal means nothing to do
  std::vector<ImageWrite> images;  // in order; the first is the main one
};

struct ImageRecord : ImageFields {
  ImageId id;
  ItemId item;
  int position = 0;  // 0 first
};

struct ItemRecord {
  ItemId id;
  Listing listing;
  PropertyOrigins origins;  // of listing.properties; kNone where there is no value
  std::string content_hash;
  Timestamp created_at;
  Timestamp updated_at;
  std::vector<ImageRecord> images;  // in order
};

// An item as another store holds it, to be kept under its own ids and times.
struct ItemCopy {
  struct Vector {
    ImageId image;  // one of the record's
    SpaceVector vector;
  };
  ItemRecord record;
  std::vector<Vector> vectors;  // of the spaces of the store that it is written to
};

// The columns that filters look at.
struct FilterColumns {
  ItemId id;
  std::string source;
  std::string brand;
  std::string size;
  std::string status;
  std::optional<double> price;
  std::optional<Timestamp> listed_at;
  Properties properties;
};

// New properties for an item, made from what it was at `updated_at`.
struct PropertiesWrite {
  ItemId item;
  Timestamp updated_at;
  Properties properties;
  PropertyOrigins origins;  // kNone beside a value: the seller gave it
};

struct ItemKey {
  std::string source;
  std::string external_id;
};

}  // namespace fit::domain
