#include "catalog/sample/photo.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace fit::sample {
namespace {

// How much light the garment takes from the backdrop: a tight shadow where it touches, a wide one beside it.
Map shadow_of(const Map& cover, bool upright) {
  Map tight = cover;
  Map wide = cover;
  blur(tight, {}, 1);
  blur(wide, {}, upright ? 6 : 4);
  const int tight_shift = upright ? 2 : 1;
  const int wide_shift = upright ? 5 : 3;
  Map shadow;
  for (int y = 0; y < kMapHeight; ++y) {
    for (int x = 0; x < kMapWidth; ++x) {
      const float near = tight.at(std::max(0, x - tight_shift), std::max(0, y - tight_shift));
      const float far = wide.at(std::max(0, x - wide_shift + 1), std::max(0, y - wide_shift));
      shadow.at(x, y) = 1 - (1 - 0.34F * near) * (1 - 0.4F * far);
    }
  }
  return shadow;
}

// A premultiplied channel, 0 to 255, in more or less light. Dark cloth still shows its shine.
float lit(float channel, float alpha, float shade) {
  if (shade <= 1) return channel * shade;
  return channel + (shade - 1) * (channel * 0.75F + 38 * alpha);
}

struct RowLight {
  std::array<float, kWidth> garment;
  std::array<float, kWidth> backdrop;
  std::array<float, kWidth> shadow;
};

// The part of the light that reaches each column's pixels, by the distance from the middle.
std::array<float, kWidth> vignette_row(int y, double amount) {
  std::array<float, kWidth> row;
  const double dy = (y - kHeight / 2.0) / (kHeight / 2.0);
  for (int x = 0; x < kWidth; ++x) {
    const double dx = (x - kWidth / 2.0) / (kWidth / 2.0);
    row[static_cast<std::size_t>(x)] = static_cast<float>(1 - amount * (dx * dx + dy * dy) / 2);
  }
  return row;
}

}  // namespace

media::Image take_photo(const Painter::Layers& garment, const Backdrop& backdrop, const Exposure& exposure) {
  media::Image image{.width = kWidth, .height = kHeight, .rgb = {}};
  image.rgb.resize(static_cast<std::size_t>(kWidth * kHeight * 3));
  const Map shadow = shadow_of(garment.cover, backdrop.upright);
  const unsigned char* over = cairo_image_surface_get_data(garment.colour.get());
  const unsigned char* under = cairo_image_surface_get_data(backdrop.colour.get());
  const int stride = cairo_image_surface_get_stride(garment.colour.get());
  const std::array<float, 3> gains = {static_cast<float>(exposure.brightness * (1 + exposure.warmth)),
                                      static_cast<float>(exposure.brightness),
                                      static_cast<float>(exposure.brightness * (1 - exposure.warmth))};
  RowLight light;
  std::uint32_t noise = static_cast<std::uint32_t>(exposure.seed) | 1;
  const auto grain = static_cast<float>(exposure.grain / 32768);
  std::uint8_t* out = image.rgb.data();
  for (int y = 0; y < kHeight; ++y) {
    enlarge_row(garment.shade, y, light.garment.data());
    enlarge_row(backdrop.shade, y, light.backdrop.data());
    enlarge_row(shadow, y, light.shadow.data());
    const std::array<float, kWidth> corners = vignette_row(y, exposure.vignette);
    for (std::size_t x = 0; x < kWidth; ++x) {
      std::uint32_t top = 0;
      std::uint32_t bottom = 0;
      std::memcpy(&top, over + static_cast<std::size_t>(y * stride) + x * 4, 4);
      std::memcpy(&bottom, under + static_cast<std::size_t>(y * stride) + x * 4, 4);
      const float alpha = static_cast<float>(top >> 24) / 255;
      const float floor_light = light.backdrop[x] * (1 - light.shadow[x]) * (1 - alpha);
      noise = noise * 1664525u + 1013904223u;
      const float speck = (static_cast<float>(noise >> 16) - 32768) * grain;
      for (unsigned channel = 0; channel < 3; ++channel) {
        const unsigned shift = 16 - 8 * channel;
        const float cloth = lit(static_cast<float>((top >> shift) & 255), alpha, light.garment[x]);
        const float floor = static_cast<float>((bottom >> shift) & 255) * floor_light;
        const float value = (cloth + floor) * gains[channel] * corners[x] + speck;
        *out++ = static_cast<std::uint8_t>(std::clamp(value + 0.5F, 0.0F, 255.0F));
      }
    }
  }
  return image;
}

}  // namespace fit::sample
