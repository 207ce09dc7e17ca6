#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/result.h"

namespace fit::ingest {

using AssetId = Id<struct AssetTag>;

// How far the work on an asset is. A job exists for each asset that is queued or working.
enum class AssetState : std::uint8_t {
  kQueued,   // waits for a worker
  kWorking,  // a worker fetches or decodes it
  kDone,     // its facts are known
  kFailed,   // it cannot be used; Asset::failure says why
};

inline constexpr std::array<std::string_view, 4> kAssetStates = {"queued", "working", "done", "failed"};

std::string_view to_string(AssetState state);

// What a client says about a file. Checked by parse_asset_metadata().
struct AssetMetadata {
  std::string title = {};
  std::string source = {};       // with external_id the key of the item; empty: "upload"
  std::string external_id = {};  // empty: the SHA-256 of the file
  std::vector<std::string> tags = {};
  bool make_item = false;  // whether a catalogue item is made of the asset

  friend bool operator==(const AssetMetadata&, const AssetMetadata&) = default;
};

inline constexpr std::size_t kMaxTags = 50;
inline constexpr std::size_t kMaxTagBytes = 100;
inline constexpr std::size_t kMaxAssetNameBytes = 255;

// Reads the JSON object of a client strictly: title, source, external_id, tags, make_item; all may be
// missing. kInvalid naming "<path>.title" and so on for unknown members, wrong types, and texts that are too
// long or have control characters. `path` may be empty.
Result<AssetMetadata> parse_asset_metadata(const std::string& path, const Json& object);

// A stored file with what is known about it.
struct Asset {
  AssetId id = {};
  std::string sha256 = {};  // empty: not fetched yet, or same_as
  std::string media_type = {};
  std::int64_t size_bytes = 0;
  std::string name = {};  // the file name that the client gave; for display only
  std::string url = {};   // where it was fetched from; empty: it was sent
  AssetState state = AssetState::kQueued;
  AssetMetadata metadata = {};
  std::string owner = {};  // the id of the principal that sent it first
  int width = 0;           // pixels; 0: not known yet
  int height = 0;
  std::chrono::milliseconds duration{0};  // of a video
  std::string codec = {};                 // of a video: "h264", "vp9", ...
  bool has_sound = false;
  std::string poster = {};              // the SHA-256 of the frame that stands for a video
  std::uint64_t perceptual_hash = 0;    // of a video that of its poster
  Json properties = Json::object();     // of the garment, by name, as the models predict them
  int pipeline = 0;                     // the version of the work that made the facts; 0: none yet
  std::optional<ItemId> item = {};      // the item that was made of it
  std::optional<AssetId> same_as = {};  // the asset that has the same bytes, for a fetched file
  std::int64_t job = 0;                 // the latest job
  std::optional<Error> failure = {};    // of the last attempt
  Timestamp created_at = {};
  Timestamp updated_at = {};
  std::optional<Timestamp> finished_at = {};
};

// Whether the asset is a video. False before a file named by URL is fetched.
bool is_video(std::string_view media_type);
inline bool is_video(const Asset& asset) {
  return is_video(asset.media_type);
}

// The name of the asset's file in the store of originals; empty without a sha256.
std::string blob_name(const Asset& asset);

// The key of the item that an asset with this metadata and digest becomes: its source and external_id.
std::string item_source(const AssetMetadata& metadata);
std::string item_external_id(const AssetMetadata& metadata, const std::string& sha256);

// Reads a file name for display: the part after the last slash, cut to kMaxAssetNameBytes, without control
// characters. Invalid UTF-8 gives an empty name.
std::string display_name(std::string_view name);

}  // namespace fit::ingest
