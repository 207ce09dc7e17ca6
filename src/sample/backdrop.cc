#include "sample/backdrop.h"

#include <array>
#include <cmath>

namespace fit::sample {
namespace {

constexpr double kDiagonal = 640;  // pixels; a square of this side covers the photo at every rotation

void set(cairo_t* c, Rgb colour, double alpha = 1) {
  cairo_set_source_rgba(c, colour.r, colour.g, colour.b, alpha);
}

void box(cairo_t* c, double left, double top, double right, double bottom) {
  cairo_rectangle(c, left, top, right - left, bottom - top);
  cairo_fill(c);
}

template <std::size_t kCount>
Rgb one_of(const std::array<unsigned, kCount>& hexes, Random& random) {
  return toned(from_hex(hexes[static_cast<std::size_t>(random.below(kCount))]), random.range(-0.04, 0.04));
}

// Lets the light fall off from one side to the other; `amount` is the total difference.
void slope_light(Map& shade, Random& random, double amount) {
  const double x_part = random.range(-1, 1);
  for (int y = 0; y < kMapHeight; ++y) {
    for (int x = 0; x < kMapWidth; ++x) {
      const double across = (x / static_cast<double>(kMapWidth) - 0.5) * x_part;
      const double down = 0.5 - y / static_cast<double>(kMapHeight);
      shade.at(x, y) += static_cast<float>(amount * (across + 0.6 * down));
    }
  }
}

void draw_studio(cairo_t* c, Map& shade, Random& random) {
  static constexpr std::array<unsigned, 9> kPaper = {0xf4f3f1, 0xf4f3f1, 0xeceae6, 0xe9e4dc, 0xdfe4e8,
                                                     0xe6ddd6, 0xdde3da, 0xe9dcdd, 0xcfd0d2};
  set(c, one_of(kPaper, random));
  cairo_paint(c);
  // The paper bends from wall to floor.
  const double bend = random.range(0.6, 0.85) * kMapHeight;
  for (int y = 0; y < kMapHeight; ++y) {
    const double past = (y - bend) / 14;
    const auto change = static_cast<float>(0.035 * std::tanh(past) - 0.03 * std::exp(-past * past));
    for (int x = 0; x < kMapWidth; ++x) shade.at(x, y) += change;
  }
  slope_light(shade, random, 0.07);
}

void draw_plank(cairo_t* c, double left, double width, double top, double bottom, Rgb wood, Random& random) {
  const Rgb own = toned(wood, random.range(-0.11, 0.1));
  set(c, own);
  box(c, left, top, left + width, bottom);
  for (int line = 0; line < 5; ++line) {
    const double x = left + random.range(0.06, 0.94) * width;
    const double sway = random.range(-5, 5);
    const double third = (bottom - top) / 3;
    set(c, toned(own, random.chance(0.7) ? -0.3 : 0.25), random.range(0.2, 0.5));
    cairo_set_line_width(c, random.range(0.7, 1.8));
    cairo_move_to(c, x, top);
    cairo_curve_to(c, x + sway, top + third, x - sway, bottom - third, x + sway / 2, bottom);
    cairo_stroke(c);
  }
  set(c, toned(wood, -0.65), 0.8);
  box(c, left - 0.8, top, left + 0.8, bottom);
  box(c, left, bottom - 0.9, left + width, bottom + 0.9);
  set(c, {1, 1, 1}, 0.14);
  box(c, left + 0.8, top, left + 2, bottom);
}

void draw_boards(cairo_t* c, Map& shade, Random& random) {
  static constexpr std::array<unsigned, 6> kWood = {0xc49a6c, 0xa9794f, 0xd9bf9a,
                                                    0x8a6a52, 0xb9b2a8, 0xe2d6c4};
  const Rgb wood = one_of(kWood, random);
  const double width = random.range(48, 84);
  cairo_translate(c, kWidth / 2.0, kHeight / 2.0);
  cairo_rotate(c, random.chance(0.5) ? random.range(-0.12, 0.12) : random.range(1.45, 1.7));
  const double half = kDiagonal / 2;
  for (double left = -half + random.range(-width, 0); left < half; left += width) {
    double top = -half - random.range(0, 300);
    while (top < half) {
      const double bottom = top + random.range(240, 460);
      draw_plank(c, left, width, top, bottom, wood, random);
      top = bottom;
    }
  }
  slope_light(shade, random, 0.16);
}

void draw_panel(cairo_t* c, double left, double top, double right, double bottom, Rgb paint) {
  const auto frame = [&](double in, Rgb upper, Rgb lower) {
    set(c, upper);
    box(c, left + in, top + in, right - in, top + in + 2);
    box(c, left + in, top + in, left + in + 2, bottom - in);
    set(c, lower);
    box(c, left + in, bottom - in - 2, right - in, bottom - in);
    box(c, right - in - 2, top + in, right - in, bottom - in);
  };
  frame(0, toned(paint, -0.16), toned(paint, 0.4));
  frame(9, toned(paint, 0.4), toned(paint, -0.13));
}

void draw_door(cairo_t* c, Map& shade, Random& random) {
  static constexpr std::array<unsigned, 7> kPaint = {0xf0eee9, 0xe8e6e1, 0xe3e7e6, 0xd6dde0,
                                                     0xe9e1d3, 0xcfd8cf, 0xd9cfc4};
  const Rgb wall = one_of(kPaint, random);
  set(c, wall);
  cairo_paint(c);
  if (random.chance(0.7)) {
    const Rgb door = toned(wall, random.range(0.1, 0.45));
    const double left = random.range(8, 44);
    const double right = kWidth - random.range(8, 44);
    set(c, toned(wall, -0.22));
    box(c, left - 5, 0, right + 7, kHeight);
    set(c, door);
    box(c, left, 0, right, kHeight);
    const double middle = random.range(0.44, 0.62) * kHeight;
    draw_panel(c, left + 34, -30, right - 34, middle - 14, door);
    draw_panel(c, left + 34, middle + 14, right - 34, kHeight + 40, door);
  } else {
    const double floor = random.range(0.9, 0.97) * kHeight;
    set(c, toned(wall, 0.45));
    box(c, 0, floor, kWidth, kHeight);
    set(c, toned(wall, -0.2));
    box(c, 0, floor - 2, kWidth, floor);
  }
  slope_light(shade, random, 0.12);
}

void draw_sheet(cairo_t* c, Map& shade, Random& random) {
  static constexpr std::array<unsigned, 8> kLinen = {0xf2f0ec, 0xf2f0ec, 0xdfe3ea, 0xe8d9d3,
                                                     0xd3dcd3, 0xc9d3df, 0xe9e0c9, 0xb9bfca};
  const Rgb linen = one_of(kLinen, random);
  set(c, linen);
  cairo_paint(c);
  if (random.chance(0.35)) {
    cairo_translate(c, kWidth / 2.0, kHeight / 2.0);
    cairo_rotate(c, random.range(-0.5, 0.5));
    set(c, toned(linen, -0.14), 0.7);
    const double step = random.range(16, 34);
    for (double x = -kDiagonal / 2; x < kDiagonal / 2; x += step)
      box(c, x, -kDiagonal / 2, x + step * 0.3, kDiagonal / 2);
  }
  const Noise noise(random.fork(3));
  const double turn = random.range(0, 3.1);
  const double along_x = std::cos(turn);
  const double along_y = std::sin(turn);
  const auto height = [&](double x, double y) {
    const double u = (x * along_x + y * along_y) / 26;
    const double v = (y * along_x - x * along_y) / 11;
    return 1 - std::abs(noise.at(u, v + 0.6 * noise.at(u * 2, 5)));
  };
  for (int y = 0; y < kMapHeight; ++y) {
    for (int x = 0; x < kMapWidth; ++x)
      shade.at(x, y) += 0.42F * static_cast<float>(height(x + 0.8, y + 0.8) - height(x, y));
  }
  slope_light(shade, random, 0.1);
}

// Adds a fine random structure of `size` cells to the shade.
void speckle(Map& shade, Random& random, double size, double amount) {
  const Noise noise(random.fork(5));
  for (int y = 0; y < kMapHeight; ++y) {
    for (int x = 0; x < kMapWidth; ++x) {
      shade.at(x, y) += static_cast<float>(amount) *
                        (noise.at(x / size, y / size) + noise.at(y / 7.3 / size + 9, x / 6.1 / size));
    }
  }
}

void draw_rug(cairo_t* c, Map& shade, Random& random) {
  static constexpr std::array<unsigned, 6> kWool = {0xd9d2c5, 0xa7a9ac, 0xc3b39b,
                                                    0x8f9aa3, 0xb79f92, 0x6f7a74};
  const Rgb wool = one_of(kWool, random);
  set(c, wool);
  cairo_paint(c);
  cairo_translate(c, kWidth / 2.0, kHeight / 2.0);
  cairo_rotate(c, random.range(-0.15, 0.15));
  for (double y = -kDiagonal / 2; y < kDiagonal / 2; y += 5) {
    set(c, toned(wool, -0.2), 0.35);
    box(c, -kDiagonal / 2, y, kDiagonal / 2, y + 1.3);
    set(c, toned(wool, 0.3), 0.3);
    box(c, -kDiagonal / 2, y + 2, kDiagonal / 2, y + 3);
  }
  speckle(shade, random, 0.8, 0.07);
  slope_light(shade, random, 0.12);
}

void draw_concrete(cairo_t* c, Map& shade, Random& random) {
  static constexpr std::array<unsigned, 4> kStone = {0xbcbcb9, 0xcbc7c0, 0x9ea1a3, 0xd6d4cf};
  const Rgb stone = one_of(kStone, random);
  set(c, stone);
  cairo_paint(c);
  speckle(shade, random, 14, 0.045);
  speckle(shade, random, 3.1, 0.025);
  slope_light(shade, random, 0.14);
}

}  // namespace

Backdrop draw_backdrop(Scene scene, double zoom, Random random) {
  Backdrop backdrop;
  backdrop.colour.reset(cairo_image_surface_create(CAIRO_FORMAT_RGB24, kWidth, kHeight));
  backdrop.upright = scene == Scene::kDoor;
  const Context context(cairo_create(backdrop.colour.get()));
  cairo_t* c = context.get();
  cairo_translate(c, kWidth / 2.0, kHeight / 2.0);
  cairo_scale(c, zoom, zoom);
  cairo_translate(c, -kWidth / 2.0, -kHeight / 2.0);
  switch (scene) {
    case Scene::kStudio:
      draw_studio(c, backdrop.shade, random);
      break;
    case Scene::kBoards:
      draw_boards(c, backdrop.shade, random);
      break;
    case Scene::kDoor:
      draw_door(c, backdrop.shade, random);
      break;
    case Scene::kSheet:
      draw_sheet(c, backdrop.shade, random);
      break;
    case Scene::kRug:
      draw_rug(c, backdrop.shade, random);
      break;
    case Scene::kConcrete:
      draw_concrete(c, backdrop.shade, random);
      break;
  }
  cairo_surface_flush(backdrop.colour.get());
  return backdrop;
}

}  // namespace fit::sample
