#include "sample/photo.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace fit::sample {
namespace {

// The garment's shadow on the backdrop, 0 to 1: a tight shadow at the edges and a wide one beside it.
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

using Row = std::array<float, kWidth>;

// One row of a surface with a plane per channel: red, green and blue (0 to 255), and alpha (0 to 1).
struct Planes {
  std::array<Row, 3> rgb;
  Row alpha;

  void read(cairo_surface_t* surface, int y) {
    const unsigned char* pixels = cairo_image_surface_get_data(surface) +
                                  static_cast<std::ptrdiff_t>(y) * cairo_image_surface_get_stride(surface);
    std::array<std::int32_t, kWidth> words;
    std::memcpy(words.data(), pixels, sizeof words);
    for (std::size_t x = 0; x < kWidth; ++x) {
      rgb[0][x] = static_cast<float>((words[x] >> 16) & 255);
      rgb[1][x] = static_cast<float>((words[x] >> 8) & 255);
      rgb[2][x] = static_cast<float>(words[x] & 255);
      alpha[x] = static_cast<float>((words[x] >> 24) & 255) / 255;
    }
  }
};

// The light on one row of pixels.
struct RowLight {
  Row garment;
  Row backdrop;
  Row shadow;
  Row lens;  // the factor of vignette and brightness
  Row grain;
};

// Lights a premultiplied channel of the garment and composes it over the lit backdrop. The shine is added to
// the cloth's colour, so that it shows on dark cloth.
void expose(const Row& cloth, const Row& alpha, const Row& floor, const RowLight& light, float gain,
            std::array<std::int32_t, kWidth>& out) {
  for (std::size_t x = 0; x < kWidth; ++x) {
    const float shade = light.garment[x];
    const float shine = std::max(shade - 1, 0.0F);
    const float top = cloth[x] * std::min(shade, 1.0F) + shine * (cloth[x] * 0.75F + alpha[x] * 38);
    const float below = floor[x] * light.backdrop[x] * (1 - light.shadow[x]) * (1 - alpha[x]);
    const float value = (top + below) * gain * light.lens[x] + light.grain[x] + 0.5F;
    out[x] = static_cast<std::int32_t>(std::min(std::max(value, 0.0F), 255.0F));
  }
}

// Fills the light that reaches each pixel of a row, which decreases with the distance from the middle.
void fill_lens(Row& row, int y, const Exposure& exposure) {
  const auto bright = static_cast<float>(exposure.brightness);
  const auto fall = static_cast<float>(exposure.brightness * exposure.vignette / 2);
  const float dy = (static_cast<float>(y) - kHeight / 2.0F) / (kHeight / 2.0F);
  for (std::size_t x = 0; x < kWidth; ++x) {
    const float dx = (static_cast<float>(x) - kWidth / 2.0F) / (kWidth / 2.0F);
    row[x] = bright - fall * (dx * dx + dy * dy);
  }
}

// The sensor's noise. Each row begins at another position of a list of random numbers.
class Grain {
 public:
  explicit Grain(const Exposure& exposure) : random_(exposure.seed) {
    for (float& value : values_) {
      value = static_cast<float>(exposure.grain * (random_.unit() + random_.unit() - 1));
    }
  }
  void fill(Row& row) {
    const int from = random_.below(static_cast<int>(values_.size()) - kWidth);
    std::copy_n(values_.begin() + from, kWidth, row.begin());
  }

 private:
  Random random_;
  std::array<float, 4 * kWidth> values_;
};

}  // namespace

media::Image take_photo(const Painter::Layers& garment, const Backdrop& backdrop, const Exposure& exposure) {
  media::Image image{.width = kWidth, .height = kHeight, .rgb = {}};
  image.rgb.resize(static_cast<std::size_t>(kWidth * kHeight * 3));
  const Map shadow = shadow_of(garment.cover, backdrop.upright);
  const std::array<float, 3> gains = {static_cast<float>(1 + exposure.warmth), 1,
                                      static_cast<float>(1 - exposure.warmth)};
  Grain grain(exposure);
  RowLight light;
  Planes cloth;
  Planes floor;
  std::array<std::int32_t, kWidth> values;
  for (int y = 0; y < kHeight; ++y) {
    enlarge_row(garment.shade, y, light.garment.data());
    enlarge_row(backdrop.shade, y, light.backdrop.data());
    enlarge_row(shadow, y, light.shadow.data());
    fill_lens(light.lens, y, exposure);
    grain.fill(light.grain);
    cloth.read(garment.colour.get(), y);
    floor.read(backdrop.colour.get(), y);
    std::uint8_t* row = image.rgb.data() + static_cast<std::ptrdiff_t>(y) * kWidth * 3;
    for (std::size_t channel = 0; channel < 3; ++channel) {
      expose(cloth.rgb[channel], cloth.alpha, floor.rgb[channel], light, gains[channel], values);
      for (std::size_t x = 0; x < kWidth; ++x) row[x * 3 + channel] = static_cast<std::uint8_t>(values[x]);
    }
  }
  return image;
}

}  // namespace fit::sample
