#pragma once

#include <optional>

#include "media/image.h"

namespace fit::media {

// The format that the file's signature states; nullopt for all other types, such as SVG, PDF, TIFF and video.
std::optional<Format> sniff_format(ByteView file);

}  // namespace fit::media
