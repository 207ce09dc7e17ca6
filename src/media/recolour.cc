#include "media/recolour.h"

#include <algorithm>
#include <cmath>

#include "base/format.h"
#include "media/colour_histogram.h"
#include "media/oklab.h"

namespace fit::media {
namespace {

constexpr std::uint8_t kInside = 224;    // pixels from this alpha on are the garment for certain
constexpr std::uint8_t kOutside = 16;    // pixels up to this alpha are background for certain
constexpr double kLeastMainShare = 0.3;  // of the garment's pixels
// The mask is not to be trusted where more than this share of what surrounds the garment has its colour.
constexpr double kMostAlikeAround = 0.2;
constexpr double kAlike = 0.2;  // a frequency in the garment from which on a pixel has its colour
constexpr int kSurroundingParts =
    40;  // what is as near as this part of the shorter side surrounds the garment

// How lightness of the main colour becomes that of the new one: two lines that meet in both, with soft ends.
// It rises everywhere. A dark garment that becomes light shows its folds more, within limits; what is lighter
// than the main colour has less room then, and rises more slowly, or highlights would lose their colour.
class LightnessCurve {
 public:
  LightnessCurve(double from, double to)
      : from_(from),
        to_(to),
        slope_(std::clamp(std::sqrt(to / std::max(from, 0.05)), 0.55, 1.35)),
        upper_slope_(std::clamp(1.3 * (0.98 - to) / std::max(1 - from, 0.05), 0.25, slope_)) {}

  double operator()(double lightness) const {
    constexpr double kTop = 0.93;
    constexpr double kBottom = 0.08;
    const double moved = to_ + (lightness > from_ ? upper_slope_ : slope_) * (lightness - from_);
    const double top = std::max(kTop, std::min(to_, 0.99));
    if (moved > top) return top + (1 - top) * (1 - std::exp(-(moved - top) / (1 - top)));
    if (moved < kBottom) return kBottom * std::exp((moved - kBottom) / kBottom);
    return moved;
  }

 private:
  double from_;
  double to_;
  double slope_;
  double upper_slope_;
};

// The new colour under the light of one pixel. Chroma is proportional to lightness in shadow, because Oklab
// is homogeneous in the intensity of light, and fades in highlights.
Oklab lit(const Oklab& target, double lightness) {
  const double base = std::max(target.lightness, 0.05);
  double share = lightness / base;
  if (lightness > base) share = 1 - 0.6 * (lightness - base) / std::max(1 - base, 0.05);
  return {.lightness = lightness, .a = target.a * share, .b = target.b * share};
}

class Recolourer {
 public:
  Recolourer(const Image& image, const std::vector<std::uint8_t>& alpha, const Recolouring& wanted)
      : image_(image), alpha_(alpha), wanted_(wanted) {}

  Result<Image> run() {
    if (alpha_.size() * 3 != image_.rgb.size())
      return internal("the mask has another size than the image", {});
    convert();
    ColourHistogram histogram;
    for (std::size_t i = 0; i < alpha_.size(); ++i) {
      if (alpha_[i] >= kInside) histogram.add(colours_[i]);
    }
    if (!histogram.find_main(kLeastMainShare)) {
      return Error{ErrorCode::kConflict, "the garment has no main colour that could be changed", {}, {}};
    }
    members_.resize(alpha_.size());
    for (std::size_t i = 0; i < alpha_.size(); ++i) {
      members_[i] = static_cast<float>(histogram.membership(colours_[i]));
    }
    if (share_alike_around(histogram) > kMostAlikeAround) {
      return Error{ErrorCode::kConflict, "the garment has the colour of its background", {}, {}};
    }
    return paint(histogram.main_lightness());
  }

 private:
  void convert() {
    colours_.resize(alpha_.size());
    for (std::size_t i = 0; i < alpha_.size(); ++i) {
      const std::uint8_t* const pixel = &image_.rgb[i * 3];
      colours_[i] = to_oklab(pixel[0], pixel[1], pixel[2]);
    }
  }

  // The share of the background near the garment that has the garment's colour.
  double share_alike_around(const ColourHistogram& histogram) const {
    const int reach = std::max(2, std::min(image_.width, image_.height) / kSurroundingParts);
    const std::vector<std::uint8_t> near = widened(reach);
    std::int64_t around = 0;
    std::int64_t alike = 0;
    for (std::size_t i = 0; i < alpha_.size(); ++i) {
      if (alpha_[i] > kOutside || near[i] == 0) continue;
      ++around;
      alike += histogram.frequency(colours_[i]) > kAlike;
    }
    return around == 0 ? 0 : static_cast<double>(alike) / static_cast<double>(around);
  }

  // 1 where a pixel of the garment is at most `reach` columns and rows away.
  std::vector<std::uint8_t> widened(int reach) const {
    std::vector<std::uint8_t> mask(alpha_.size());
    for (std::size_t i = 0; i < alpha_.size(); ++i) mask[i] = alpha_[i] >= kInside;
    widen(mask, image_.height, image_.width, image_.width, 1, reach);
    widen(mask, image_.width, image_.height, 1, image_.width, reach);
    return mask;
  }

  static void widen(std::vector<std::uint8_t>& mask, int lines, int length, int line_stride, int stride,
                    int reach) {
    for (int line = 0; line < lines; ++line) {
      const auto at = [&](int i) -> std::uint8_t& {
        return mask[static_cast<std::size_t>(line) * line_stride + static_cast<std::size_t>(i) * stride];
      };
      std::vector<std::uint8_t> before(static_cast<std::size_t>(length));
      for (int i = 0; i < length; ++i) before[static_cast<std::size_t>(i)] = at(i);
      int last = -reach - 1;
      for (int i = 0; i < length; ++i) {
        if (before[static_cast<std::size_t>(i)] != 0) last = i;
        if (i - last <= reach) at(i) = 1;
      }
      last = length + reach;
      for (int i = length - 1; i >= 0; --i) {
        if (before[static_cast<std::size_t>(i)] != 0) last = i;
        if (last - i <= reach) at(i) = 1;
      }
    }
  }

  // The mean membership of a pixel and its neighbours, without which single pixels stand out.
  double smooth_member(int x, int y) const {
    double sum = 0;
    int count = 0;
    for (int row = std::max(0, y - 1); row <= std::min(image_.height - 1, y + 1); ++row) {
      for (int column = std::max(0, x - 1); column <= std::min(image_.width - 1, x + 1); ++column) {
        sum += members_[static_cast<std::size_t>(row) * image_.width + column];
        ++count;
      }
    }
    return sum / count;
  }

  Image paint(double main_lightness) const {
    const Oklab target = to_oklab(wanted_.to);
    const LightnessCurve curve(main_lightness, target.lightness);
    Image painted = image_;
    for (int y = 0; y < image_.height; ++y) {
      for (int x = 0; x < image_.width; ++x) {
        const std::size_t i = static_cast<std::size_t>(y) * image_.width + x;
        if (alpha_[i] == 0) continue;
        // At the edge of the mask, pixels of the garment's colour are the garment: no line of the old colour
        // stays.
        const double member = smooth_member(x, y);
        const double inside = alpha_[i] / 255.0;
        const double share = wanted_.strength * member * (inside + (1 - inside) * member);
        if (share <= 0) continue;
        const Oklab& old = colours_[i];
        const Oklab dyed = lit(target, curve(old.lightness));
        const std::uint32_t rgb = to_srgb({.lightness = std::lerp(old.lightness, dyed.lightness, share),
                                           .a = std::lerp(old.a, dyed.a, share),
                                           .b = std::lerp(old.b, dyed.b, share)});
        painted.rgb[i * 3] = static_cast<std::uint8_t>(rgb >> 16);
        painted.rgb[i * 3 + 1] = static_cast<std::uint8_t>(rgb >> 8);
        painted.rgb[i * 3 + 2] = static_cast<std::uint8_t>(rgb);
      }
    }
    return painted;
  }

  const Image& image_;
  const std::vector<std::uint8_t>& alpha_;
  const Recolouring& wanted_;
  std::vector<Oklab> colours_;
  std::vector<float> members_;
};

}  // namespace

Result<Image> recolour(const Image& image, const std::vector<std::uint8_t>& alpha,
                       const Recolouring& wanted) {
  return Recolourer(image, alpha, wanted).run();
}

}  // namespace fit::media
