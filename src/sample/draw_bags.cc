#include "sample/design.h"

namespace fit::sample {
namespace {

Rgb thread_for(const Cloth& cloth) {
  return toned(cloth.colour, luma(cloth.colour) < 0.3 ? 0.3 : -0.3);
}

PartStyle body(double round, double fold) {
  return {.round = round, .relief = 1.2, .fold = fold};
}

PartStyle strap(double width) {
  return {.round = 4, .relief = 1.1, .fold = 0.1, .stroke = width};
}

}  // namespace

void draw_tote(Painter& painter, const Design& design) {
  Random cut = design.cut.fork(14);
  const double top = -40;
  const double bottom = 150;
  const double upper = 104 + cut.range(-8, 10);
  const double lower = 92 + cut.range(-10, 10);
  const double rise = cut.range(104, 132);
  painter.frame(-122, top - rise - 8, 122, bottom + 8, {-30, top + 20});
  const Cloth& cloth = design.cloth;
  const double swing = 9 * painter.pose().arms;
  painter.part(open({corner(-44, top + 18), Knot(-40 + swing, top - rise * 0.6), Knot(swing, top - rise + 8),
                     Knot(40 + swing, top - rise * 0.6), corner(44, top + 18)}),
               design.trim.tone(-0.14), strap(10));
  painter.part(mirrored({Knot(0, top - 5), corner(-upper + 3, top - 3), corner(-upper + 5, top + 8),
                         Knot(0, top + 18)}),
               cloth.tone(-0.42), body(4, 0.3));
  const Outline body_shape =
      mirrored({Knot(0, top + 7), corner(-upper, top), Knot(-(upper + lower) / 2 - 2, (top + bottom) / 2),
                corner(-lower, bottom - 5), Knot(-lower + 8, bottom), Knot(0, bottom + 4)});
  painter.part(body_shape, cloth, body(14, cloth.weave == Weave::kLeather ? 0.35 : 0.9));
  painter.crease({-upper + 14, top + 30}, {-lower + 30, bottom - 20}, 9, 0.7);
  painter.crease({upper - 16, top + 26}, {lower - 34, bottom - 26}, 9, 0.6);
  painter.stitches(open({corner(-upper + 4, top + 14), Knot(0, top + 20), corner(upper - 4, top + 14)}),
                   thread_for(cloth));
  if (design.is(kPattern, "color block")) {
    painter.patch(
        body_shape,
        closed({corner(-140, 80), Knot(0, 86), corner(140, 80), corner(140, 170), corner(-140, 170)}),
        cloth.in(cloth.accent));
  }
  if (design.is(kPattern, "graphic")) {
    for (int i = 0; i < 7; ++i) {
      const Point way = heading(i * 0.8976);
      painter.fill(ellipse(Point{0, 66} + way * 26, 15, 15),
                   i % 2 == 0 ? cloth.accent : toned(cloth.accent, 0.35), 0.9);
    }
    painter.fill(ellipse({0, 66}, 14, 14), toned(cloth.accent, -0.3));
  }
  painter.part(
      open({corner(-46, top + 44), Knot(-44 - swing, top - rise * 0.5), Knot(-swing, top - rise + 20),
            Knot(44 - swing, top - rise * 0.5), corner(46, top + 44)}),
      design.trim, strap(11));
  for (const double x : {-46.0, 46.0}) {
    painter.line(closed({corner(x - 4, top + 24), corner(x + 4, top + 24), corner(x + 4, top + 44),
                         corner(x - 4, top + 44)}),
                 thread_for(design.trim), 1, 0.8);
    painter.line(open({corner(x - 4, top + 24), corner(x + 4, top + 44)}), thread_for(design.trim), 1, 0.7);
  }
}

namespace {

// The measures of a handbag.
struct Handbag {
  double wide = 0;  // half width at the top
  double top = 0;
  double bottom = 0;
  double swing = 0;  // sideways shift of loose parts
};

void paint_handbag_flap(Painter& painter, const Design& design, const Handbag& bag) {
  const double wide = bag.wide;
  const double top = bag.top;
  painter.part(mirrored({Knot(0, top - 2), corner(-wide * 0.92, top), Knot(-wide - 1, top + 14),
                         Knot(-wide * 0.9, top + 62), Knot(-wide * 0.62, top + 76), Knot(0, top + 84)}),
               design.cloth.tone(0.02), body(11, 0.15));
  painter.stitches(open({corner(-wide * 0.92, top + 50), Knot(-wide * 0.84, top + 62),
                         Knot(-wide * 0.6, top + 70), Knot(0, top + 77), Knot(wide * 0.6, top + 70),
                         Knot(wide * 0.84, top + 62), corner(wide * 0.92, top + 50)}),
                   thread_for(design.cloth));
  painter.fill(ellipse({1.5, top + 84}, 15, 11), {}, 0.35);
  painter.part(ellipse({0, top + 82}, 14, 10), Cloth{.colour = design.metal},
               {.round = 6, .relief = 1.6, .fold = 0});
  painter.line(open({corner(-6, top + 82), corner(6, top + 82)}), toned(design.metal, -0.5), 2.4);
}

void paint_handbag_zips(Painter& painter, const Design& design, const Handbag& bag) {
  const double wide = bag.wide;
  const double top = bag.top;
  painter.zip({-wide * 0.8, top + 8}, {wide * 0.84, top + 8}, design.metal);
  painter.part(
      mirrored({Knot(0, top + 52), corner(-wide * 0.66, top + 50), Knot(-wide * 0.68, bag.bottom - 24),
                Knot(-wide * 0.6, bag.bottom - 16), Knot(0, bag.bottom - 14)}),
      design.cloth, body(8, 0.2));
  painter.zip({-wide * 0.56, top + 58}, {wide * 0.58, top + 58}, design.metal);
  painter.part(closed({corner(34, top + 14), corner(48, top + 14), Knot(52, top + 40), corner(41, top + 54),
                       Knot(31, top + 40)}),
               design.trim, body(3, 0));
}

void paint_handbag_drawstring(Painter& painter, const Design& design, const Handbag& bag) {
  const double wide = bag.wide;
  const double top = bag.top;
  painter.line(open({corner(-wide * 0.96, top + 26), Knot(0, top + 34), corner(wide * 0.96, top + 26)}),
               toned(design.trim.colour, -0.4), 7, 0.5);
  painter.line(open({corner(-wide * 0.96, top + 25), Knot(0, top + 33), corner(wide * 0.96, top + 25)}),
               design.trim.colour, 4.5);
  for (const double side : {-1.0, 1.0}) {
    const Outline tie =
        open({corner(0, top + 33), Knot(side * 14, top + 60), corner(side * 10 + bag.swing * 0.4, top + 88)});
    painter.line(tie, {}, 5, 0.3);
    painter.line(tie, design.trim.colour, 3.6);
    painter.part(ellipse({side * 10 + bag.swing * 0.4, top + 92}, 5, 8), design.trim, body(4, 0));
    painter.crease({side * 20, top + 36}, {side * 34, bag.bottom - 10}, 8, 0.8);
    painter.crease({side * 60, top + 36}, {side * 74, bag.bottom - 14}, 8, 0.7);
  }
}

}  // namespace

void draw_handbag(Painter& painter, const Design& design) {
  Random cut = design.cut.fork(15);
  const int style = cut.below(3);  // flap with a clasp, rounded with a zip, bucket with a chain
  const double wide = 112 + cut.range(-8, 8);
  const double top = -24;
  const double bottom = 110 + cut.range(-12, 12);
  const double rise = style == 2 ? 150 : cut.range(92, 116);
  painter.frame(-wide - 16, top - rise - 8, wide + 16, bottom + 10, {0, top + 40});
  const Cloth& cloth = design.cloth;
  const double swing = 10 * painter.pose().arms;
  const Outline handle = open({corner(-wide * 0.62, top + 16), Knot(-wide * 0.58 + swing, top - rise * 0.55),
                               Knot(swing, top - rise + 6), Knot(wide * 0.58 + swing, top - rise * 0.55),
                               corner(wide * 0.62, top + 16)});
  if (style == 2) {
    painter.part(handle, Cloth{.colour = toned(design.metal, -0.25)}, {.round = 2, .fold = 0, .stroke = 6});
    painter.line(handle, toned(design.metal, 0.3), 5, 1, 4.5);
  } else {
    painter.part(handle, design.trim, strap(12));
    painter.stitches(handle, thread_for(design.trim));
  }
  const double low = wide + (style == 1 ? -4 : 6);
  painter.part(mirrored({Knot(0, top + 2), corner(-wide * 0.9, top + 4), Knot(-wide, top + 14),
                         Knot(-(wide + low) / 2 - 2, (top + bottom) / 2), Knot(-low, bottom - 18),
                         Knot(-low + 22, bottom), Knot(0, bottom + 3)}),
               cloth, body(18, cloth.weave == Weave::kPlain ? 0.6 : 0.2));
  painter.stitches(open({corner(-low + 8, bottom - 22), Knot(-low + 26, bottom - 7), Knot(0, bottom - 5),
                         Knot(low - 26, bottom - 7), corner(low - 8, bottom - 22)}),
                   thread_for(cloth));
  const Handbag bag{.wide = wide, .top = top, .bottom = bottom, .swing = swing};
  if (style == 0) paint_handbag_flap(painter, design, bag);
  if (style == 1) paint_handbag_zips(painter, design, bag);
  if (style == 2) paint_handbag_drawstring(painter, design, bag);
  for (const double side : {-1.0, 1.0}) painter.ring({side * wide * 0.62, top + 14}, 7, design.metal);
}

void draw_backpack(Painter& painter, const Design& design) {
  Random cut = design.cut.fork(16);
  const double wide = 88 + cut.range(-5, 6);
  const double top = -140;
  const double bottom = 142;
  const bool roll = cut.chance(0.35);
  painter.frame(-wide - 30, top - 40, wide + 30, bottom + 10, {0, -10});
  const Cloth& cloth = design.cloth;
  const Cloth& trim = design.trim;
  const double swing = 7 * painter.pose().arms;
  for (const bool right : {false, true}) {
    painter.part(flipped(open({corner(-46, top + 16), Knot(-wide - 16 + swing, top + 60),
                               Knot(-wide - 14 + swing, 60), corner(-wide + 14, bottom - 12)}),
                         right),
                 trim.tone(-0.1), strap(17));
  }
  painter.part(open({corner(-20, top + 8), Knot(-14, top - 26), Knot(14, top - 26), corner(20, top + 8)}),
               trim, strap(9));
  const Outline shell =
      mirrored({Knot(0, top), Knot(-wide * 0.62, top + 6), Knot(-wide * 0.94, top + 56), Knot(-wide, 20),
                Knot(-wide + 1, bottom - 34), Knot(-wide + 22, bottom), Knot(0, bottom + 3)});
  painter.part(shell, cloth, body(20, 0.5));
  if (design.is(kPattern, "color block"))
    painter.patch(shell, rectangle(-140, 60, 140, 170), cloth.in(cloth.accent));
  if (roll) {
    painter.part(mirrored({Knot(0, top - 6), Knot(-wide * 0.66, top), Knot(-wide * 0.96, top + 40),
                           Knot(-wide * 0.9, top + 104), Knot(-wide * 0.6, top + 122), Knot(0, top + 126)}),
                 cloth, body(15, 0.5));
    for (const double side : {-1.0, 1.0}) {
      painter.part(open({corner(side * 38, top + 84), corner(side * 40, top + 168)}), trim, strap(11));
      painter.line(closed({corner(side * 40 - 9, top + 134), corner(side * 40 + 9, top + 134),
                           corner(side * 40 + 9, top + 149), corner(side * 40 - 9, top + 149)}),
                   design.metal, 3);
    }
  } else {
    const Outline track = open({corner(-wide + 8, 6), Knot(-wide * 0.84, top + 66),
                                Knot(-wide * 0.5, top + 28), Knot(0, top + 20), Knot(wide * 0.5, top + 28),
                                Knot(wide * 0.84, top + 66), corner(wide - 8, 6)});
    painter.line(track, {}, 6, 0.3);
    painter.line(track, toned(design.metal, -0.3), 3);
    painter.line(track, toned(design.metal, 0.25), 2.6, 1, 1.5);
    painter.part(closed({corner(wide * 0.78, top + 62), corner(wide * 0.86, top + 58),
                         Knot(wide * 0.92, top + 84), Knot(wide * 0.84, top + 90)}),
                 trim, body(3, 0));
  }
  painter.part(
      mirrored({Knot(0, 16), Knot(-wide * 0.66, 18), Knot(-wide * 0.78, 34), Knot(-wide * 0.8, bottom - 34),
                Knot(-wide * 0.66, bottom - 16), Knot(0, bottom - 13)}),
      cloth.tone(-0.02), body(13, 0.5));
  painter.zip({-wide * 0.6, 34}, {wide * 0.62, 34}, design.metal);
  painter.part(closed({corner(-19, 56), corner(19, 56), corner(19, 82), corner(-19, 82)}), trim,
               body(4, 0.05));
  painter.stitches(closed({corner(-16, 59), corner(16, 59), corner(16, 79), corner(-16, 79)}),
                   thread_for(trim));
}

}  // namespace fit::sample
