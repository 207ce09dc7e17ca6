#include "media/oklab.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace fit::media {
namespace {

using LinearTable = std::array<double, 256>;

// The linear intensity of each value of a channel, 0 to 1.
const LinearTable& linear_values() {
  static const LinearTable table = [] {
    LinearTable values{};
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double value = static_cast<double>(i) / 255;
      values[i] = value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    }
    return values;
  }();
  return table;
}

struct LinearRgb {
  double red = 0;
  double green = 0;
  double blue = 0;

  bool is_in_gamut() const {
    constexpr double kTolerance = 1e-4;
    return std::min({red, green, blue}) >= -kTolerance && std::max({red, green, blue}) <= 1 + kTolerance;
  }
};

// The matrices are those of the definition of Oklab.
LinearRgb linear_rgb(double lightness, double a, double b) {
  const double l = lightness + 0.3963377774 * a + 0.2158037573 * b;
  const double m = lightness - 0.1055613458 * a - 0.0638541728 * b;
  const double s = lightness - 0.0894841775 * a - 1.2914855480 * b;
  const double l3 = l * l * l;
  const double m3 = m * m * m;
  const double s3 = s * s * s;
  return {.red = 4.0767416621 * l3 - 3.3077115913 * m3 + 0.2309699292 * s3,
          .green = -1.2684380046 * l3 + 2.6097574011 * m3 - 0.3413193965 * s3,
          .blue = -0.0041960863 * l3 - 0.7034186147 * m3 + 1.7076147010 * s3};
}

std::uint32_t channel_of(double linear) {
  const double value = std::clamp(linear, 0.0, 1.0);
  const double encoded = value <= 0.0031308 ? value * 12.92 : 1.055 * std::pow(value, 1 / 2.4) - 0.055;
  return static_cast<std::uint32_t>(std::lround(encoded * 255));
}

}  // namespace

Oklab to_oklab(std::uint8_t red_value, std::uint8_t green_value, std::uint8_t blue_value) {
  const LinearTable& linear = linear_values();
  const double red = linear[red_value];
  const double green = linear[green_value];
  const double blue = linear[blue_value];
  const double l = std::cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const double m = std::cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const double s = std::cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return {.lightness = 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
          .a = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
          .b = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

Oklab to_oklab(std::uint32_t srgb) {
  return to_oklab(static_cast<std::uint8_t>(srgb >> 16), static_cast<std::uint8_t>(srgb >> 8),
                  static_cast<std::uint8_t>(srgb));
}

std::uint32_t to_srgb(const Oklab& colour) {
  constexpr int kHalvings = 10;
  const double lightness = std::clamp(colour.lightness, 0.0, 1.0);
  LinearRgb rgb = linear_rgb(lightness, colour.a, colour.b);
  if (!rgb.is_in_gamut()) {
    double inside = 0;
    double outside = 1;
    for (int i = 0; i < kHalvings; ++i) {
      const double share = (inside + outside) / 2;
      const bool is_inside = linear_rgb(lightness, colour.a * share, colour.b * share).is_in_gamut();
      (is_inside ? inside : outside) = share;
    }
    rgb = linear_rgb(lightness, colour.a * inside, colour.b * inside);
  }
  return channel_of(rgb.red) << 16 | channel_of(rgb.green) << 8 | channel_of(rgb.blue);
}

}  // namespace fit::media
