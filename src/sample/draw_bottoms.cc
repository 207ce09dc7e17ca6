#include <algorithm>

#include "sample/design.h"

namespace fit::sample {
namespace {

// The measures of a garment for the legs, as half widths from the middle of the body.
struct Legs {
  double top = -190;
  double waist = 62;
  double hip = 82;
  double hip_y = -118;
  double crotch = -92;
  double bottom = 200;
  double spread = 54;  // distance of the ankle from the middle of the body
  double thigh = 43;   // half width just below the crotch
  double knee = 30;
  double ankle = 24;
};

Legs fitted_legs(const Design& design, const Painter& painter, Legs legs) {
  Random cut = design.cut;
  if (design.is(kFit, "skinny") || design.is(kFit, "slim")) {
    legs.knee -= 5;
    legs.ankle -= 7;
  } else if (design.is(kFit, "relaxed")) {
    legs.knee += 5;
    legs.ankle += 5;
    legs.hip += 3;
  } else if (design.is(kFit, "wide")) {
    legs.knee += 12;
    legs.ankle += 18;
    legs.spread += 8;
  } else if (design.is(kFit, "flared")) {
    legs.knee -= 3;
    legs.ankle += 16;
    legs.spread += 5;
  }
  legs.spread += painter.pose().arms * 6;
  legs.waist += cut.range(-4, 3);
  legs.bottom += cut.range(-10, 6);
  if (design.is(kGarmentLength, "cropped")) legs.bottom -= 40;
  return legs;
}

Outline leg_outline(const Legs& l, bool right) {
  const double knee_y = (l.crotch * 0.52 + l.bottom * 0.48);
  const double knee_x = -(l.thigh * 0.35 + l.spread * 0.65);
  std::vector<Knot> knots = {corner(3, l.top + 8), corner(-l.waist, l.top), Knot(-l.hip, l.hip_y)};
  const bool has_knee = l.bottom - l.crotch > 160;
  if (has_knee) {
    knots.emplace_back(-l.thigh * 1.95, l.crotch + 24);
    knots.emplace_back(knee_x - l.knee, knee_y);
  }
  knots.push_back(corner(-l.spread - l.ankle, l.bottom));
  knots.emplace_back(-l.spread, l.bottom + 4);
  knots.push_back(corner(-l.spread + l.ankle, l.bottom));
  if (has_knee) {
    knots.emplace_back(knee_x + l.knee, knee_y);
    knots.emplace_back(-5, l.crotch + 34);
  }
  knots.push_back(corner(3, l.crotch));
  return flipped(closed(knots), right);
}

void paint_leg(Painter& painter, const Legs& l, const Cloth& cloth, bool right, double fold) {
  painter.part(leg_outline(l, right), cloth, {.grain = right ? -0.07 : 0.07, .round = 13, .fold = fold});
  const double side = right ? 1 : -1;
  const auto at = [&](double x, double y) { return Point{x * side, y}; };
  const double knee_y = l.crotch * 0.52 + l.bottom * 0.48;
  const double tall = l.bottom - l.crotch;
  painter.crease(at(4, l.crotch - 2), at(62, l.crotch - 26), 5, 0.9 * fold);
  painter.crease(at(6, l.crotch + 8), at(58, l.crotch + 14), 5, 0.6 * fold);
  if (tall > 160) {
    painter.crease(at(l.spread - 22, knee_y - 8), at(l.spread + 18, knee_y - 18), 5, 0.6 * fold);
    painter.crease(at(l.spread + 16, knee_y + 12), at(l.spread - 22, knee_y + 4), 5, 0.7 * fold);
    painter.crease(at(l.spread - l.ankle + 4, l.bottom - 26), at(l.spread + l.ankle, l.bottom - 34), 4,
                   0.7 * fold);
    painter.crease(at(l.spread + l.ankle - 4, l.bottom - 16), at(l.spread - l.ankle, l.bottom - 22), 4,
                   0.6 * fold);
  }
}

void paint_waistband(Painter& painter, const Legs& l, const Cloth& cloth, double height) {
  painter.part(mirrored({Knot(0, l.top - height + 6), corner(-l.waist + 1, l.top - height),
                         corner(-l.waist - 1.5, l.top + 3), Knot(0, l.top + 9)}),
               cloth, {.round = 5, .relief = 0.8, .cast = 0.7, .fold = 0.3});
}

// The dark inside of the back at the waist.
void paint_waist_inside(Painter& painter, const Legs& l, const Cloth& cloth, double height) {
  painter.part(mirrored({Knot(0, l.top - height - 2), corner(-l.waist + 1, l.top - height + 1),
                         Knot(0, l.top - height + 12)}),
               cloth.tone(-0.4), {.round = 4, .fold = 0.2});
}

void paint_loops(Painter& painter, const Legs& l, const Cloth& cloth, double height) {
  for (const double x : {-0.62, -0.25, 0.25, 0.62}) {
    const double px = x * l.waist;
    const double sag = 6 * (1 - x * x);
    painter.part(rectangle(px - 3, l.top - height + sag - 3, px + 3, l.top + sag + 4), cloth,
                 {.round = 2, .cast = 0.8, .fold = 0, .edge = 0.7});
  }
}

void paint_fly(Painter& painter, const Legs& l, const Cloth& cloth, Rgb thread, Rgb button) {
  painter.line(open({corner(0, l.top + 8), corner(1, l.crotch)}), toned(cloth.colour, -0.5), 1.4, 0.7);
  painter.stitches(
      open({corner(13, l.top + 9), Knot(13, l.top + 50), Knot(9, l.crotch - 26), corner(1, l.crotch - 14)}),
      thread);
  painter.stitches(open({corner(10, l.top + 9), Knot(10, l.top + 49), corner(1, l.crotch - 19)}), thread);
  painter.button({0, l.top - 3}, 5, button);
}

void paint_front_pockets(Painter& painter, const Legs& l, const Cloth& cloth, Rgb thread, bool curved) {
  for (const bool right : {false, true}) {
    const Outline mouth = curved ? open({corner(-l.waist * 0.5, l.top + 8), Knot(-l.waist * 0.56, l.top + 34),
                                         corner(-l.hip + 5, l.top + 50)})
                                 : open({corner(-l.waist * 0.62, l.top + 7), corner(-l.hip + 3, l.top + 62)});
    const Outline inner =
        curved ? open({corner(-l.waist * 0.5 + 4, l.top + 8), Knot(-l.waist * 0.56 + 4, l.top + 38),
                       corner(-l.hip + 5, l.top + 55)})
               : open({corner(-l.waist * 0.62 + 4, l.top + 7), corner(-l.hip + 6, l.top + 66)});
    painter.line(flipped(mouth, right), toned(cloth.colour, -0.5), 1.8, 0.7);
    painter.stitches(flipped(inner, right), thread);
  }
}

Rgb thread_for(const Cloth& cloth, bool denim) {
  if (denim && luma(cloth.colour) < 0.75) return from_hex(0xd9a04e);
  return toned(cloth.colour, luma(cloth.colour) < 0.25 ? 0.3 : -0.3);
}

void frame_legs(Painter& painter, const Legs& l, double above) {
  const double side = std::max(l.hip, l.spread + l.ankle) + 8;
  painter.frame(-side, l.top - above, side, l.bottom + 8, {-18, l.top + 62});
}

}  // namespace

void draw_jeans(Painter& painter, const Design& design) {
  const Legs l = fitted_legs(design, painter, {});
  frame_legs(painter, l, 30);
  const Cloth& cloth = design.cloth;
  const Rgb thread = thread_for(cloth, true);
  paint_waist_inside(painter, l, cloth, 22);
  Random cut = design.cut.fork(4);
  const double worn = cut.range(0.03, 0.2);
  for (const bool right : {false, true}) {
    paint_leg(painter, l, cloth, right, 1);
    const double side = right ? 1 : -1;
    painter.glow({side * (l.spread * 0.8), l.crotch + 40}, 60, worn);
    painter.glow({side * l.spread, l.bottom - 120}, 46, worn * 0.7);
    painter.stitches(
        open({corner(side * (l.spread - l.ankle), l.bottom - 8), Knot(side * l.spread, l.bottom - 5),
              corner(side * (l.spread + l.ankle), l.bottom - 8)}),
        thread);
  }
  paint_front_pockets(painter, l, cloth, thread, true);
  painter.stitches(open({corner(l.waist * 0.62, l.top + 26), corner(l.hip * 0.94, l.top + 32)}), thread);
  paint_fly(painter, l, cloth, thread, design.metal);
  paint_waistband(painter, l, cloth, 22);
  painter.stitches(
      open({corner(-l.waist + 2, l.top - 17), Knot(0, l.top - 11), corner(l.waist - 2, l.top - 17)}), thread);
  paint_loops(painter, l, cloth, 22);
  painter.button({0, l.top - 4}, 5.5, design.metal);
  for (const double x : {-0.52, 0.52}) painter.button({x * l.waist, l.top + 9}, 2, from_hex(0xb9834f));
  if (design.is(kPattern, "distressed")) {
    for (int tear = 0; tear < 3; ++tear) {
      const double x = (tear % 2 == 0 ? -1 : 1) * (l.spread - 2) + cut.range(-6, 6);
      const double y = l.crotch + 96 + tear * 34 + cut.range(-10, 10);
      painter.fill(closed({corner(x - 18, y), Knot(x, y - 6), corner(x + 18, y), Knot(x, y + 7)}),
                   toned(cloth.colour, 0.75), 0.95);
      for (double dy = -3; dy < 5; dy += 2.5)
        painter.line(open({corner(x - 14, y + dy), Knot(x, y + dy + 1.5), corner(x + 14, y + dy)}), {1, 1, 1},
                     1, 0.8);
    }
  }
}

void draw_trousers(Painter& painter, const Design& design) {
  const Legs l = fitted_legs(design, painter, {.hip = 80, .thigh = 42, .knee = 30, .ankle = 23});
  frame_legs(painter, l, 28);
  const Rgb thread = thread_for(design.cloth, false);
  paint_waist_inside(painter, l, design.cloth, 20);
  for (const bool right : {false, true}) {
    paint_leg(painter, l, design.cloth, right, 0.75);
    const double side = right ? 1 : -1;
    // The pressed crease.
    const Outline press =
        open({corner(side * 32, l.top + 14), Knot(side * 40, l.crotch),
              Knot(side * (l.spread * 0.92), (l.crotch + l.bottom) / 2), corner(side * l.spread, l.bottom)});
    painter.line(press, toned(design.cloth.colour, -0.4), 1.5, 0.4);
    painter.crease({side * 34, l.top + 10}, {side * l.spread, l.bottom}, 3.5, 0.8);
  }
  paint_front_pockets(painter, l, design.cloth, thread, false);
  paint_fly(painter, l, design.cloth, toned(design.cloth.colour, -0.25), design.metal);
  paint_waistband(painter, l, design.cloth, 20);
  paint_loops(painter, l, design.cloth, 20);
  painter.button({0, l.top - 3}, 4.5,
                 toned(design.cloth.colour, luma(design.cloth.colour) < 0.3 ? 0.25 : -0.35));
}

void draw_joggers(Painter& painter, const Design& design) {
  const Legs l = fitted_legs(
      design, painter,
      {.waist = 66, .hip = 86, .bottom = 182, .spread = 55, .thigh = 46, .knee = 35, .ankle = 25});
  frame_legs(painter, l, 28);
  painter.frame(-std::max(l.hip, l.spread + l.ankle) - 8, l.top - 28, std::max(l.hip, l.spread + l.ankle) + 8,
                l.bottom + 30, {-14, l.top + 60});
  paint_waist_inside(painter, l, design.cloth, 22);
  for (const bool right : {false, true}) {
    const double side = right ? 1 : -1;
    const double half = l.ankle * 0.78;
    painter.part(closed({corner(side * (l.spread - half), l.bottom - 4),
                         corner(side * (l.spread + half), l.bottom - 4),
                         corner(side * (l.spread + half * 0.9), l.bottom + 24),
                         corner(side * (l.spread - half * 0.9), l.bottom + 24)}),
                 design.trim, {.round = 5, .fold = 0.3});
    painter.ribs({side * l.spread - half, l.bottom - 2}, {side * l.spread + half, l.bottom - 2},
                 {side * l.spread - half * 0.9, l.bottom + 23}, {side * l.spread + half * 0.9, l.bottom + 23},
                 10, design.trim);
    paint_leg(painter, l, design.cloth, right, 1.2);
    if (design.is(kPattern, "color block")) {
      painter.line(
          flipped(
              open({corner(-l.waist + 4, l.top + 4), Knot(-l.hip + 5, l.hip_y),
                    Knot(-(l.thigh * 0.35 + l.spread * 0.65) - l.knee + 5, l.crotch * 0.52 + l.bottom * 0.48),
                    corner(-l.spread - l.ankle + 5, l.bottom - 2)}),
              right),
          design.cloth.accent, 7);
    }
  }
  paint_front_pockets(painter, l, design.cloth, toned(design.cloth.colour, -0.3), false);
  painter.line(open({corner(0, l.top + 8), corner(1, l.crotch)}), toned(design.cloth.colour, -0.5), 1.3, 0.6);
  paint_waistband(painter, l, design.trim, 24);
  painter.ribs({-l.waist, l.top - 22}, {l.waist, l.top - 22}, {-l.waist, l.top + 3}, {l.waist, l.top + 3}, 30,
               design.trim);
  const Rgb cord = luma(design.cloth.colour) > 0.5 ? Rgb{0.2, 0.2, 0.22} : Rgb{0.94, 0.93, 0.9};
  const double swing = painter.pose().arms * 7;
  for (const double side : {-1.0, 1.0}) {
    const Outline string = open({corner(side * 8, l.top - 6), Knot(side * 14 + swing, l.top + 26),
                                 corner(side * 10 + swing, l.top + 52)});
    painter.line(string, {}, 4.4, 0.25);
    painter.line(string, cord, 3);
    painter.ring({side * 8, l.top - 7}, 2.6, design.metal);
  }
}

void draw_shorts(Painter& painter, const Design& design) {
  Legs l = fitted_legs(design, painter,
                       {.top = -92,
                        .waist = 78,
                        .hip = 102,
                        .hip_y = -18,
                        .crotch = 14,
                        .bottom = 92,
                        .spread = 60,
                        .thigh = 52,
                        .knee = 51,
                        .ankle = 53});
  l.knee = std::max(l.knee, 47.0);
  l.ankle = std::max(l.ankle, 48.0);
  if (design.is(kGarmentLength, "long")) l.bottom += 26;
  l.spread = l.ankle + 7 + painter.pose().arms * 4;
  frame_legs(painter, l, 30);
  const bool denim = design.cloth.weave == Weave::kDenim;
  const bool stretch = design.is(kClosure, "drawstring");
  const Rgb thread = thread_for(design.cloth, denim);
  paint_waist_inside(painter, l, design.cloth, 22);
  for (const bool right : {false, true}) {
    paint_leg(painter, l, design.cloth, right, 1);
    const double side = right ? 1 : -1;
    painter.stitches(
        open({corner(side * (l.spread - l.ankle + 1), l.bottom - 9), Knot(side * l.spread, l.bottom - 6),
              corner(side * (l.spread + l.ankle - 2), l.bottom - 9)}),
        thread);
  }
  paint_front_pockets(painter, l, design.cloth, thread, denim);
  if (stretch) {
    paint_waistband(painter, l, design.trim, 24);
    painter.ribs({-l.waist, l.top - 22}, {l.waist, l.top - 22}, {-l.waist, l.top + 3}, {l.waist, l.top + 3},
                 26, design.trim);
    for (const double side : {-1.0, 1.0}) {
      const Outline string =
          open({corner(side * 9, l.top - 5), Knot(side * 15, l.top + 22), corner(side * 10, l.top + 44)});
      painter.line(string, {}, 4.6, 0.25);
      painter.line(string, luma(design.cloth.colour) > 0.5 ? Rgb{0.25, 0.25, 0.27} : Rgb{0.94, 0.93, 0.9},
                   3.2);
    }
  } else {
    paint_fly(painter, l, design.cloth, thread, design.metal);
    paint_waistband(painter, l, design.cloth, 22);
    paint_loops(painter, l, design.cloth, 22);
    painter.button({0, l.top - 4}, 5.5, denim ? design.metal : toned(design.cloth.colour, -0.35));
  }
}

}  // namespace fit::sample
