#include "ingest/assets/asset.h"

#include <algorithm>

#include "base/format.h"
#include "base/json_reader.h"
#include "base/text.h"
#include "catalog/image_files.h"
#include "catalog/text_rules.h"
#include "media/video.h"

namespace fit::ingest {
namespace {

// The members that are fields of a listing, under the listing's rules.
constexpr std::array<std::string_view, 3> kListingFields = {"title", "source", "external_id"};

constexpr std::array kVideoFormats = {media::VideoFormat::kMp4, media::VideoFormat::kMov,
                                      media::VideoFormat::kWebm, media::VideoFormat::kMatroska};

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

Result<void> check_tag(const std::string& field, const std::string& tag) {
  if (tag.size() > kMaxTagBytes) return invalid(field, fit::format("is longer than {} bytes", kMaxTagBytes));
  if (!is_utf8(tag) || std::ranges::any_of(tag, is_control)) {
    return invalid(field, "must be a text without control characters");
  }
  return {};
}

}  // namespace

std::string_view to_string(AssetState state) {
  return kAssetStates.at(static_cast<std::size_t>(state));
}

Result<AssetMetadata> parse_asset_metadata(const std::string& path, const Json& object) {
  if (!object.is_object()) return invalid(path, "must be an object");
  JsonReader reader(object, path);
  domain::Listing listing;
  for (const std::string_view field : kListingFields) {
    const std::string text = reader.optional_text(std::string(field));
    if (!reader.ok()) break;
    if (auto set = catalog::set_text(listing, field, text); !set) {
      Error error = std::move(set).error();
      error.field = reader.path(error.field);
      return error;
    }
  }
  AssetMetadata metadata{.title = std::move(listing.title),
                         .source = std::move(listing.source),
                         .external_id = std::move(listing.external_id),
                         .tags = reader.optional_texts("tags"),
                         .make_item = false};
  if (reader.find("make_item") != nullptr) metadata.make_item = reader.flag("make_item");
  FIT_CHECK(reader.finish());
  if (metadata.tags.size() > kMaxTags) {
    return invalid(reader.path("tags"), fit::format("must not hold more than {} tags", kMaxTags));
  }
  for (std::size_t i = 0; i < metadata.tags.size(); ++i) {
    FIT_CHECK(check_tag(reader.path(fit::format("tags[{}]", i)), metadata.tags[i]));
  }
  return metadata;
}

bool is_video(std::string_view media_type) {
  return media_type.starts_with("video/");
}

std::string blob_name(const Asset& asset) {
  if (asset.sha256.empty()) return {};
  for (const media::VideoFormat format : kVideoFormats) {
    if (asset.media_type == media::mime_type(format)) {
      return catalog::original_name(asset.sha256, media::to_string(format));
    }
  }
  // Media types of images are "image/" and the name of a format.
  const std::string_view type = asset.media_type;
  return catalog::original_name(asset.sha256, type.substr(type.find('/') + 1));
}

std::string item_source(const AssetMetadata& metadata) {
  return metadata.source.empty() ? "upload" : metadata.source;
}

std::string item_external_id(const AssetMetadata& metadata, const std::string& sha256) {
  return metadata.external_id.empty() ? sha256 : metadata.external_id;
}

std::string display_name(std::string_view name) {
  name = name.substr(name.find_last_of("/\\") + 1);  // npos + 1 is 0
  if (!is_utf8(name)) return {};
  std::string shown(utf8_prefix(name, kMaxAssetNameBytes));
  std::erase_if(shown, is_control);
  return shown;
}

}  // namespace fit::ingest
