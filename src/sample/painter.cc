#include "sample/painter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace fit::sample {
namespace {

constexpr double kMargin = 0.91;  // fraction of the photo that a garment fills
// Light falls from the upper left.
constexpr float kLightX = -0.55F;
constexpr float kLightY = -0.83F;

void set(cairo_t* c, Rgb colour, double alpha) {
  cairo_set_source_rgba(c, colour.r, colour.g, colour.b, alpha);
}

}  // namespace

Painter::Painter(const Pose& pose)
    : pose_(pose),
      colour_(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, kWidth, kHeight)),
      context_(cairo_create(colour_.get())),
      mask_surface_(cairo_image_surface_create(CAIRO_FORMAT_A8, kMapWidth, kMapHeight)),
      mask_context_(cairo_create(mask_surface_.get())) {
  for (cairo_t* c : {context_.get(), mask_context_.get()}) {
    cairo_set_line_join(c, CAIRO_LINE_JOIN_MITER);
    cairo_set_line_cap(c, CAIRO_LINE_CAP_ROUND);
    cairo_set_tolerance(c, 0.25);
    cairo_set_antialias(c, CAIRO_ANTIALIAS_FAST);
  }
  frame(-180, -240, 180, 240, {0, 0});
}

void Painter::frame(double left, double top, double right, double bottom, Point detail) {
  const double fit = std::min(kWidth / (right - left), kHeight / (bottom - top));
  pixels_per_unit_ = fit * kMargin * pose_.scale * pose_.zoom;
  Point centre = {(left + right) / 2, (top + bottom) / 2};
  if (pose_.zoom > 1) centre = detail;
  cairo_matrix_init_translate(&frame_, kWidth / 2.0 + pose_.shift.x, kHeight / 2.0 + pose_.shift.y);
  cairo_matrix_rotate(&frame_, pose_.rotation);
  const cairo_matrix_t shear = {1, 0, pose_.shear, 1, 0, 0};
  cairo_matrix_multiply(&frame_, &shear, &frame_);
  cairo_matrix_scale(&frame_, pixels_per_unit_, pixels_per_unit_);
  cairo_matrix_translate(&frame_, -centre.x, -centre.y);
  reset_placement();
}

void Painter::place(Point shift, double scale, double rotation) {
  matrix_ = frame_;
  cairo_matrix_translate(&matrix_, shift.x, shift.y);
  cairo_matrix_rotate(&matrix_, rotation);
  cairo_matrix_scale(&matrix_, scale, scale);
  cairo_set_matrix(context_.get(), &matrix_);
}

void Painter::reset_placement() {
  place({0, 0});
}

double Painter::cells(double units) const {
  return units * pixels_per_unit_ / kCell;
}

// Displaces a point a little, because a garment on a floor is not quite symmetrical.
Point Painter::warped(Point point) const {
  const auto phase = static_cast<double>(pose_.seed % 628) / 100;
  const double x = point.x + 2.2 * std::sin(point.y / 47 + phase) + 1.4 * std::sin(point.y / 19 + 2 * phase);
  const double y = point.y + 2.0 * std::sin(point.x / 53 + 3 * phase) + 1.0 * std::sin(point.x / 21 + phase);
  return {x, y};
}

void Painter::trace(cairo_t* context, const Outline& outline) const {
  const Point from = warped(outline.from);
  cairo_new_path(context);
  cairo_move_to(context, from.x, from.y);
  for (const Piece& piece : outline.pieces) {
    const Point a = warped(piece.control1);
    const Point b = warped(piece.control2);
    const Point to = warped(piece.to);
    cairo_curve_to(context, a.x, a.y, b.x, b.y, to.x, to.y);
  }
  if (outline.closed) cairo_close_path(context);
}

void Painter::paint(cairo_t* context, const Outline& outline, double stroke) const {
  trace(context, outline);
  if (stroke > 0) {
    cairo_set_line_width(context, stroke);
    cairo_stroke(context);
  } else {
    cairo_fill(context);
  }
}

// Draws the part's shape into mask_ and returns the area of cells that it and its shadow may touch.
MapArea Painter::draw_mask(const Outline& outline, double stroke, double reach) {
  cairo_t* c = mask_context_.get();
  cairo_matrix_t matrix = matrix_;
  const cairo_matrix_t shrink = {1.0 / kCell, 0, 0, 1.0 / kCell, 0, 0};
  cairo_matrix_multiply(&matrix, &matrix_, &shrink);
  cairo_set_matrix(c, &matrix);
  trace(c, outline);
  std::array<double, 4> box{};
  cairo_path_extents(c, &box[0], &box[1], &box[2], &box[3]);
  const double half = stroke / 2;
  box = {box[0] - half, box[1] - half, box[2] + half, box[3] + half};
  MapArea area{kMapWidth, kMapHeight, 0, 0};
  for (const auto& [x, y] :
       {Point{box[0], box[1]}, Point{box[2], box[1]}, Point{box[0], box[3]}, Point{box[2], box[3]}}) {
    double cell_x = x;
    double cell_y = y;
    cairo_matrix_transform_point(&matrix, &cell_x, &cell_y);
    const auto clamped = [](double value, int limit) {
      return static_cast<int>(std::clamp(value, 0.0, static_cast<double>(limit)));
    };
    area.left = std::min(area.left, clamped(cell_x - reach, kMapWidth));
    area.top = std::min(area.top, clamped(cell_y - reach, kMapHeight));
    area.right = std::max(area.right, clamped(cell_x + reach + 1, kMapWidth));
    area.bottom = std::max(area.bottom, clamped(cell_y + reach + 1, kMapHeight));
  }

  cairo_save(c);
  cairo_set_operator(c, CAIRO_OPERATOR_CLEAR);
  cairo_paint(c);
  cairo_restore(c);
  cairo_set_source_rgba(c, 1, 1, 1, 1);
  paint(c, outline, stroke);
  cairo_surface_flush(mask_surface_.get());
  const unsigned char* pixels = cairo_image_surface_get_data(mask_surface_.get());
  const int stride = cairo_image_surface_get_stride(mask_surface_.get());
  for (int y = mask_area_.top; y < mask_area_.bottom; ++y) {
    std::fill_n(&mask_.at(0, y) + mask_area_.left, mask_area_.right - mask_area_.left, 0.0F);
  }
  mask_area_ = area;
  for (int y = area.top; y < area.bottom; ++y) {
    for (int x = area.left; x < area.right; ++x) {
      const float inside = static_cast<float>(pixels[y * stride + x]) / 255;
      mask_.at(x, y) = inside;
      soft_.at(x, y) = inside;
      far_.at(x, y) = inside;
    }
  }
  return area;
}

void Painter::shade_part(const MapArea& area, const PartStyle& style) {
  const int radius = std::max(1, static_cast<int>(std::lround(cells(style.round) / 2)));
  const int reach = std::max(1, static_cast<int>(std::lround(cells(6) / 2)));
  blur(soft_, area, radius);
  blur(far_, area, reach);
  const float bend = static_cast<float>(style.relief) * 0.34F * static_cast<float>(radius);
  const float rim = static_cast<float>(style.relief) * 0.13F;
  const float cast = static_cast<float>(style.cast) * 0.55F;
  const auto fold = static_cast<float>(style.fold);
  for (int y = area.top; y < area.bottom; ++y) {
    for (int x = area.left; x < area.right; ++x) {
      const float inside = mask_.at(x, y);
      const int left = std::max(x - 1, area.left);
      const int right = std::min(x + 1, area.right - 1);
      const int up = std::max(y - 1, area.top);
      const int down = std::min(y + 1, area.bottom - 1);
      const float slope_x = (soft_.at(right, y) - soft_.at(left, y)) / 2;
      const float slope_y = (soft_.at(x, down) - soft_.at(x, up)) / 2;
      const float depth = std::clamp(2 - 2 * soft_.at(x, y), 0.0F, 1.0F);  // 1 at the edge, 0 inside
      const float own = 1 - bend * (slope_x * kLightX + slope_y * kLightY) - rim * depth * depth;
      const float shadow = 1 - cast * far_.at(left, up) * (1 - inside);
      float& shade = shade_.at(x, y);
      shade = inside * own + (1 - inside) * shade * shadow;
      float& cover = cover_.at(x, y);
      cover += inside * (1 - cover);
      float& wrinkled = fold_.at(x, y);
      wrinkled += inside * (fold - wrinkled);
    }
  }
}

void Painter::part(const Outline& outline, const Cloth& cloth, const PartStyle& style) {
  const Rgb dark = luma(cloth.colour) < 0.22 ? toned(cloth.colour, -0.6) : toned(cloth.colour, -0.45);
  for (cairo_t* c : {context_.get(), mask_context_.get()}) {
    cairo_set_line_cap(c, style.stroke > 0 && !style.round_ends ? CAIRO_LINE_CAP_BUTT : CAIRO_LINE_CAP_ROUND);
  }
  if (style.stroke > 0) line(outline, dark, style.stroke + 1.4, style.edge);
  const Source source = weave_source(cloth, pixels_per_unit_, style.grain);
  cairo_set_source(context_.get(), source.get());
  paint(context_.get(), outline, style.stroke);
  cairo_set_line_cap(context_.get(), CAIRO_LINE_CAP_ROUND);
  if (style.stroke == 0 && style.edge > 0) line(outline, dark, 1.1, style.edge);
  const MapArea area = draw_mask(outline, style.stroke, cells(std::max(style.round, 6.0)) + 2);
  shade_part(area, style);
}

void Painter::patch(const Outline& part, const Outline& area, const Cloth& cloth) {
  cairo_t* c = context_.get();
  const Source source = weave_source(cloth, pixels_per_unit_, 0);
  cairo_save(c);
  trace(c, part);
  cairo_clip(c);
  cairo_set_source(c, source.get());
  paint(c, area, 0);
  cairo_restore(c);
}

void Painter::fill(const Outline& outline, Rgb colour, double alpha) {
  set(context_.get(), colour, alpha);
  paint(context_.get(), outline, 0);
}

void Painter::line(const Outline& outline, Rgb colour, double width, double alpha, double dash) {
  cairo_t* c = context_.get();
  set(c, colour, alpha);
  if (dash > 0) {
    const std::array<double, 2> dashes = {dash, dash * 0.9};
    cairo_set_line_cap(c, CAIRO_LINE_CAP_BUTT);
    cairo_set_dash(c, dashes.data(), 2, 0);
  }
  paint(c, outline, width);
  if (dash > 0) {
    cairo_set_dash(c, nullptr, 0, 0);
    cairo_set_line_cap(c, CAIRO_LINE_CAP_ROUND);
  }
}

void Painter::seam(const Outline& outline, const Cloth& cloth) {
  const bool dark = luma(cloth.colour) < 0.2;
  line(outline, dark ? toned(cloth.colour, -0.7) : toned(cloth.colour, -0.5), 1.3, 0.55);
  line(outline, dark ? toned(cloth.colour, 0.25) : toned(cloth.colour, 0.5), 0.7, dark ? 0.35 : 0.25);
}

void Painter::stitches(const Outline& outline, Rgb thread) {
  line(outline, thread, 1, 0.85, 3);
}

void Painter::ribs(Point from_a, Point from_b, Point to_a, Point to_b, int count, const Cloth& cloth) {
  const Rgb groove = luma(cloth.colour) < 0.2 ? toned(cloth.colour, 0.22) : toned(cloth.colour, -0.4);
  cairo_t* c = context_.get();
  cairo_new_path(c);
  for (int i = 1; i < count; ++i) {
    const double t = i / static_cast<double>(count);
    const Point from = warped(between(from_a, from_b, t));
    const Point to = warped(between(to_a, to_b, t));
    cairo_move_to(c, from.x, from.y);
    cairo_line_to(c, to.x, to.y);
  }
  set(c, groove, 0.4);
  cairo_set_line_width(c, 0.9);
  cairo_stroke(c);
}

void Painter::button(Point at, double radius, Rgb colour) {
  fill(ellipse(at + Point{0.8, 1.2}, radius * 1.08, radius * 1.08), {}, 0.35);
  fill(ellipse(at, radius, radius), colour);
  line(ellipse(at, radius * 0.72, radius * 0.72), toned(colour, luma(colour) < 0.3 ? 0.3 : -0.25),
       radius * 0.16, 0.7);
  for (const double x : {-0.22, 0.22}) {
    for (const double y : {-0.22, 0.22}) {
      fill(ellipse(at + Point{x * radius, y * radius}, radius * 0.12, radius * 0.12), {}, 0.7);
    }
  }
}

void Painter::zip(Point from, Point to, Rgb metal) {
  const Outline track = open({corner(from), corner(to)});
  line(track, {}, 7, 0.28);
  line(track, toned(metal, -0.35), 3.6);
  line(track, toned(metal, 0.25), 3.2, 1, 1.5);
  const Point along = unit(to - from);
  const Point pull = from + along * 5;
  line(open({corner(pull), corner(pull + along * 11)}), toned(metal, -0.3), 5);
  line(open({corner(pull), corner(pull + along * 11)}), toned(metal, 0.3), 2.6);
}

void Painter::ring(Point at, double radius, Rgb metal) {
  line(ellipse(at + Point{0.8, 1.2}, radius, radius), {}, radius * 0.5, 0.3);
  line(ellipse(at, radius, radius), metal, radius * 0.45);
  line(ellipse(at + Point{-0.3, -0.3}, radius, radius), toned(metal, 0.6), radius * 0.12, 0.8);
}

void Painter::crease(Point a, Point b, double width, double strength) {
  const Point from = warped(a);
  const Point to = warped(b);
  double ax = from.x;
  double ay = from.y;
  double bx = to.x;
  double by = to.y;
  cairo_matrix_transform_point(&matrix_, &ax, &ay);
  cairo_matrix_transform_point(&matrix_, &bx, &by);
  const Point start{ax / kCell, ay / kCell};
  const Point along = Point{bx / kCell, by / kCell} - start;
  const double size = length(along);
  if (size < 0.5) return;
  const Point way = unit(along);
  const double breadth = std::max(0.7, cells(width));
  const Point light{-way.y, way.x};
  const double side = light.x * kLightX + light.y * kLightY > 0 ? 1 : -1;
  const int reach = static_cast<int>(breadth * 3) + 1;
  const int x0 = std::max(0, static_cast<int>(std::min(start.x, start.x + along.x)) - reach);
  const int x1 = std::min(kMapWidth, static_cast<int>(std::max(start.x, start.x + along.x)) + reach);
  const int y0 = std::max(0, static_cast<int>(std::min(start.y, start.y + along.y)) - reach);
  const int y1 = std::min(kMapHeight, static_cast<int>(std::max(start.y, start.y + along.y)) + reach);
  for (int y = y0; y < y1; ++y) {
    for (int x = x0; x < x1; ++x) {
      const Point offset = Point{x + 0.5, y + 0.5} - start;
      const double t = (offset.x * way.x + offset.y * way.y) / size;
      if (t <= 0 || t >= 1) continue;
      const double across = (offset.x * light.x + offset.y * light.y) * side / breadth;
      const double taper = std::min(1.0, 4 * t) * (1 - t) * 1.3;
      const double height = across * std::exp(-across * across) * taper * strength * 0.42;
      shade_.at(x, y) += static_cast<float>(height) * mask_.at(x, y);
    }
  }
}

void Painter::glow(Point at, double radius, double amount) {
  const Point place = warped(at);
  double cx = place.x;
  double cy = place.y;
  cairo_matrix_transform_point(&matrix_, &cx, &cy);
  const double reach = std::max(1.0, cells(radius));
  const int y1 = std::min(kMapHeight, static_cast<int>(cy / kCell + reach * 2) + 1);
  const int x1 = std::min(kMapWidth, static_cast<int>(cx / kCell + reach * 2) + 1);
  for (int y = std::max(0, static_cast<int>(cy / kCell - reach * 2)); y < y1; ++y) {
    for (int x = std::max(0, static_cast<int>(cx / kCell - reach * 2)); x < x1; ++x) {
      const double dx = (x + 0.5 - cx / kCell) / reach;
      const double dy = (y + 0.5 - cy / kCell) / reach;
      shade_.at(x, y) += static_cast<float>(amount * std::exp(-2 * (dx * dx + dy * dy))) * mask_.at(x, y);
    }
  }
}

// Adds wrinkles: the slope towards the light of random noise in two sizes, in the garment's coordinates.
void Painter::fold_cloth() {
  const Noise noise(Random(pose_.seed).fork(1));
  cairo_matrix_t back = frame_;
  if (cairo_matrix_invert(&back) != CAIRO_STATUS_SUCCESS) return;
  const auto height = [&](double x, double y) {
    double ux = x * kCell;
    double uy = y * kCell;
    cairo_matrix_transform_point(&back, &ux, &uy);
    const double bent = ux + 18 * noise.at(uy / 70 + 9, ux / 90);
    const float wide = noise.at(bent / 34 + 40, uy / 95);
    const float fine = noise.at(bent / 15 + 20, uy / 48 + 11);
    // Slightly rounded ridges.
    return -1.5F * std::sqrt(wide * wide + 0.012F) - 0.55F * std::sqrt(fine * fine + 0.02F);
  };
  Map heights;
  for (int y = 0; y < kMapHeight; ++y) {
    for (int x = 0; x < kMapWidth; ++x) {
      if (fold_.at(x, y) > 0.02F) heights.at(x, y) = height(x, y);
    }
  }
  const auto scale = static_cast<float>(0.26 / std::min(3.0, pixels_per_unit_));
  for (int y = 1; y < kMapHeight; ++y) {
    for (int x = 1; x < kMapWidth; ++x) {
      if (fold_.at(x, y) <= 0.02F || fold_.at(x - 1, y) <= 0.02F || fold_.at(x, y - 1) <= 0.02F) continue;
      const float slope_x = heights.at(x, y) - heights.at(x - 1, y);
      const float slope_y = heights.at(x, y) - heights.at(x, y - 1);
      const float light = std::clamp(-(slope_x * kLightX + slope_y * kLightY), -0.5F, 0.5F);
      shade_.at(x, y) += fold_.at(x, y) * scale * light * 2.2F;
    }
  }
}

Painter::Layers Painter::finish() {
  fold_cloth();
  cairo_surface_flush(colour_.get());
  context_.reset();
  return {std::move(colour_), std::move(shade_), std::move(cover_)};
}

}  // namespace fit::sample
