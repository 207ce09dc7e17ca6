#pragma once

#include <cstdint>
#include <optional>

#include "base/ids.h"
#include "ingest/assets/asset.h"

// Names of frames and assets where they stand beside the images and items of the catalogue, as in clusters:
// image and item ids that the catalogue never reaches.
namespace fit::ingest {

inline constexpr std::int64_t kFirstFrameImage = std::int64_t{1} << 62;

inline ImageId image_of_frame(std::int64_t frame) {
  return {kFirstFrameImage + frame};
}
// nullopt for an image of the catalogue.
inline std::optional<std::int64_t> frame_of_image(ImageId image) {
  if (image.value < kFirstFrameImage) return std::nullopt;
  return image.value - kFirstFrameImage;
}

inline ItemId item_of_asset(AssetId asset) {
  return {kFirstFrameImage + asset.value};
}
// nullopt for an item of the catalogue.
inline std::optional<AssetId> asset_of_item(ItemId item) {
  if (item.value < kFirstFrameImage) return std::nullopt;
  return AssetId{item.value - kFirstFrameImage};
}

}  // namespace fit::ingest
