#pragma once

#include <optional>

#include "media/image.h"

namespace fit::media {

// The format that the first bytes announce; nullopt for everything else, such as SVG, PDF, TIFF and video.
std::optional<Format> sniff_format(ByteView file);

}  // namespace fit::media
