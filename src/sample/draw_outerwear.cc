#include "sample/torso.h"

namespace fit::sample {
namespace {

void frame_coat(Painter& painter, const Torso& t, const Sleeve& sleeve, double above, Point detail) {
  const double side = t.shoulder + sleeve.length * 0.34 + 12;
  painter.frame(-side, t.top - std::max(above, painter.pose().hung ? 56.0 : 0), side, t.bottom + 14, detail);
  if (painter.pose().hung) paint_hanger(painter, t);
}

void paint_lining(Painter& painter, const Torso& t, const Cloth& lining, double low) {
  painter.part(mirrored({Knot(0, t.top - 14), corner(-t.neck + 2, t.top - 13),
                         corner(-t.neck - 3, t.top + 12), corner(0, low + 10)}),
               lining.tone(-0.22), {.round = 5, .fold = 0.4});
  painter.fill(rectangle(-12, t.top + 2, 12, t.top + 14), {0.95, 0.94, 0.9}, 0.9);
}

void paint_slant_pocket(Painter& painter, const Cloth& cloth, Point top, Point bottom) {
  painter.line(open({corner(top), corner(bottom)}), toned(cloth.colour, -0.6), 6, 0.5);
  painter.part(open({corner(top + Point{-2, 0}), corner(bottom + Point{-2, 0})}), cloth.tone(-0.04),
               {.round = 3, .fold = 0, .stroke = 6});
}

void paint_flap(Painter& painter, const Cloth& cloth, Point m, double half, double height) {
  painter.part(closed({corner(m.x - half, m.y), corner(m.x + half, m.y - 2),
                       corner(m.x + half, m.y + height - 3), Knot(m.x + half - 4, m.y + height),
                       Knot(m.x - half + 4, m.y + height + 1), corner(m.x - half, m.y + height - 3)}),
               cloth, {.round = 4, .relief = 0.8, .cast = 1, .fold = 0.3});
}

// The line of the front edges, where the left front overlaps the right one.
void paint_front_edge(Painter& painter, const Cloth& cloth, double x, double from, double to) {
  painter.line(open({corner(x, from), corner(x, to)}), toned(cloth.colour, -0.55), 1.5, 0.7);
  painter.crease({x + 1, from}, {x + 1, to}, 4, 0.9);
}

// The rolls of a quilted sleeve, painted from the wrist up so that each overlaps the one below.
void paint_rolls(Painter& painter, const Torso& t, const Sleeve& sleeve, const Cloth& cloth, bool right) {
  const double angle = sleeve.angle + painter.pose().arms * 0.12 * (right ? 0.6 : 1);
  const Point root = between(t.shoulder_tip(), t.armpit_point(), 0.5) + Point{7, -4};
  const Point along = heading(-angle);
  const Point out{-along.y, along.x};
  constexpr int kRolls = 8;
  for (int i = kRolls - 1; i >= 1; --i) {
    const double from = sleeve.length * i / kRolls - 5;
    const double to = sleeve.length * (i + 1) / kRolls + 3;
    const double half = 33 - 4.0 * i / kRolls;
    const auto at = [&](double across, double down) { return root + along * down + out * (across * half); };
    painter.part(
        flipped(closed({Knot(at(i == 1 ? 0.7 : 1, from)), Knot(at(1.12, (from + to) / 2)), Knot(at(1, to)),
                        Knot(at(-1, to)), Knot(at(-1.1, (from + to) / 2)), Knot(at(-1, from))}),
                right),
        cloth, {.grain = right ? 0.3 : -0.3, .round = 11, .relief = 1.5, .fold = 0.8});
  }
}

Rgb stitch_colour(const Cloth& cloth) {
  if (cloth.weave == Weave::kDenim && luma(cloth.colour) < 0.7) return from_hex(0xd9a04e);
  return toned(cloth.colour, luma(cloth.colour) < 0.25 ? 0.3 : -0.3);
}

Rgb horn(const Cloth& cloth) {
  return luma(cloth.colour) < 0.35 ? toned(cloth.colour, 0.22) : from_hex(0x4a3526);
}

}  // namespace

void draw_bomber(Painter& painter, const Design& design) {
  Torso t = fit_torso(design, {.neck = 36,
                               .shoulder = 98,
                               .chest = 94,
                               .waist = 92,
                               .hem = 88,
                               .bottom = 112,
                               .hem_curve = 3,
                               .neck_depth = 16});
  t.neck_depth = 18;
  t.v_neck = false;
  Sleeve sleeve = sleeve_for(design, painter);
  sleeve.rib = 24;
  sleeve.cuff += 6;
  frame_coat(painter, t, sleeve, 20, {-14, t.top + 74});
  const Cloth& cloth = design.cloth;
  paint_lining(painter, t, design.trim, t.top + 30);
  paint_sleeves(painter, t, sleeve, cloth, design.trim);
  paint_hem_band(painter, t, design.trim, 28);
  paint_body(painter, t, cloth, {.round = 16, .relief = 1.2});
  if (design.is(kPattern, "color block")) {
    painter.patch(torso_outline(t), rectangle(-130, t.top + 60, 130, t.top + 94), cloth.in(cloth.accent));
  }
  for (const double side : {-1.0, 1.0})
    paint_slant_pocket(painter, cloth, {side * 44, t.bottom - 82}, {side * 68, t.bottom - 32});
  for (const bool right : {true, false}) {
    painter.part(flipped(closed({corner(0, t.top + 20), Knot(-t.neck * 0.7, t.top + 12),
                                 corner(-t.neck - 2, t.top - 12), corner(-t.neck - 6, t.top + 6),
                                 Knot(-t.neck * 0.72, t.top + 30), corner(0, t.top + 42)}),
                         right),
                 design.trim, {.round = 5, .fold = 0.2});
  }
  painter.ribs({-t.neck, t.top - 6}, {t.neck, t.top - 6}, {-t.neck * 0.9, t.top + 14},
               {t.neck * 0.9, t.top + 14}, 2, design.trim);
  painter.zip({0, t.top + 22}, {0, t.bottom + 27}, design.metal);
}

void draw_denim_jacket(Painter& painter, const Design& design) {
  Torso t = fit_torso(
      design,
      {.neck = 36, .shoulder = 96, .chest = 90, .waist = 86, .hem = 84, .bottom = 104, .hem_curve = 3});
  t.neck_depth = 24;
  t.v_neck = false;
  Sleeve sleeve = sleeve_for(design, painter);
  sleeve.rib = 18;
  sleeve.cuff += 2;
  frame_coat(painter, t, sleeve, 22, {-24, t.top + 84});
  const Cloth& cloth = design.cloth;
  const Rgb thread = stitch_colour(cloth);
  paint_lining(painter, t, cloth, t.top + 34);
  paint_sleeves(painter, t, sleeve, cloth, cloth);
  paint_body(painter, t, cloth);
  for (const double side : {-1.0, 1.0}) painter.glow({side * 48, t.top + 150}, 60, 0.1);
  const double yoke = t.top + 66;
  for (const bool right : {false, true}) {
    const Outline seam = flipped(open({corner(-t.shoulder + 9, yoke), corner(-8, yoke + 4)}), right);
    painter.seam(seam, cloth);
    painter.stitches(flipped(open({corner(-t.shoulder + 10, yoke + 4), corner(-9, yoke + 8)}), right),
                     thread);
    for (const double x : {-60.0, -24.0}) {
      const Outline dart = flipped(open({corner(x, yoke + 6), corner(x * 0.72, t.bottom - 3)}), right);
      painter.seam(dart, cloth);
      painter.stitches(flipped(open({corner(x + 4, yoke + 6), corner(x * 0.72 + 4, t.bottom - 3)}), right),
                       thread);
    }
    const double side = right ? 1 : -1;
    paint_pocket(painter, {side * 43, yoke + 2}, 21, 44, cloth, true);
    painter.button({side * 43, yoke + 12}, 4, design.metal);
    painter.line(open({corner(side * 64, t.bottom - 66), corner(side * 72, t.bottom - 20)}),
                 toned(cloth.colour, -0.5), 3, 0.6);
  }
  painter.part(mirrored({Knot(0, t.bottom - 4), corner(-t.hem - 1, t.bottom - 7),
                         corner(-t.hem + 2, t.bottom + 16), Knot(0, t.bottom + 20)}),
               cloth, {.round = 5, .fold = 0.3});
  painter.stitches(
      open({corner(-t.hem + 3, t.bottom - 2), Knot(0, t.bottom + 1), corner(t.hem - 3, t.bottom - 2)}),
      thread);
  paint_front_edge(painter, cloth, 9, t.top + 30, t.bottom + 18);
  painter.stitches(open({corner(-9, t.top + 36), corner(-9, t.bottom + 18)}), thread);
  for (int i = 0; i < 6; ++i)
    painter.button({0, t.top + 46 + i * (t.bottom - t.top - 40) / 5}, 4.6, design.metal);
  paint_collar(painter, t, design.trim, 42, 22);
}

void draw_puffer(Painter& painter, const Design& design) {
  Torso t = fit_torso(
      design,
      {.neck = 40, .shoulder = 98, .chest = 96, .waist = 95, .hem = 94, .bottom = 140, .hem_curve = 4});
  t.neck_depth = 16;
  t.v_neck = false;
  Sleeve sleeve = sleeve_for(design, painter);
  const bool vest = sleeve.length <= 0;
  sleeve.cuff += 8;
  sleeve.bend = 0;
  frame_coat(painter, t, sleeve, 36, {-20, t.top + 66});
  const Cloth& cloth = design.cloth;
  paint_lining(painter, t, design.trim, t.top + 26);
  paint_sleeves(painter, t, sleeve, cloth, cloth);
  for (const bool right : {false, true}) {
    if (!vest) paint_rolls(painter, t, sleeve, cloth, right);
  }
  painter.part(torso_outline(t), cloth, {.round = 10});
  constexpr int kRolls = 8;
  for (int i = kRolls - 1; i >= 0; --i) {
    const double from = t.top + 30 + (t.bottom - t.top - 30) * i / kRolls - 4;
    const double to = t.top + 30 + (t.bottom - t.top - 30) * (i + 1) / kRolls + 3;
    const double wide = i == 0 ? t.shoulder - 2 : t.chest + 2 - (i == 1 ? 3 : 0);
    const bool block = design.is(kPattern, "color block") && i < 3;
    const Cloth roll = block ? cloth.in(cloth.accent) : cloth;
    painter.part(mirrored({Knot(0, from), Knot(-wide * 0.5, from - 1), Knot(-wide + 4, from + 2),
                           Knot(-wide - 4, (from + to) / 2), Knot(-wide + 4, to - 1),
                           Knot(-wide * 0.5, to + 1), Knot(0, to)}),
                 roll, {.round = 12, .relief = 1.5, .fold = 0.8});
  }
  painter.part(mirrored({Knot(0, t.top - 30), Knot(-t.neck + 8, t.top - 30), Knot(-t.neck - 6, t.top - 8),
                         Knot(-t.neck - 12, t.top + 22), Knot(0, t.top + 36)}),
               cloth, {.round = 12, .relief = 1.4, .fold = 0.6});
  painter.line(open({corner(-t.neck - 2, t.top - 4), Knot(0, t.top + 4), corner(t.neck + 2, t.top - 4)}),
               toned(cloth.colour, -0.5), 1.5, 0.6);
  painter.zip({0, t.top - 26}, {0, t.bottom + 4}, design.metal);
  for (const double side : {-1.0, 1.0})
    paint_slant_pocket(painter, cloth, {side * 58, t.bottom - 92}, {side * 70, t.bottom - 44});
}

void draw_biker(Painter& painter, const Design& design) {
  Torso t = fit_torso(
      design,
      {.neck = 36, .shoulder = 94, .chest = 88, .waist = 82, .hem = 86, .bottom = 112, .hem_curve = 4});
  t.neck_depth = 22;
  t.v_neck = false;
  Sleeve sleeve = sleeve_for(design, painter);
  sleeve.cuff += 2;
  frame_coat(painter, t, sleeve, 22, {10, t.top + 80});
  const Cloth& cloth = design.cloth;
  paint_lining(painter, t, design.trim, t.top + 84);
  paint_sleeves(painter, t, sleeve, cloth, cloth);
  paint_body(painter, t, cloth, {.round = 12, .relief = 1.3});
  painter.fill(closed({corner(-24, t.top + 14), corner(26, t.top + 14), corner(8, t.top + 98)}),
               toned(design.trim.colour, -0.3));
  for (const double side : {-1.0, 1.0}) {
    painter.seam(
        open({corner(side * 50, t.top + 66), Knot(side * 47, t.top + 150), corner(side * 50, t.bottom)}),
        cloth);
    painter.zip({side * 66, t.bottom - 84}, {side * 42, t.bottom - 44}, design.metal);
  }
  painter.zip({18, t.top + 96}, {-8, t.bottom}, design.metal);
  paint_lapels(painter, t, cloth, t.top + 104, 36);
  for (const Point snap :
       {Point{-60, t.top + 70}, Point{60, t.top + 70}, Point{-31, t.top + 48}, Point{31, t.top + 48}})
    painter.button(snap, 3.4, design.metal);
  painter.part(mirrored({Knot(0, t.bottom - 14), corner(-t.hem - 1, t.bottom - 16),
                         corner(-t.hem, t.bottom + 5), Knot(0, t.bottom + 8)}),
               cloth, {.round = 5, .relief = 1.2, .fold = 0.3});
  painter.ring({20, t.bottom - 3}, 8, design.metal);
  for (const double side : {-1.0, 1.0}) {
    painter.part(
        closed({corner(side * (t.shoulder - 12), t.top + 12), corner(side * (t.neck + 8), t.top + 3),
                corner(side * (t.neck + 8), t.top + 15), corner(side * (t.shoulder - 6), t.top + 27)}),
        cloth, {.round = 4, .relief = 1.2, .fold = 0.1});
    painter.button({side * (t.neck + 16), t.top + 10}, 3, design.metal);
  }
}

void draw_blazer(Painter& painter, const Design& design) {
  Torso t = fit_torso(design, {.neck = 34,
                               .shoulder = 96,
                               .chest = 88,
                               .waist = 80,
                               .hem = 92,
                               .drop = 20,
                               .waist_y = 20,
                               .bottom = 152,
                               .hem_curve = 4});
  t.v_neck = true;
  t.neck_depth = 150;
  Sleeve sleeve = sleeve_for(design, painter);
  frame_coat(painter, t, sleeve, 20, {-22, t.top + 90});
  const Cloth& cloth = design.cloth;
  const double low = t.top + t.neck_depth;
  paint_lining(painter, t, design.trim, low);
  paint_sleeves(painter, t, sleeve, cloth, cloth);
  // The left front overlaps the right one; the hems curve outwards.
  for (const bool right : {true, false}) {
    const double lap = 9;
    painter.part(flipped(closed({corner(-t.neck, t.top), corner(t.shoulder_tip()), Knot(t.armhole_point()),
                                 corner(t.armpit_point()), Knot(-t.waist, t.waist_y),
                                 corner(-t.hem, t.bottom), Knot(-t.hem * 0.5, t.bottom + 4),
                                 Knot(-14, t.bottom - 3), Knot(lap - 4, t.bottom - 34), corner(lap, low + 20),
                                 corner(lap, low), Knot(-t.neck * 0.5, t.top + 70)}),
                         right),
                 cloth, {.grain = right ? -0.03 : 0.03, .round = 12, .fold = 0.6});
    const double side = right ? 1 : -1;
    painter.crease({side * (t.chest - 8), t.top + t.armpit}, {side * 40, t.top + t.armpit + 46}, 7, 0.8);
    painter.line(open({corner(side * 50, t.top + 120), Knot(side * 46, t.waist_y + 10),
                       corner(side * 48, t.bottom - 62)}),
                 toned(cloth.colour, -0.4), 1.1, 0.4);
  }
  paint_lapels(painter, t, cloth, low + 6, 34);
  for (const double side : {-1.0, 1.0}) paint_flap(painter, cloth, {side * 52, t.bottom - 64}, 25, 17);
  painter.part(closed({corner(34, t.top + 96), corner(64, t.top + 91), corner(64, t.top + 100),
                       corner(34, t.top + 105)}),
               cloth, {.round = 3, .cast = 0.8, .fold = 0});
  const bool two = !design.is(kClosure, "one button");
  painter.button({1, low + 16}, 5, horn(cloth));
  if (two) painter.button({1, low + 52}, 5, horn(cloth));
}

void draw_coat(Painter& painter, const Design& design) {
  Torso t = fit_torso(design, {.neck = 34,
                               .shoulder = 94,
                               .chest = 90,
                               .waist = 84,
                               .hem = 108,
                               .top = -220,
                               .drop = 20,
                               .waist_y = -40,
                               .bottom = 212,
                               .hem_curve = 6});
  if (design.is(kGarmentLength, "long")) t.bottom -= 26;
  t.v_neck = true;
  t.neck_depth = 116;
  Sleeve sleeve = sleeve_for(design, painter);
  sleeve.cuff += 4;
  frame_coat(painter, t, sleeve, 20, {-16, t.top + 100});
  const Cloth& cloth = design.cloth;
  const double low = t.top + t.neck_depth;
  const bool belted = design.is(kClosure, "belt");
  paint_lining(painter, t, design.trim, low);
  paint_sleeves(painter, t, sleeve, cloth, cloth);
  paint_body(painter, t, cloth, {.round = 14, .fold = 0.9});
  for (const double side : {-1.0, 1.0}) {
    painter.crease({side * 36, t.waist_y + 20}, {side * 52, t.bottom}, 9, 1.0);
    painter.crease({side * 66, t.waist_y + 30}, {side * 84, t.bottom}, 9, 0.8);
  }
  paint_front_edge(painter, cloth, 24, low - 4, t.bottom + 4);
  paint_lapels(painter, t, cloth, low + 4, 44);
  const int rows = belted ? 4 : 3;
  for (int row = 0; row < rows; ++row) {
    const double y = low + 18 + row * 44;
    if (belted && std::abs(y - t.waist_y) < 18) continue;
    for (const double x : {-18.0, 15.0}) painter.button({x, y}, 5.4, horn(cloth));
  }
  for (const double side : {-1.0, 1.0}) {
    if (belted) {
      paint_slant_pocket(painter, cloth, {side * 52, t.waist_y + 46}, {side * 66, t.waist_y + 98});
    } else {
      paint_flap(painter, cloth, {side * 58, t.waist_y + 62}, 27, 19);
    }
  }
  if (!belted) return;
  const double y = t.waist_y;
  painter.part(
      mirrored({Knot(0, y - 9), corner(-t.waist - 2, y - 11), corner(-t.waist - 2, y + 9), Knot(0, y + 13)}),
      cloth.tone(-0.05), {.round = 5, .fold = 0.4});
  painter.part(closed({corner(4, y + 2), corner(20, y + 2), Knot(30, y + 50), corner(38, y + 92),
                       corner(22, y + 94), Knot(14, y + 48)}),
               cloth.tone(-0.05), {.round = 5, .fold = 0.6});
  painter.line(closed({corner(-12, y - 15), corner(14, y - 15), corner(14, y + 19), corner(-12, y + 19)}),
               toned(cloth.colour, -0.6), 4.5);
  painter.line(closed({corner(-12, y - 15), corner(14, y - 15), corner(14, y + 19), corner(-12, y + 19)}),
               horn(cloth), 3);
}

}  // namespace fit::sample
