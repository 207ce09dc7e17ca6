#include "media/video_scenes.h"

#include <algorithm>
#include <cmath>

namespace fit::media {
namespace {

constexpr int kGrid = 8;
// A picture that differs more from the beginning of its scene begins another one.
constexpr double kSceneChange = 0.08;
// A frame replaces the best of its scene only when it is sharper by this factor, since making it is costly.
constexpr double kClearlySharper = 1.15;
// A scene below this share of the sharpest one is plain: a fade, or a covered lens.
constexpr double kPlain = 0.02;

int brightness(const std::uint8_t* pixel) {
  return (pixel[0] * 77 + pixel[1] * 150 + pixel[2] * 29) >> 8;
}

}  // namespace

PictureColours colours_of(const Image& picture) {
  PictureColours colours{};
  for (int row = 0; row < kGrid; ++row) {
    for (int column = 0; column < kGrid; ++column) {
      const int top = picture.height * row / kGrid;
      const int bottom = picture.height * (row + 1) / kGrid;
      const int left = picture.width * column / kGrid;
      const int right = picture.width * (column + 1) / kGrid;
      std::array<std::uint64_t, 3> sum{};
      for (int y = top; y < bottom; ++y) {
        const std::uint8_t* pixel = &picture.rgb[(static_cast<std::size_t>(y) * picture.width + left) * 3];
        for (int x = left; x < right; ++x, pixel += 3) {
          for (int band = 0; band < 3; ++band) sum[band] += pixel[band];
        }
      }
      const auto count = static_cast<std::uint64_t>(std::max(1, (bottom - top) * (right - left)));
      for (int band = 0; band < 3; ++band) {
        colours[(row * kGrid + column) * 3 + band] = static_cast<std::uint8_t>(sum[band] / count);
      }
    }
  }
  return colours;
}

double difference(const PictureColours& a, const PictureColours& b) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(int{a[i]} - int{b[i]});
  return static_cast<double>(sum) / (255.0 * static_cast<double>(a.size()));
}

double sharpness_of(const Image& picture) {
  const int width = picture.width;
  const int height = picture.height;
  if (width < 3 || height < 3) return 0;
  std::vector<int> luma(static_cast<std::size_t>(width) * height);
  for (std::size_t i = 0; i < luma.size(); ++i) luma[i] = brightness(&picture.rgb[i * 3]);
  std::int64_t sum = 0;
  std::int64_t squares = 0;
  for (int y = 1; y + 1 < height; ++y) {
    const int* row = &luma[static_cast<std::size_t>(y) * width];
    for (int x = 1; x + 1 < width; ++x) {
      const int value = 4 * row[x] - row[x - 1] - row[x + 1] - row[x - width] - row[x + width];
      sum += value;
      squares += std::int64_t{value} * value;
    }
  }
  const auto count = static_cast<double>((width - 2) * (height - 2));
  const double mean = static_cast<double>(sum) / count;
  return static_cast<double>(squares) / count - mean * mean;
}

Result<void> SceneChooser::add(const Image& small, std::chrono::milliseconds at,
                               const std::function<Result<Image>()>& full) {
  const PictureColours colours = colours_of(small);
  const double sharpness = sharpness_of(small);
  if (!scenes_.empty() && difference(scenes_.back().beginning, colours) <= kSceneChange) {
    Scene& scene = scenes_.back();
    scene.end = std::max(scene.end, at);
    if (sharpness <= scene.sharpness * kClearlySharper) return {};
    FIT_TRY(scene.best.image, full());
    scene.best.at = at;
    scene.sharpness = sharpness;
    return {};
  }
  if (!scenes_.empty()) scenes_.back().end = std::max(scenes_.back().end, at);
  FIT_TRY(Image image, full());
  scenes_.push_back({.beginning = colours,
                     .begin = at,
                     .end = at,
                     .sharpness = sharpness,
                     .best = {.image = std::move(image), .at = at}});
  if (std::ssize(scenes_) > 2 * max_frames_) join_most_similar();
  return {};
}

// Joins the two neighbouring scenes whose beginnings differ least; the earlier ones of equal pairs.
void SceneChooser::join_most_similar() {
  std::size_t at = 0;
  double least = 2;
  for (std::size_t i = 0; i + 1 < scenes_.size(); ++i) {
    const double found = difference(scenes_[i].beginning, scenes_[i + 1].beginning);
    if (found < least) {
      least = found;
      at = i;
    }
  }
  Scene& kept = scenes_[at];
  Scene& joined = scenes_[at + 1];
  kept.end = joined.end;
  if (joined.sharpness > kept.sharpness) {
    kept.sharpness = joined.sharpness;
    kept.best = std::move(joined.best);
  }
  scenes_.erase(scenes_.begin() + static_cast<std::ptrdiff_t>(at) + 1);
}

std::vector<VideoFrame> SceneChooser::take(std::size_t& poster) {
  double sharpest = 0;
  for (const Scene& scene : scenes_) sharpest = std::max(sharpest, scene.sharpness);
  if (sharpest > 0) {
    std::erase_if(scenes_, [sharpest](const Scene& scene) { return scene.sharpness < kPlain * sharpest; });
  }
  while (std::ssize(scenes_) > max_frames_) join_most_similar();
  const auto longest =
      std::ranges::max_element(scenes_, {}, [](const Scene& scene) { return scene.end - scene.begin; });
  poster = static_cast<std::size_t>(longest - scenes_.begin());
  std::vector<VideoFrame> frames;
  for (Scene& scene : scenes_) frames.push_back(std::move(scene.best));
  scenes_.clear();
  return frames;
}

}  // namespace fit::media
