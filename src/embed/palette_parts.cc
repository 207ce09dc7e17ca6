#include "embed/palette_parts.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace fit::embed {
namespace {

constexpr int kSide = kPaletteSide;

// Foreground: the border is divided into segments of 2 x 8 pixels. A pixel's distance to the background is
// its distance to the third nearest segment's colour, so that a garment that touches the border in two places
// remains foreground.
constexpr int kBorder = 2;
constexpr int kSegment = 8;
constexpr int kSegments = 4 * kSide / kSegment;
constexpr float kBackgroundSpread = 10.0f;  // standard deviation, as Lab distance
constexpr float kCentreSpread = 0.35f;      // standard deviation, as a fraction of the image's side
constexpr float kLeastForeground = 1e-4f;   // above 0, so that an image of one colour has a histogram

constexpr int kLightnessBins = 4;
constexpr int kChromaBins = 7;
constexpr float kMaxChroma = 80.0f;

constexpr int kCells = 6;
constexpr int kOrientations = 8;
constexpr float kMaxCellValue = 0.3f;
constexpr float kFlatEnergy = 0.05f;  // fraction of the mean energy; suppresses noise in flat cells

constexpr int kPatterns = 10;
constexpr std::array<float, 3> kContrasts = {2.0f, 5.0f, 12.0f};  // bounds, in L*
constexpr float kPatternStep = 1.5f;                              // in L*; smaller differences are noise

float& at(Plane& plane, int x, int y) {
  return plane[static_cast<std::size_t>(y) * kSide + x];
}
float at(const Plane& plane, int x, int y) {
  return plane[static_cast<std::size_t>(y) * kSide + x];
}

void scale_to_length_one(std::span<float> values) {
  double sum = 0;
  for (const float value : values) sum += static_cast<double>(value) * value;
  if (sum < 1e-20) return;
  const auto scale = static_cast<float>(1.0 / std::sqrt(sum));
  for (float& value : values) value *= scale;
}

// Replaces counts by the square roots of their shares, which have L2 norm 1.
void to_hellinger(std::span<float> counts) {
  for (float& count : counts) count = std::sqrt(count);
  scale_to_length_one(counts);
}

float lab_curve(float t) {
  return t > 0.008856452f ? std::cbrt(t) : 7.787037f * t + 16.0f / 116.0f;
}

std::array<float, 256> linear_light() {
  std::array<float, 256> table;
  for (int i = 0; i < 256; ++i) {
    const double value = i / 255.0;
    table[i] = static_cast<float>(value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4));
  }
  return table;
}

// The two bins nearest to a value, `lower` and `lower` + 1, and the share of the upper one.
struct Share {
  int lower;
  float upper_share;
};

Share share_of(float unit, int bins) {  // `unit` from 0 to 1
  const float position =
      std::clamp(unit * static_cast<float>(bins) - 0.5f, 0.0f, static_cast<float>(bins - 1));
  const int lower = std::min(static_cast<int>(position), bins - 2);
  return {lower, position - static_cast<float>(lower)};
}

float chroma_scale(float chroma) {
  const float root = std::sqrt(std::min(std::abs(chroma) / kMaxChroma, 1.0f));
  return 0.5f + 0.5f * std::copysign(root, chroma);
}

struct Lab {
  float lightness = 0, a = 0, b = 0;
};

std::array<Lab, kSegments> border_colours(const LabImage& lab) {
  std::array<Lab, kSegments> colours;
  constexpr int kEach = kSide / kSegment;
  for (int segment = 0; segment < kSegments; ++segment) {
    const int edge = segment / kEach, from = segment % kEach * kSegment;
    Lab& sum = colours[segment];
    for (int along = from; along < from + kSegment; ++along) {
      for (int depth = 0; depth < kBorder; ++depth) {
        const int inward = edge % 2 == 0 ? depth : kSide - 1 - depth;
        const int x = edge < 2 ? along : inward, y = edge < 2 ? inward : along;
        sum.lightness += at(lab.lightness, x, y);
        sum.a += at(lab.a, x, y);
        sum.b += at(lab.b, x, y);
      }
    }
    constexpr float kPixels = kSegment * kBorder;
    sum = {sum.lightness / kPixels, sum.a / kPixels, sum.b / kPixels};
  }
  return colours;
}

// The gradient at a pixel, of the band (L*, a* or b*) with the largest magnitude.
struct Gradient {
  float x = 0, y = 0, squared = 0;
};

Gradient strongest_gradient(const LabImage& lab, int x, int y) {
  Gradient best;
  for (const Plane* plane : {&lab.lightness, &lab.a, &lab.b}) {
    Gradient gradient;
    if (x > 0 && x < kSide - 1) gradient.x = at(*plane, x + 1, y) - at(*plane, x - 1, y);
    if (y > 0 && y < kSide - 1) gradient.y = at(*plane, x, y + 1) - at(*plane, x, y - 1);
    gradient.squared = gradient.x * gradient.x + gradient.y * gradient.y;
    if (gradient.squared > best.squared) best = gradient;
  }
  return best;
}

using CellHistograms = std::array<float, static_cast<std::size_t>(kCells) * kCells * kOrientations>;

// Distributes one gradient over the four nearest cells and the two nearest orientations.
void add_gradient(const Gradient& gradient, int x, int y, CellHistograms& cells) {
  float turn = std::atan2(gradient.y, gradient.x) / std::numbers::pi_v<float>;  // half turns
  turn -= std::floor(turn);
  const float position = turn * kOrientations;
  const int lower = static_cast<int>(position) % kOrientations;
  const float upper_share = position - std::floor(position);
  const float magnitude = std::sqrt(gradient.squared);
  const auto cell = [](int pixel) { return (static_cast<float>(pixel) + 0.5f) / kSide * kCells - 0.5f; };
  const int left = static_cast<int>(std::floor(cell(x))), top = static_cast<int>(std::floor(cell(y)));
  const float right_share = cell(x) - static_cast<float>(left),
              bottom_share = cell(y) - static_cast<float>(top);
  for (int dy = 0; dy < 2; ++dy) {
    for (int dx = 0; dx < 2; ++dx) {
      const int column = left + dx, row = top + dy;
      if (column < 0 || column >= kCells || row < 0 || row >= kCells) continue;
      const float weight =
          magnitude * (dx ? right_share : 1 - right_share) * (dy ? bottom_share : 1 - bottom_share);
      float* histogram = &cells[static_cast<std::size_t>(row * kCells + column) * kOrientations];
      histogram[lower] += weight * (1 - upper_share);
      histogram[(lower + 1) % kOrientations] += weight * upper_share;
    }
  }
}

// Normalises each cell by the energy of its neighbourhood and clips it, which reduces the effect of lighting
// and of the strongest edge.
void normalize_cells(const CellHistograms& cells, std::span<float> out) {
  std::array<float, kCells * kCells> energy{};
  float mean = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) energy[i / kOrientations] += cells[i] * cells[i];
  for (const float value : energy) mean += value / (kCells * kCells);
  for (int row = 0; row < kCells; ++row) {
    for (int column = 0; column < kCells; ++column) {
      float around = kFlatEnergy * mean;
      for (int y = std::max(0, row - 1); y <= std::min(kCells - 1, row + 1); ++y) {
        for (int x = std::max(0, column - 1); x <= std::min(kCells - 1, column + 1); ++x) {
          around += energy[y * kCells + x] * (y == row ? 1.0f : 0.5f) * (x == column ? 1.0f : 0.5f);
        }
      }
      const float scale = around > 1e-6f ? 1.0f / std::sqrt(around) : 0.0f;
      for (int i = 0; i < kOrientations; ++i) {
        const std::size_t index = static_cast<std::size_t>(row * kCells + column) * kOrientations + i;
        out[index] = std::min(cells[index] * scale, kMaxCellValue);
      }
    }
  }
  scale_to_length_one(out);
}

// The rotation-invariant uniform pattern (0 to 9) and the contrast class (0 to 3) of the ring around a pixel.
std::pair<int, int> ring_classes(const Plane& lightness, int x, int y, int radius) {
  constexpr std::array<std::pair<int, int>, 8> kRing = {
      {{-1, -1}, {0, -1}, {1, -1}, {1, 0}, {1, 1}, {0, 1}, {-1, 1}, {-1, 0}}};
  const float centre = at(lightness, x, y);
  float largest = 0;
  unsigned bits = 0;
  for (std::size_t i = 0; i < kRing.size(); ++i) {
    const float step = at(lightness, x + kRing[i].first * radius, y + kRing[i].second * radius) - centre;
    largest = std::max(largest, std::abs(step));
    bits |= static_cast<unsigned>(step > kPatternStep) << i;
  }
  const unsigned turned = ((bits << 1) | (bits >> 7)) & 0xffu;
  const int changes = __builtin_popcount(bits ^ turned);
  const int pattern = changes <= 2 ? __builtin_popcount(bits) : kPatterns - 1;
  const auto contrast = std::upper_bound(kContrasts.begin(), kContrasts.end(), largest) - kContrasts.begin();
  return {pattern, static_cast<int>(contrast)};
}

}  // namespace

void to_lab(const media::Image& image, LabImage& lab) {
  static const std::array<float, 256> kLinear = linear_light();
  const std::uint8_t* pixel = image.rgb.data();
  for (int i = 0; i < kPalettePixels; ++i, pixel += 3) {
    const float r = kLinear[pixel[0]], g = kLinear[pixel[1]], b = kLinear[pixel[2]];
    const float x = lab_curve((0.4124564f * r + 0.3575761f * g + 0.1804375f * b) / 0.95047f);
    const float y = lab_curve(0.2126729f * r + 0.7151522f * g + 0.0721750f * b);
    const float z = lab_curve((0.0193339f * r + 0.1191920f * g + 0.9503041f * b) / 1.08883f);
    lab.lightness[i] = 116.0f * y - 16.0f;
    lab.a[i] = 500.0f * (x - y);
    lab.b[i] = 200.0f * (y - z);
  }
}

void find_foreground(const LabImage& lab, Plane& foreground) {
  const std::array<Lab, kSegments> background = border_colours(lab);
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      std::array<float, 3> nearest = {1e9f, 1e9f, 1e9f};  // ascending
      for (const Lab& colour : background) {
        const float l = at(lab.lightness, x, y) - colour.lightness;
        const float a = at(lab.a, x, y) - colour.a, b = at(lab.b, x, y) - colour.b;
        const float squared = l * l + a * a + b * b;
        if (squared >= nearest[2]) continue;
        nearest[2] = squared;
        if (nearest[2] < nearest[1]) std::swap(nearest[1], nearest[2]);
        if (nearest[1] < nearest[0]) std::swap(nearest[0], nearest[1]);
      }
      const float dx = (static_cast<float>(x) + 0.5f) / kSide - 0.5f;
      const float dy = (static_cast<float>(y) + 0.5f) / kSide - 0.5f;
      const float centred = std::exp(-(dx * dx + dy * dy) / (2 * kCentreSpread * kCentreSpread));
      const float differs = 1.0f - std::exp(-nearest[2] / (2 * kBackgroundSpread * kBackgroundSpread));
      at(foreground, x, y) = std::max(differs, kLeastForeground) * centred;
    }
  }
}

void measure_colour(const LabImage& lab, const Plane& foreground, std::span<float> out) {
  std::fill(out.begin(), out.end(), 0.0f);
  for (int i = 0; i < kPalettePixels; ++i) {
    const Share l = share_of(lab.lightness[i] / 100.0f, kLightnessBins);
    const Share a = share_of(chroma_scale(lab.a[i]), kChromaBins);
    const Share b = share_of(chroma_scale(lab.b[i]), kChromaBins);
    for (int corner = 0; corner < 8; ++corner) {
      const int dl = corner >> 2, da = corner >> 1 & 1, db = corner & 1;
      const float weight = (dl ? l.upper_share : 1 - l.upper_share) *
                           (da ? a.upper_share : 1 - a.upper_share) *
                           (db ? b.upper_share : 1 - b.upper_share);
      out[((l.lower + dl) * kChromaBins + a.lower + da) * kChromaBins + b.lower + db] +=
          foreground[i] * weight;
    }
  }
  to_hellinger(out);
}

void measure_shape(const LabImage& lab, std::span<float> out) {
  CellHistograms cells{};
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const Gradient gradient = strongest_gradient(lab, x, y);
      if (gradient.squared > 0) add_gradient(gradient, x, y, cells);
    }
  }
  normalize_cells(cells, out);
}

void measure_texture(const LabImage& lab, const Plane& foreground, std::span<float> out) {
  std::fill(out.begin(), out.end(), 0.0f);
  constexpr std::size_t kEach = kPatterns + kContrasts.size() + 1;
  std::span<float> part = out;
  for (const int radius : {1, 3}) {
    for (int y = radius; y < kSide - radius; ++y) {
      for (int x = radius; x < kSide - radius; ++x) {
        const auto [pattern, contrast] = ring_classes(lab.lightness, x, y, radius);
        part[pattern] += at(foreground, x, y);
        part[kPatterns + contrast] += at(foreground, x, y);
      }
    }
    to_hellinger(part.first(kEach));
    part = part.subspan(kEach);
  }
  scale_to_length_one(out);
}

}  // namespace fit::embed
