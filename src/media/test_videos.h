#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace fit::media {

// Makes a video with the program ffmpeg, whose arguments before the file these are. Throws when it fails.
void make_video(const std::vector<std::string>& arguments, const std::filesystem::path& file);

// An MP4 with `count` copies of the first track of an MP4 whose header is at its end.
Bytes with_copied_tracks(const Bytes& mp4, int count);

}  // namespace fit::media
