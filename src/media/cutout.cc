#include "media/cutout.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <exception>
#include <opencv2/imgproc.hpp>

namespace fit::media {
namespace {

// GrabCut takes time for each pixel, in each iteration. The mask is found in a smaller image, and enlarged.
constexpr int kMaskSide = 256;
// GrabCut has a graph with a node of 40 bytes and eight edges of 16 bytes for each pixel of a mask, beside
// its images and those of the cut-out.
constexpr std::uint64_t kCutoutBytes = 24u << 20;
constexpr int kIterations = 3;
constexpr double kBorderShare = 0.02;    // of the side: what is background for certain
constexpr double kMiddleShare = 0.60;    // of the side: an ellipse that is foreground at first
constexpr double kLeastPartShare = 0.1;  // of the largest part: smaller parts are background
constexpr std::uint64_t kCutoutSeed = 1;

constexpr double kLeastArea = 0.12;
constexpr double kMostArea = 0.95;
constexpr double kMostBorder = 0.5;

// The size with this longer side, or the own size where that is smaller.
cv::Size size_within(int width, int height, int most) {
  const int longer = std::max(width, height);
  if (longer <= most) return {width, height};
  const auto scaled = [&](int side) {
    return std::max(1, static_cast<int>(std::lround(static_cast<double>(side) * most / longer)));
  };
  return {scaled(width), scaled(height)};
}

Result<Image> reduced(const Image& image) {
  const cv::Size size = size_within(image.width, image.height, kCutoutSide);
  if (size.width == image.width && size.height == image.height) return image;
  return resize(image, size.width, size.height);
}

// What each pixel is at first: background at the border, probably the thing in the middle, and probably
// background between them.
cv::Mat first_guess(const cv::Size& size) {
  cv::Mat labels(size, CV_8UC1, cv::Scalar(cv::GC_PR_BGD));
  const cv::Size axes(static_cast<int>(size.width * kMiddleShare / 2),
                      static_cast<int>(size.height * kMiddleShare / 2));
  cv::ellipse(labels, cv::Point(size.width / 2, size.height / 2), axes, 0, 0, 360, cv::Scalar(cv::GC_PR_FGD),
              cv::FILLED);
  const int border = std::max(1, static_cast<int>(std::min(size.width, size.height) * kBorderShare));
  cv::rectangle(labels, cv::Rect(cv::Point(0, 0), size), cv::Scalar(cv::GC_BGD), 2 * border - 1);
  return labels;
}

// Removes specks and closes cracks, then leaves the largest part and those that are not much smaller.
cv::Mat clean_mask(const cv::Mat& raw) {
  const cv::Mat disc = cv::getStructuringElement(cv::MORPH_ELLIPSE, cv::Size(3, 3));
  cv::Mat mask;
  cv::morphologyEx(raw, mask, cv::MORPH_OPEN, disc);
  cv::morphologyEx(mask, mask, cv::MORPH_CLOSE, disc);
  cv::Mat parts;
  cv::Mat facts;
  cv::Mat centres;
  const int count = cv::connectedComponentsWithStats(mask, parts, facts, centres);
  int largest = 0;
  for (int i = 1; i < count; ++i) largest = std::max(largest, facts.at<int>(i, cv::CC_STAT_AREA));
  for (int i = 1; i < count; ++i) {
    if (facts.at<int>(i, cv::CC_STAT_AREA) < largest * kLeastPartShare) mask.setTo(0, parts == i);
  }
  return mask;
}

// The pools of the callers bound how many threads do such work: OpenCV starts none beside them.
void use_no_other_threads() {
  static const bool is_set = (cv::setNumThreads(1), true);
  static_cast<void>(is_set);
}

std::vector<std::uint8_t> find_alpha(const Image& image) {
  use_no_other_threads();
  // OpenCV reads the pixels and does not write them.
  const cv::Mat pixels(image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.rgb.data()));
  cv::Mat small;
  cv::resize(pixels, small, size_within(image.width, image.height, kMaskSide), 0, 0, cv::INTER_AREA);
  cv::Mat labels = first_guess(small.size());
  cv::Mat background;
  cv::Mat foreground;
  cv::theRNG().state = kCutoutSeed;  // of this thread: it chooses the first colours
  cv::grabCut(small, labels, cv::Rect(), background, foreground, kIterations, cv::GC_INIT_WITH_MASK);
  // The two labels of foreground are odd.
  cv::Mat alpha = clean_mask((labels & 1) * 255);
  cv::GaussianBlur(alpha, alpha, cv::Size(5, 5), 0);
  cv::Mat enlarged;
  cv::resize(alpha, enlarged, pixels.size(), 0, 0, cv::INTER_CUBIC);
  // The edge is made half as wide around its middle: both steps before have widened it.
  enlarged.convertTo(enlarged, CV_8U, 2.0, -127.5);
  return std::vector<std::uint8_t>(enlarged.begin<std::uint8_t>(), enlarged.end<std::uint8_t>());
}

}  // namespace

bool is_plausible_mask(const std::vector<std::uint8_t>& alpha, int width, int height) {
  constexpr std::uint8_t kHalf = 128;
  const auto inside = std::ranges::count_if(alpha, [](std::uint8_t value) { return value >= kHalf; });
  const double area =
      static_cast<double>(inside) / static_cast<double>(std::max<std::size_t>(1, alpha.size()));
  if (area < kLeastArea || area > kMostArea) return false;
  // Just inside the border, which is background for certain.
  const int inset = std::max(1, static_cast<int>(std::min(width, height) * kBorderShare)) + 2;
  int touched = 0;
  int length = 0;
  const auto look = [&](int x, int y) {
    ++length;
    if (alpha[static_cast<std::size_t>(y) * width + x] >= kHalf) ++touched;
  };
  for (int x = inset; x < width - inset; ++x) {
    look(x, inset);
    look(x, height - 1 - inset);
  }
  for (int y = inset; y < height - inset; ++y) {
    look(inset, y);
    look(width - 1 - inset, y);
  }
  return length > 0 && touched < length * kMostBorder;
}

Result<std::optional<std::vector<std::uint8_t>>> find_foreground(const Image& image, const Limits& limits) {
  ByteBudget::Lease memory;
  if (limits.memory != nullptr) {
    auto lease = limits.memory->take_until(kCutoutBytes, std::chrono::steady_clock::now() + limits.max_wait);
    if (!lease) {
      return Error{ErrorCode::kTooManyRequests, "too many images are being decoded; try again later", {}, {}};
    }
    memory = *std::move(lease);
  }
  if (std::min(image.width, image.height) < limits.min_side) return std::nullopt;
  std::vector<std::uint8_t> alpha;
  try {
    alpha = find_alpha(image);
  } catch (const std::exception& error) {
    return internal("the background could not be found", error.what());
  }
  if (!is_plausible_mask(alpha, image.width, image.height)) return std::nullopt;
  return std::optional(std::move(alpha));
}

Result<std::optional<Cutout>> cut_out(const Image& image, const Limits& limits) {
  Cutout cutout;
  FIT_TRY(cutout.image, reduced(image));
  FIT_TRY(auto alpha, find_foreground(cutout.image, limits));
  if (!alpha) return std::nullopt;
  cutout.alpha = *std::move(alpha);
  return std::optional(std::move(cutout));
}

}  // namespace fit::media
