#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

#include "media/video.h"

namespace fit::media {

// What is compared of a picture: its mean colours in a grid of eight by eight.
using PictureColours = std::array<std::uint8_t, 8 * 8 * 3>;

// The colours of a picture; both sides must have at least eight pixels.
PictureColours colours_of(const Image& picture);

// The mean absolute difference of the colours: 0 (equal) to 1.
double difference(const PictureColours& a, const PictureColours& b);

// The variance of the Laplacian of the brightness: higher is sharper, 0 is a plain area (Pech-Pacheco et al.,
// "Diatom autofocusing in brightfield microscopy", 2000).
double sharpness_of(const Image& picture);

// Divides a video into scenes and keeps the sharpest frame of each. Memory does not grow with the video.
// Deterministic; not thread-safe.
class SceneChooser {
 public:
  explicit SceneChooser(int max_frames) : max_frames_(max_frames) {}

  // Adds the next picture, a small copy of a frame. `full` makes the frame itself, and is called if the frame
  // is the best of its scene so far; its error is returned.
  Result<void> add(const Image& small, std::chrono::milliseconds at,
                   const std::function<Result<Image>()>& full);

  // The chosen frames and the index of the poster. Empty when nothing was added. Call it once, at the end.
  std::vector<VideoFrame> take(std::size_t& poster);

 private:
  struct Scene {
    PictureColours beginning;
    std::chrono::milliseconds begin;
    std::chrono::milliseconds end;
    double sharpness = 0;
    VideoFrame best;
  };

  void join_most_similar();

  const int max_frames_;
  std::vector<Scene> scenes_;
};

}  // namespace fit::media
