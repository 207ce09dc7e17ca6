#include "sample/torso.h"

#include <algorithm>
#include <cmath>

namespace fit::sample {
namespace {

// The line of the left sleeve from the shoulder over the elbow to the wrist.
struct Arm {
  Point shoulder;
  Point armpit;
  Point elbow;
  Point wrist;
  Point lower;  // direction below the elbow
  double elbow_half = 0;
};

Point leftwards(double angle) {
  return heading(-angle);
}
Point outward(Point along) {
  return {-along.y, along.x};
}

Arm make_arm(const Torso& torso, const Sleeve& sleeve, double angle) {
  Arm arm;
  arm.shoulder = torso.shoulder_tip();
  arm.armpit = torso.armpit_point();
  const Point root = between(arm.shoulder, arm.armpit, 0.5);
  const Point upper = leftwards(angle);
  arm.lower = leftwards(angle - sleeve.bend);
  arm.elbow = root + upper * (sleeve.length / 2);
  arm.wrist = arm.elbow + arm.lower * (sleeve.length / 2);
  arm.elbow_half = (length(arm.shoulder - arm.armpit) * 0.44 + sleeve.cuff) / 2;
  return arm;
}

Outline arm_outline(const Arm& arm, const Sleeve& sleeve) {
  const Point upper = unit(arm.elbow - between(arm.shoulder, arm.armpit, 0.5));
  const Point out_upper = outward(upper);
  // Outward must point away from the body (left and up).
  const double side = out_upper.x < 0 ? 1 : -1;
  const Point out = out_upper * side;
  const Point out_low = outward(arm.lower) * side;
  const Point outer_end = arm.wrist + out_low * sleeve.cuff;
  const Point inner_end = arm.wrist - out_low * sleeve.cuff;
  std::vector<Knot> knots = {corner(arm.shoulder + Point{14, 6}), corner(arm.shoulder)};
  knots.emplace_back(arm.shoulder + upper * (sleeve.length * 0.16) + out * 4);
  if (sleeve.length > 110) knots.emplace_back(arm.elbow + out * arm.elbow_half);
  knots.push_back(corner(outer_end));
  knots.push_back(corner(inner_end));
  if (sleeve.length > 110) knots.emplace_back(arm.elbow - out * arm.elbow_half);
  knots.push_back(corner(arm.armpit));
  knots.push_back(corner(arm.armpit + Point{16, -4}));
  return closed(knots);
}

void paint_cuff(Painter& painter, const Arm& arm, const Sleeve& sleeve, const Cloth& cloth, bool right) {
  const auto place = [&](double across, double down) {
    Point out = outward(arm.lower);
    if (out.x > 0) out = out * -1;
    Point at = arm.wrist + out * (across * sleeve.cuff) + arm.lower * down;
    if (right) at.x = -at.x;
    return at;
  };
  if (sleeve.rib <= 0) {
    const Outline hem = open({Knot(place(1, -7)), Knot(place(-1, -7))});
    return painter.seam(hem, cloth);
  }
  painter.part(closed({corner(place(1.02, -2)), corner(place(0.86, sleeve.rib)),
                       corner(place(-0.86, sleeve.rib)), corner(place(-1.02, -2))}),
               cloth, {.round = 5, .fold = 0.4});
  painter.ribs(place(0.95, 0), place(-0.95, 0), place(0.82, sleeve.rib), place(-0.82, sleeve.rib), 9, cloth);
}

}  // namespace

Outline torso_outline(const Torso& t) {
  std::vector<Knot> left;
  const double neck_y = t.top + t.neck_depth;
  if (t.v_neck) {
    left.push_back(corner(0, neck_y));
    left.emplace_back(-t.neck * 0.62, t.top + t.neck_depth * 0.45);
  } else {
    left.emplace_back(0, neck_y);
    left.emplace_back(-t.neck * 0.78, t.top + t.neck_depth * 0.6);
  }
  left.push_back(corner(-t.neck, t.top));
  left.push_back(corner(t.shoulder_tip()));
  left.emplace_back(t.armhole_point());
  left.push_back(corner(t.armpit_point()));
  left.emplace_back(-t.waist, t.waist_y);
  left.push_back(corner(-t.hem, t.bottom));
  left.emplace_back(0, t.bottom + t.hem_curve);
  return mirrored(left);
}

void paint_sleeves(Painter& painter, const Torso& torso, const Sleeve& sleeve, const Cloth& cloth,
                   const Cloth& cuff) {
  if (sleeve.length <= 0) return;
  for (const bool right : {false, true}) {
    const double sway = painter.pose().arms * 0.12 * (right ? 0.6 : 1);
    const Arm arm = make_arm(torso, sleeve, sleeve.angle + sway);
    const double grain = (sleeve.angle + sway) * (right ? -1 : 1);
    painter.part(flipped(arm_outline(arm, sleeve), right), cloth, {.grain = grain, .round = 12});
    const double side = right ? -1 : 1;
    const auto at = [&](Point p) { return Point{p.x * side, p.y}; };
    painter.crease(at(arm.armpit + Point{-2, 2}), at(between(arm.shoulder, arm.elbow, 0.7)), 5, 0.8);
    if (sleeve.length > 110) {
      painter.crease(at(arm.elbow + Point{12, -8}), at(arm.elbow + Point{-16, 6}), 4, 0.9);
      painter.crease(at(arm.elbow + Point{10, 10}), at(arm.elbow + Point{-16, 16}), 4, 0.7);
      painter.crease(at(between(arm.elbow, arm.wrist, 0.55) + Point{9, 0}),
                     at(between(arm.elbow, arm.wrist, 0.75) + Point{-12, 0}), 3, 0.6);
    }
    paint_cuff(painter, arm, sleeve, cuff, right);
  }
}

void paint_inside(Painter& painter, const Torso& t, const Cloth& cloth) {
  const double depth = t.top + t.neck_depth + 14;
  const Cloth dark = cloth.tone(luma(cloth.colour) > 0.5 ? -0.2 : -0.35);
  painter.part(mirrored({Knot(0, t.top + 5), corner(-t.neck - 4, t.top - 1), corner(-t.neck - 4, t.top + 10),
                         Knot(0, depth)}),
               dark, {.round = 4, .relief = 0.5, .fold = 0.3});
  painter.line(open({corner(-t.neck, t.top + 4), Knot(0, t.top + 11), corner(t.neck, t.top + 4)}),
               toned(cloth.colour, luma(cloth.colour) > 0.5 ? -0.38 : 0.12), 1.2, 0.7);
  painter.fill(rectangle(-9, t.top + 12, 9, t.top + 22), {0.95, 0.94, 0.9}, 0.9);
  painter.line(open({corner(-5, t.top + 17), corner(5, t.top + 17)}), {0.2, 0.2, 0.2}, 1.4, 0.6);
}

void paint_body(Painter& painter, const Torso& t, const Cloth& cloth, const PartStyle& style) {
  painter.part(torso_outline(t), cloth, style);
  const Point armpit = t.armpit_point();
  for (const double side : {-1.0, 1.0}) {
    const auto at = [&](double x, double y) { return Point{x * -side, y}; };
    painter.crease(at(armpit.x + 6, armpit.y + 4), at(armpit.x + 46, armpit.y + 40), 6, 0.8 * style.fold);
    painter.crease(at(armpit.x + 8, armpit.y - 6), at(armpit.x + 40, armpit.y - 40), 5, 0.55 * style.fold);
    painter.crease(at(-t.waist + 6, t.waist_y + 12), at(-t.waist + 52, t.waist_y + 40), 7, 0.5 * style.fold);
  }
}

void paint_neck_band(Painter& painter, const Torso& t, const Cloth& cloth, double width) {
  const double neck_y = t.top + t.neck_depth;
  const double in = width / 2;
  std::vector<Knot> line = {corner(-t.neck + in * 0.1, t.top - 0.5)};
  if (t.v_neck) {
    line.emplace_back(-t.neck * 0.62 - in * 0.7, t.top + t.neck_depth * 0.45 + in * 0.6);
    line.push_back(corner(0, neck_y + in));
  } else {
    line.emplace_back(-t.neck * 0.78 - in * 0.6, t.top + t.neck_depth * 0.6 + in * 0.6);
    line.emplace_back(0, neck_y + in * 0.8);
  }
  for (std::size_t i = t.v_neck ? 2 : 2; i-- > 0;)
    line.emplace_back(-line[i].at.x, line[i].at.y, line[i].corner);
  const Outline band = open(line);
  painter.part(band, cloth, {.round = 4, .relief = 0.9, .cast = 0.4, .fold = 0.3, .stroke = width});
}

void paint_hem_band(Painter& painter, const Torso& t, const Cloth& cloth, double height) {
  const double top = t.bottom - 3;
  painter.part(mirrored({Knot(0, top + t.hem_curve), corner(-t.hem - 0.5, top),
                         corner(-t.hem * 0.92, top + height), Knot(0, top + height + t.hem_curve)}),
               cloth, {.round = 6, .fold = 0.4});
  painter.ribs({-t.hem * 0.97, top + 2}, {t.hem * 0.97, top + 2}, {-t.hem * 0.9, top + height - 1},
               {t.hem * 0.9, top + height - 1}, 30, cloth);
}

void paint_collar(Painter& painter, const Torso& t, const Cloth& cloth, double leaf, double spread) {
  const double front = t.top + t.neck_depth;
  for (const bool right : {false, true}) {
    painter.part(flipped(closed({
                             corner(-1, front - 1),
                             Knot(-t.neck * 0.66, t.top + 6),
                             corner(-t.neck + 5, t.top - 17),
                             Knot(-t.neck - 6, t.top - 4),
                             corner(-t.neck * 0.62 - spread, front + leaf),
                         }),
                         right),
                 cloth, {.grain = right ? -0.5 : 0.5, .round = 5, .relief = 0.8, .fold = 0.3});
    const Outline edge =
        flipped(open({corner(-t.neck * 0.55 - spread + 4, front + leaf - 6), corner(-4, front + 3)}), right);
    painter.stitches(edge, toned(cloth.colour, luma(cloth.colour) < 0.25 ? 0.3 : -0.3));
  }
}

void paint_pocket(Painter& painter, Point m, double half, double height, const Cloth& cloth, bool flap) {
  const Rgb thread = toned(cloth.colour, luma(cloth.colour) < 0.25 ? 0.3 : -0.3);
  const Outline bag =
      closed({corner(m.x - half, m.y), corner(m.x + half, m.y), corner(m.x + half, m.y + height * 0.82),
              corner(m.x, m.y + height), corner(m.x - half, m.y + height * 0.82)});
  painter.part(bag, cloth, {.round = 4, .relief = 0.5, .cast = 0.6, .fold = 0.5});
  if (!flap)
    return painter.stitches(open({corner(m.x - half, m.y + 5), corner(m.x + half, m.y + 5)}), thread);
  painter.part(closed({corner(m.x - half - 2, m.y - 4), corner(m.x + half + 2, m.y - 4),
                       corner(m.x + half + 1, m.y + height * 0.24), corner(m.x, m.y + height * 0.4),
                       corner(m.x - half - 1, m.y + height * 0.24)}),
               cloth, {.round = 4, .relief = 0.7, .cast = 0.9, .fold = 0.3});
}

void paint_lapels(Painter& painter, const Torso& t, const Cloth& cloth, double low, double width) {
  for (const bool right : {true, false}) {
    // The collar comes from behind the neck, and the lapel folds out below its notch.
    painter.part(flipped(closed({corner(-t.neck + 4, t.top - 16), Knot(-t.neck - 9, t.top - 2),
                                 corner(-t.neck - width * 0.55, t.top + 44),
                                 corner(-t.neck * 0.75, t.top + 56), Knot(-t.neck * 0.72, t.top + 24)}),
                         right),
                 cloth, {.grain = right ? -0.4 : 0.4, .round = 5, .relief = 0.9, .fold = 0.2});
    painter.part(
        flipped(closed({corner(-t.neck * 0.72, t.top + 46), corner(-t.neck - width * 0.36, t.top + 50),
                        corner(-t.neck - width, t.top + 62),
                        Knot(-t.neck * 0.95 - width * 0.25, (t.top + 62 + low) / 2 + 12), corner(2, low),
                        Knot(-t.neck * 0.38, (t.top + low) / 2 + 16)}),
                right),
        cloth, {.grain = right ? -0.3 : 0.3, .round = 6, .relief = 0.9, .fold = 0.2});
  }
}

void paint_hanger(Painter& painter, const Torso& t) {
  const Rgb wood = from_hex(0xb98a5a);
  const Rgb steel = from_hex(0x9a9da1);
  const Outline hook = open({corner(0, t.top + 4), Knot(0, t.top - 22), Knot(13, t.top - 38),
                             Knot(0, t.top - 52), corner(-12, t.top - 42)});
  painter.part(hook, Cloth{.colour = steel}, {.round = 2, .fold = 0, .stroke = 3.4});
  painter.part(open({corner(-t.shoulder + 22, t.top + t.drop), Knot(0, t.top + 2),
                     corner(t.shoulder - 22, t.top + t.drop)}),
               Cloth{.colour = wood}, {.round = 3, .fold = 0, .stroke = 9});
}

Torso fit_torso(const Design& design, Torso t) {
  Random cut = design.cut;
  double wider = 0;
  if (design.is(kFit, "slim")) wider = -8;
  if (design.is(kFit, "relaxed")) wider = 7;
  if (design.is(kFit, "oversized")) wider = 15;
  t.shoulder += wider * 0.8 + cut.range(-3, 3);
  t.chest += wider;
  t.waist += wider + (design.is(kFit, "slim") ? -4 : 0) + cut.range(-3, 2);
  t.hem += wider + cut.range(-3, 3);
  if (design.is(kGarmentLength, "cropped")) t.bottom -= 62;
  if (design.is(kGarmentLength, "long")) t.bottom += 34;
  t.bottom += cut.range(-8, 8);
  t.neck += cut.range(-3, 3);
  if (design.is(kNeckline, "v-neck")) {
    t.v_neck = true;
    t.neck_depth = 72 + cut.range(-8, 8);
  } else if (design.is(kNeckline, "scoop")) {
    t.neck += 10;
    t.neck_depth = 64;
  } else if (design.is(kNeckline, "boat")) {
    t.neck += 22;
    t.neck_depth = 20;
    t.drop -= 4;
  }
  return t;
}

Sleeve sleeve_for(const Design& design, const Painter&, double spread) {
  Random cut = design.cut;
  const double wide = design.is(kFit, "oversized") ? 7 : design.is(kFit, "slim") ? -4 : 0;
  Sleeve sleeve;
  if (design.is(kSleeveLength, "sleeveless")) {
    sleeve.length = 0;
  } else if (design.is(kSleeveLength, "short")) {
    sleeve = {.length = 74 + cut.range(-6, 8), .angle = 0.72 + spread, .cuff = 33 + wide, .bend = 0.05};
  } else if (design.is(kSleeveLength, "three-quarter")) {
    sleeve = {.length = 150, .angle = 0.42 + spread, .cuff = 25 + wide * 0.6, .bend = 0.1};
  } else {
    sleeve = {.length = 222, .angle = 0.3 + spread, .cuff = 20 + wide * 0.5, .bend = 0.14};
  }
  return sleeve;
}

}  // namespace fit::sample
