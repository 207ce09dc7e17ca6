#include "sample/torso.h"

namespace fit::sample {
namespace {

double skirt_length(const Design& design, double cropped, double middle, double full) {
  if (design.is(kGarmentLength, "mini")) return cropped;
  if (design.is(kGarmentLength, "maxi")) return full;
  return middle;
}

// A skirt from the waist down, whose hem has waves at the folds.
Outline skirt_outline(double waist, double waist_y, double hip, double hem, double bottom, int waves) {
  std::vector<Knot> left = {Knot(0, waist_y + 3), corner(-waist, waist_y),
                            Knot(-(waist * 0.35 + hip * 0.65), waist_y + (bottom - waist_y) * 0.3),
                            corner(-hem, bottom - 8)};
  for (int i = waves - 1; i > 0; --i) {
    const double x = -hem * i / waves;
    left.emplace_back(x, bottom + (i % 2 == 0 ? -2 : 2.5) + 6 * (1 - i / static_cast<double>(waves)));
  }
  left.emplace_back(0, bottom + (waves % 2 == 0 ? 5 : 8));
  return mirrored(left);
}

void paint_skirt_folds(Painter& painter, Random cut, double waist, double waist_y, double hem, double bottom,
                       int count, double strength) {
  for (int i = 0; i < count; ++i) {
    const double t = (i + 0.5) / count * 2 - 1;
    const double start = waist_y + cut.range(2, 30);
    painter.crease({t * waist * 0.92, start}, {t * hem * 0.95 + cut.range(-6, 6), bottom + 12},
                   cut.range(5, 9), strength * cut.range(0.6, 1.2));
  }
}

void frame_dress(Painter& painter, const Torso& t, const Sleeve& sleeve, double hem, double bottom) {
  double side = std::max(t.shoulder + 8, hem + 8);
  if (sleeve.length > 0)
    side = std::max(side, t.shoulder + sleeve.length * (sleeve.length > 110 ? 0.34 : 0.6) + 8);
  painter.frame(-side, t.top - (painter.pose().hung ? 56 : 8), side, bottom + 18, {-12, t.top + 86});
  if (painter.pose().hung) paint_hanger(painter, t);
}

// A belt with a buckle, or a tied one, around the waist at height `y`.
void paint_belt(Painter& painter, const Torso& t, const Design& design, double y, bool tied) {
  painter.part(
      mirrored({Knot(0, y - 5), corner(-t.hem - 2, y - 8), corner(-t.hem - 2, y + 6), Knot(0, y + 9)}),
      design.trim, {.round = 4, .fold = 0.3});
  if (!tied) {
    painter.ring({0, y + 2}, 8, design.metal);
    return;
  }
  const Point knot{34, y};
  painter.part(closed({corner(knot), Knot(knot + Point{22, -14}), Knot(knot + Point{30, 2}),
                       Knot(knot + Point{14, 8})}),
               design.trim, {.round = 4, .fold = 0.4});
  painter.part(closed({corner(knot + Point{-3, 0}), Knot(knot + Point{10, 40}), corner(knot + Point{18, 78}),
                       corner(knot + Point{4, 80}), Knot(knot + Point{-2, 40})}),
               design.trim, {.round = 4, .fold = 0.5});
  painter.part(ellipse(knot, 7, 7), design.trim, {.round = 4, .fold = 0});
}

// The overlapping front of a wrap dress.
void paint_wrap_front(Painter& painter, const Torso& t, const Cloth& cloth) {
  painter.line(
      open({corner(-2, t.top + t.neck_depth - 2), Knot(20, t.bottom - 30), corner(40, t.bottom - 2)}),
      toned(cloth.colour, -0.5), 1.6, 0.6);
  painter.crease({-2, t.top + t.neck_depth}, {44, t.bottom}, 4, 1);
}

// The front of a dress with a collar: the closing edge, its buttons and the collar.
void paint_collared_front(Painter& painter, const Torso& t, const Design& design, double bottom) {
  const Cloth& cloth = design.cloth;
  for (int i = 0; i < 6; ++i)
    painter.button({0, t.top + 42 + i * (bottom - t.top - 60) / 6}, 4,
                   luma(cloth.colour) > 0.6 ? toned(cloth.colour, -0.3) : from_hex(0xf0eadc));
  painter.line(open({corner(8, t.top + 26), corner(8, bottom)}), toned(cloth.colour, -0.45), 1.2, 0.5);
  paint_collar(painter, t, design.trim, 28, 10);
}

}  // namespace

void draw_dress(Painter& painter, const Design& design) {
  Random cut = design.cut.fork(5);
  Torso t = fit_torso(design, {.neck = 40,
                               .shoulder = 80,
                               .chest = 76,
                               .waist = 62,
                               .hem = 60,
                               .top = -215,
                               .drop = 18,
                               .armpit = 84,
                               .waist_y = -75,
                               .bottom = -50,
                               .hem_curve = 2,
                               .neck_depth = 42});
  t.bottom = -50;
  t.waist_y = -78;
  const double bottom = skirt_length(design, 92, 158, 226);
  const double hem = design.is(kFit, "bodycon") ? 74 : 96 + (bottom + 50) * 0.14 + cut.range(-8, 10);
  const bool collared = design.is(kNeckline, "collar");
  const bool wrap = design.is(kClosure, "wrap");
  if (wrap) t.v_neck = true;
  if (wrap) t.neck_depth = 104;
  if (collared) t.neck_depth = 24;
  Sleeve sleeve = sleeve_for(design, painter);
  if (sleeve.length > 110) sleeve.rib = 12;
  if (sleeve.length <= 0) {
    t.shoulder = t.neck + 21;
    t.armhole = 0.2;
  }
  frame_dress(painter, t, sleeve, hem, bottom);
  const Cloth& cloth = design.cloth;
  paint_inside(painter, t, cloth);
  paint_sleeves(painter, t, sleeve, cloth, design.trim);
  const bool tight = design.is(kFit, "bodycon");
  painter.part(skirt_outline(t.hem + 1, t.bottom - 4, tight ? 84 : hem * 0.86, hem, bottom, tight ? 2 : 6),
               cloth, {.round = 14, .fold = 0.9});
  paint_skirt_folds(painter, cut, t.hem, t.bottom, hem, bottom, tight ? 3 : 8, tight ? 0.4 : 1.1);
  if (cut.chance(0.3) && !tight) {
    const double tier = (t.bottom + bottom) / 2 + 24;
    const double reach = hem * 0.83;
    painter.seam(open({corner(-reach, tier), Knot(0, tier + 8), corner(reach, tier)}), cloth);
  }
  paint_body(painter, t, cloth, {.fold = 0.8});
  if (wrap) paint_wrap_front(painter, t, cloth);
  if (collared) {
    paint_collared_front(painter, t, design, bottom);
  } else {
    paint_neck_band(painter, t, cloth, 5);
  }
  const double y = t.bottom - 4;  // the waist
  if (design.is(kClosure, "belt") || wrap) {
    paint_belt(painter, t, design, y, wrap);
  } else {
    painter.seam(open({corner(-t.hem, y + 1), Knot(0, y + 5), corner(t.hem, y + 1)}), cloth);
  }
}

void draw_slip_dress(Painter& painter, const Design& design) {
  Random cut = design.cut.fork(6);
  const double bottom = skirt_length(design, 92, 166, 226);
  const double hem = 84 + (bottom + 40) * 0.1 + cut.range(-6, 10);
  const Torso hanger{.neck = 20, .shoulder = 78, .top = -222, .drop = 14};
  frame_dress(painter, hanger, {.length = 0}, hem, bottom);
  const Cloth& cloth = design.cloth;
  const double bust = -150;
  for (const bool right : {false, true}) {
    const double swing = painter.pose().arms * 5;
    painter.part(
        flipped(open({corner(-46, bust + 6), Knot(-42 + swing, -186), corner(-34 + swing, -222)}), right),
        cloth.tone(-0.1), {.round = 2, .fold = 0, .stroke = 4});
    painter.part(
        flipped(open({corner(-34 + swing, -222), Knot(-30 + swing, -190), corner(-26, bust + 20)}), right),
        cloth.tone(-0.25), {.round = 2, .fold = 0, .stroke = 3.4});
  }
  painter.part(
      mirrored({Knot(0, bust + 8), corner(-62, bust + 18), corner(-62, bust + 44), Knot(0, bust + 52)}),
      cloth.tone(-0.32), {.round = 4, .fold = 0.5});
  std::vector<Knot> left = {
      corner(0, bust + 46),         Knot(-24, bust + 18),     corner(-46, bust),  Knot(-58, bust + 18),
      corner(-72, bust + 46),       Knot(-60, -72),           Knot(-78, 20),      corner(-hem, bottom - 6),
      Knot(-hem * 0.6, bottom + 5), Knot(-hem * 0.3, bottom), Knot(0, bottom + 8)};
  painter.part(mirrored(left), cloth, {.round = 16, .relief = 1.3, .fold = 1.3});
  paint_skirt_folds(painter, cut, 58, -70, hem, bottom, 6, 0.9);
  for (const double side : {-1.0, 1.0}) {
    painter.crease({side * 12, bust + 50}, {side * 40, bust + 36}, 5, 0.8);
    painter.crease({side * 20, -96}, {side * 58, -86}, 6, 0.6);
    painter.line(open({corner(side * 2, bust + 44), Knot(side * 24, bust + 17), corner(side * 46, bust)}),
                 toned(cloth.colour, 0.3), 2, 0.6);
  }
  painter.seam(open({corner(-61, -84), Knot(0, -76), corner(61, -84)}), cloth);
  painter.line(open({corner(-hem + 2, bottom - 12), Knot(0, bottom + 1), corner(hem - 2, bottom - 12)}),
               toned(cloth.colour, -0.3), 1, 0.5);
}

void draw_skirt(Painter& painter, const Design& design) {
  Random cut = design.cut.fork(7);
  const bool pencil = design.is(kFit, "pencil");
  const double top = -130;
  const double bottom = skirt_length(design, 62, 130, 196);
  const double waist = 60 + cut.range(-3, 4);
  const double hem = pencil ? 74 : 112 + (bottom - 60) * 0.2 + cut.range(-8, 8);
  painter.frame(-hem - 12, top - 24, hem + 12, bottom + 18, {-12, top + 44});
  const Cloth& cloth = design.cloth;
  painter.part(mirrored({Knot(0, top - 24), corner(-waist + 1, top - 21), Knot(0, top - 8)}),
               cloth.tone(-0.4), {.round = 4, .fold = 0.2});
  painter.part(skirt_outline(waist, top, pencil ? 88 : hem * 0.84, hem, bottom, pencil ? 2 : 6), cloth,
               {.round = 15, .fold = pencil ? 0.7 : 1});
  paint_skirt_folds(painter, cut, waist, top, hem, bottom, pencil ? 2 : 8, pencil ? 0.35 : 1.1);
  const bool denim = cloth.weave == Weave::kDenim;
  const Rgb thread = denim && luma(cloth.colour) < 0.7
                         ? from_hex(0xd9a04e)
                         : toned(cloth.colour, luma(cloth.colour) < 0.25 ? 0.3 : -0.3);
  if (design.is(kClosure, "button")) {
    painter.line(open({corner(9, top + 4), corner(10, bottom + 6)}), toned(cloth.colour, -0.5), 1.4, 0.6);
    painter.stitches(open({corner(-9, top + 4), corner(-10, bottom + 6)}), thread);
    for (int i = 0; i < 6; ++i)
      painter.button({0, top + 18 + i * (bottom - top - 10) / 6}, 4.8,
                     denim                      ? design.metal
                     : luma(cloth.colour) > 0.5 ? toned(cloth.colour, -0.4)
                                                : from_hex(0xefe8d8));
    for (const bool right : {false, true})
      painter.stitches(flipped(open({corner(-waist * 0.52, top + 5), Knot(-waist * 0.6, top + 30),
                                     corner(-waist - 10, top + 40)}),
                               right),
                       thread);
  }
  if (pencil)
    painter.line(open({corner(26, bottom - 52), corner(28, bottom)}), toned(cloth.colour, -0.55), 1.8, 0.7);
  painter.stitches(open({corner(-hem + 4, bottom - 15), Knot(0, bottom - 1), corner(hem - 4, bottom - 15)}),
                   thread);
  painter.part(mirrored({Knot(0, top - 17), corner(-waist + 1, top - 21), corner(-waist - 2, top + 4),
                         Knot(0, top + 8)}),
               cloth.tone(-0.03), {.round = 5, .fold = 0.2});
  if (design.is(kClosure, "button"))
    painter.button({0, top - 5}, 5.4, denim ? design.metal : from_hex(0xefe8d8));
}

void draw_pleated_skirt(Painter& painter, const Design& design) {
  Random cut = design.cut.fork(8);
  const double top = -130;
  const double bottom = skirt_length(design, 60, 134, 190);
  const double waist = 60;
  const double hem = 122 + (bottom - 60) * 0.12 + cut.range(-6, 6) + painter.pose().arms * 5;
  painter.frame(-hem - 10, top - 24, hem + 10, bottom + 16, {-10, top + 52});
  const Cloth& cloth = design.cloth;
  painter.part(mirrored({Knot(0, top - 24), corner(-waist + 1, top - 21), Knot(0, top - 8)}),
               cloth.tone(-0.4), {.round = 4, .fold = 0.2});
  constexpr int kPleats = 11;
  for (int i = 0; i < kPleats; ++i) {
    const double a = i * 2.0 / kPleats - 1;
    const double b = (i + 1.16) * 2.0 / kPleats - 1;
    const auto sag = [&](double t) { return bottom + 10 * (1 - t * t); };
    painter.part(
        closed({corner(a * waist, top), corner(std::min(b, 1.0) * waist, top),
                Knot(b * (waist * 0.5 + hem * 0.5) * 1.02, (top + bottom) / 2), corner(b * hem, sag(b) - 4),
                corner(a * hem, sag(a) + 2), Knot(a * (waist * 0.5 + hem * 0.5) * 1.02, (top + bottom) / 2)}),
        cloth, {.grain = -a * 0.3, .round = 7, .relief = 1.1, .fold = 0.35});
  }
  painter.part(mirrored({Knot(0, top - 17), corner(-waist + 1, top - 21), corner(-waist - 2, top + 4),
                         Knot(0, top + 8)}),
               cloth, {.round = 5, .fold = 0.2});
  painter.stitches(open({corner(-waist, top), Knot(0, top + 4), corner(waist, top)}),
                   toned(cloth.colour, luma(cloth.colour) < 0.25 ? 0.3 : -0.3));
}

}  // namespace fit::sample
