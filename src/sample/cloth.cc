#include "sample/cloth.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace fit::sample {
namespace {

constexpr double kFull = 2 * std::numbers::pi;

void set(cairo_t* c, Rgb colour, double alpha = 1) {
  cairo_set_source_rgba(c, colour.r, colour.g, colour.b, alpha);
}

void box(cairo_t* c, double x, double y, double width, double height) {
  cairo_rectangle(c, x, y, width, height);
  cairo_fill(c);
}

// Calls draw(x, y) for a point and its copies across the tile's edges, which makes the tile repeat without
// seams.
template <class Draw>
void wrapped(double size, double x, double y, const Draw& draw) {
  for (const double dx : {-size, 0.0, size}) {
    for (const double dy : {-size, 0.0, size}) draw(x + dx, y + dy);
  }
}

double tile_size(const Cloth& cloth) {
  switch (cloth.pattern) {
    case Pattern::kStriped:
      return 24;
    case Pattern::kPinstriped:
      return 12;
    case Pattern::kChecked:
      return 20;
    case Pattern::kPlaid:
      return 48;
    case Pattern::kDotted:
      return 22;
    case Pattern::kFloral:
      return 84;
    case Pattern::kCamouflage:
      return 110;
    default:
      return 24;
  }
}

void draw_plaid(cairo_t* c, const Cloth& cloth) {
  const Rgb dark = toned(cloth.accent, -0.35);
  for (const bool across : {false, true}) {
    const auto band = [&](double at, double width, Rgb colour, double alpha) {
      set(c, colour, alpha);
      across ? box(c, at, 0, width, 48) : box(c, 0, at, 48, width);
    };
    band(4, 16, cloth.accent, 0.5);
    band(26, 6, dark, 0.45);
    band(35, 2, {1, 1, 1}, 0.45);
    band(44, 2, dark, 0.4);
  }
}

void draw_flower(cairo_t* c, double x, double y, double radius, double turn, const Cloth& cloth, Rgb petal) {
  set(c, from_hex(0x4f7a4a), 0.85);
  for (const double side : {0.9, 3.4}) {
    cairo_save(c);
    cairo_translate(c, x, y);
    cairo_rotate(c, turn + side);
    cairo_scale(c, radius * 1.0, radius * 0.36);
    cairo_arc(c, 1.3, 0, 0.8, 0, kFull);
    cairo_fill(c);
    cairo_restore(c);
  }
  set(c, petal);
  for (int i = 0; i < 5; ++i) {
    const double angle = turn + kFull * i / 5;
    cairo_arc(c, x + std::cos(angle) * radius * 0.58, y + std::sin(angle) * radius * 0.58, radius * 0.5, 0,
              kFull);
    cairo_fill(c);
  }
  set(c, luma(petal) > 0.6 ? toned(cloth.colour, luma(cloth.colour) > 0.6 ? -0.5 : 0.0) : from_hex(0xf0d27a));
  cairo_arc(c, x, y, radius * 0.3, 0, kFull);
  cairo_fill(c);
}

void draw_floral(cairo_t* c, const Cloth& cloth) {
  Random random(cloth.seed);
  constexpr std::array<std::array<double, 3>, 7> kPlaces = {
      {{16, 18, 10}, {56, 12, 7}, {40, 42, 11}, {76, 44, 7}, {12, 58, 8}, {62, 70, 10}, {32, 76, 6}}};
  const Rgb second = mix(cloth.accent, {1, 1, 1}, 0.55);
  int number = 0;
  for (const auto& [px, py, radius] : kPlaces) {
    const double x = px + random.range(-4, 4);
    const double y = py + random.range(-4, 4);
    const double turn = random.range(0, kFull);
    const Rgb petal = number++ % 3 == 2 ? second : cloth.accent;
    wrapped(84, x, y, [&](double wx, double wy) {
      if (wx > -24 && wy > -24 && wx < 108 && wy < 108) draw_flower(c, wx, wy, radius, turn, cloth, petal);
    });
  }
}

void draw_camouflage(cairo_t* c, const Cloth& cloth) {
  Random random(cloth.seed);
  const std::array<Rgb, 3> colours = {toned(cloth.colour, -0.4), cloth.accent, toned(cloth.colour, 0.3)};
  for (int blot = 0; blot < 15; ++blot) {
    const double x = random.range(0, 110);
    const double y = random.range(0, 110);
    const double size = random.range(8, 15);
    const std::uint64_t shape = random.next();
    set(c, colours[static_cast<std::size_t>(blot % 3)], 0.9);
    wrapped(110, x, y, [&](double wx, double wy) {
      Random lobes(shape);
      for (int lobe = 0; lobe < 4; ++lobe) {
        cairo_arc(c, wx + lobes.range(-1.3, 1.3) * size, wy + lobes.range(-0.6, 0.6) * size,
                  size * lobes.range(0.4, 0.75), 0, kFull);
        cairo_fill(c);
      }
    });
  }
}

void draw_pattern(cairo_t* c, const Cloth& cloth) {
  switch (cloth.pattern) {
    case Pattern::kStriped:
      set(c, cloth.accent);
      return box(c, 0, 6, 24, 10);
    case Pattern::kPinstriped:
      set(c, cloth.accent, 0.75);
      return box(c, 5, 0, 1.3, 12);
    case Pattern::kChecked:
      set(c, cloth.accent, 0.55);
      box(c, 0, 0, 10, 20);
      return box(c, 0, 0, 20, 10);
    case Pattern::kPlaid:
      return draw_plaid(c, cloth);
    case Pattern::kDotted:
      set(c, cloth.accent);
      for (const double at : {5.5, 16.5}) {
        cairo_arc(c, at, at, 3.1, 0, kFull);
        cairo_fill(c);
      }
      return;
    case Pattern::kFloral:
      return draw_floral(c, cloth);
    case Pattern::kCamouflage:
      return draw_camouflage(c, cloth);
    case Pattern::kSolid:
    case Pattern::kColourBlock:
      return;
  }
}

// Draws the loops of a knitted cloth in columns of `width`.
void draw_loops(cairo_t* c, double size, double width) {
  const double row = size / std::round(size / 3);
  set(c, {}, 0.12);
  cairo_set_line_width(c, 0.8);
  for (double y = 0; y < size; y += row) {
    for (double x = 0; x < size; x += width) {
      cairo_move_to(c, x, y);
      cairo_line_to(c, x + width / 2, y + row * 0.6);
      cairo_line_to(c, x + width, y);
    }
  }
  cairo_stroke(c);
}

// Draws threads of low opacity over the whole tile of `size` units.
void draw_weave(cairo_t* c, const Cloth& cloth, double size) {
  const auto lines = [&](double step, double slope, double width, Rgb colour, double alpha) {
    set(c, colour, alpha);
    cairo_set_line_width(c, width);
    for (double x = -size; x < 2 * size; x += step) {
      cairo_move_to(c, x, -1);
      cairo_line_to(c, x + slope * (size + 2), size + 1);
    }
    cairo_stroke(c);
  };
  const Rgb white{1, 1, 1};
  const double fit = size / std::round(size / 4);  // about 4 units; divides the tile evenly
  switch (cloth.weave) {
    case Weave::kDenim:
      lines(fit / 2, 1, 0.8, white, 0.16);
      return lines(fit / 2, 0, 0.5, {}, 0.10);
    case Weave::kTwill:
      return lines(fit / 2, 1, 0.7, {}, 0.09);
    case Weave::kCorduroy:
      lines(fit * 1.0, 0, fit * 0.4, {}, 0.22);
      return lines(fit * 1.0, 0, fit * 0.15, white, 0.12);
    case Weave::kKnit:
      lines(fit, 0, 0.9, {}, 0.14);
      return draw_loops(c, size, fit);
    case Weave::kStraw:
      lines(fit, 1, 1.2, {}, 0.16);
      return lines(fit, -1, 1.2, white, 0.04 + 0.2 * luma(cloth.colour));
    case Weave::kPlain:
    case Weave::kLeather:
    case Weave::kFleece:
      return;
  }
}

bool is_plain(const Cloth& cloth) {
  return (cloth.pattern == Pattern::kSolid || cloth.pattern == Pattern::kColourBlock) &&
         (cloth.weave == Weave::kPlain || cloth.weave == Weave::kLeather || cloth.weave == Weave::kFleece);
}

}  // namespace

Cloth Cloth::in(Rgb other) const {
  Cloth plain = *this;
  plain.colour = other;
  plain.pattern = Pattern::kSolid;
  return plain;
}

Cloth Cloth::tone(double amount) const {
  Cloth other = *this;
  other.colour = toned(colour, amount);
  other.accent = toned(accent, amount);
  return other;
}

Pattern pattern_named(std::string_view name) {
  if (name == "striped") return Pattern::kStriped;
  if (name == "pinstriped") return Pattern::kPinstriped;
  if (name == "checked") return Pattern::kChecked;
  if (name == "plaid") return Pattern::kPlaid;
  if (name == "dotted") return Pattern::kDotted;
  if (name == "floral") return Pattern::kFloral;
  if (name == "camouflage") return Pattern::kCamouflage;
  if (name == "color block") return Pattern::kColourBlock;
  return Pattern::kSolid;
}

Weave weave_of(std::string_view material) {
  if (material == "denim") return Weave::kDenim;
  if (material == "wool" || material == "cashmere" || material == "acrylic") return Weave::kKnit;
  if (material == "corduroy") return Weave::kCorduroy;
  if (material == "leather" || material == "patent leather") return Weave::kLeather;
  if (material == "fleece" || material == "suede") return Weave::kFleece;
  if (material == "twill" || material == "tweed" || material == "canvas") return Weave::kTwill;
  if (material == "straw") return Weave::kStraw;
  return Weave::kPlain;
}

Source weave_source(const Cloth& cloth, double pixels_per_unit, double grain) {
  if (is_plain(cloth))
    return Source(cairo_pattern_create_rgb(cloth.colour.r, cloth.colour.g, cloth.colour.b));
  const double size = tile_size(cloth);
  // Scales the pattern and not the threads.
  const double scale = cloth.pattern == Pattern::kSolid ? 1 : cloth.scale;
  const int pixels = std::max(8, static_cast<int>(std::lround(size * scale * pixels_per_unit)));
  const Surface tile(cairo_image_surface_create(CAIRO_FORMAT_RGB24, pixels, pixels));
  const Context context(cairo_create(tile.get()));
  cairo_t* c = context.get();
  set(c, cloth.colour);
  cairo_paint(c);
  cairo_save(c);
  cairo_scale(c, pixels / size, pixels / size);
  draw_pattern(c, cloth);
  cairo_restore(c);
  cairo_scale(c, pixels / (size * scale), pixels / (size * scale));
  draw_weave(c, cloth, size * scale);

  Source source(cairo_pattern_create_for_surface(tile.get()));
  cairo_pattern_set_extend(source.get(), CAIRO_EXTEND_REPEAT);
  cairo_pattern_set_filter(source.get(), CAIRO_FILTER_BILINEAR);
  cairo_matrix_t matrix;
  cairo_matrix_init_scale(&matrix, pixels / (size * scale), pixels / (size * scale));
  cairo_matrix_rotate(&matrix, -grain);
  cairo_pattern_set_matrix(source.get(), &matrix);
  return source;
}

}  // namespace fit::sample
