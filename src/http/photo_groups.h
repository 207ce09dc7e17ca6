#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fit::http {

// Photos that become one garment.
struct PhotoGroup {
  std::string name = {};                 // of the garment; empty where the file names have no words
  std::vector<std::size_t> photos = {};  // their places in the list, in the order of their paths
};

// Groups photos by their paths ("shoes/red boots.jpg"): each by itself, or those of one folder together.
// Photos outside of folders are always by themselves. A garment has the name of its file or of its folder, as
// far as that has words. The groups are in the order of the list, with `by_folder` in that of the paths.
// kInvalid naming a folder with more than style::kMaxGarmentPhotos photos.
Result<std::vector<PhotoGroup>> group_photos(std::span<const std::string> paths, bool by_folder);

// Whether other programs have added the file to a folder or an archive: names that begin with a dot, those of
// macOS and Windows.
bool is_clutter(std::string_view path);

}  // namespace fit::http
