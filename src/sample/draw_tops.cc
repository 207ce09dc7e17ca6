#include "sample/torso.h"

namespace fit::sample {
namespace {

// Sets the frame of a garment for the upper body, with room for the sleeves.
void frame_torso(Painter& painter, const Torso& t, const Sleeve& sleeve, double above = 6) {
  double side = t.shoulder + 10;
  if (sleeve.length > 0) side = t.shoulder + sleeve.length * (sleeve.length > 110 ? 0.34 : 0.66) + 12;
  const double hook = painter.pose().hung ? 56 : 0;
  painter.frame(-side, t.top - std::max(above, hook), side, t.bottom + 12, {-16, t.top + 74});
  if (painter.pose().hung) paint_hanger(painter, t);
}

Rgb thread_for(const Cloth& cloth) {
  return toned(cloth.colour, luma(cloth.colour) < 0.25 ? 0.3 : -0.3);
}

void paint_hem_seam(Painter& painter, const Torso& t, const Cloth& cloth) {
  painter.seam(open({corner(-t.hem + 1, t.bottom - 8), Knot(0, t.bottom + t.hem_curve - 8),
                     corner(t.hem - 1, t.bottom - 8)}),
               cloth);
}

// The closing edge of the front with its buttons.
void paint_buttons(Painter& painter, const Cloth& cloth, Rgb colour, double from, double to, int count,
                   double half) {
  painter.line(open({corner(-half, from), corner(-half, to)}), toned(cloth.colour, -0.45), 1, 0.5);
  painter.line(open({corner(half, from), corner(half, to)}), toned(cloth.colour, -0.45), 1.2, 0.6);
  painter.crease({half + 1, from}, {half + 1, to}, 3, 0.5);
  for (int i = 0; i < count; ++i) {
    painter.button({0, from + (to - from) * (i + 0.5) / count}, 4, colour);
  }
}

Rgb button_colour(const Cloth& cloth) {
  return luma(cloth.colour) > 0.6    ? toned(cloth.colour, -0.22)
         : luma(cloth.colour) < 0.25 ? toned(cloth.colour, 0.3)
                                     : from_hex(0xeee8da);
}

// A small print on the chest: a sun, hills, rings or bars.
void paint_print(Painter& painter, const Design& design, Point m) {
  Random cut = design.cut.fork(9);
  const Rgb ink = design.cloth.accent;
  const Rgb second = mix(ink, luma(ink) > 0.45 ? Rgb{0.1, 0.1, 0.15} : Rgb{1, 1, 1}, 0.5);
  switch (cut.below(4)) {
    case 0:
      painter.fill(ellipse(m, 27, 27), ink, 0.92);
      painter.fill(closed({corner(m.x - 44, m.y + 30), Knot(m.x - 18, m.y + 4), Knot(m.x, m.y + 18),
                           Knot(m.x + 22, m.y - 2), corner(m.x + 46, m.y + 30)}),
                   second, 0.95);
      break;
    case 1:
      for (int i = 0; i < 4; ++i)
        painter.line(ellipse(m, 10 + 9 * i, 10 + 9 * i), i % 2 == 0 ? ink : second, 4, 0.92);
      break;
    case 2:
      for (int i = 0; i < 4; ++i) {
        painter.fill(rectangle(m.x - 40, m.y - 24 + 14 * i, m.x + 40 - 14 * i, m.y - 15 + 14 * i),
                     i % 2 == 0 ? ink : second, 0.92);
      }
      break;
    default:
      for (int i = 0; i < 6; ++i) {
        const Point way = heading(i * 1.0472 + 0.3);
        painter.fill(ellipse(m + way * 19, 13, 13), i % 2 == 0 ? ink : second, 0.85);
      }
      painter.fill(ellipse(m, 10, 10), second);
  }
}

// Paints the lower body in the second colour.
void paint_colour_block(Painter& painter, const Design& design, const Torso& t) {
  if (!design.is(kPattern, "color block")) return;
  const double y = t.top + t.armpit + 18;
  painter.patch(torso_outline(t), rectangle(-140, y, 140, t.bottom + 30),
                design.cloth.in(design.cloth.accent));
  painter.seam(open({corner(-t.chest, y), corner(t.chest, y)}), design.cloth);
}

}  // namespace

void draw_t_shirt(Painter& painter, const Design& design) {
  const Torso t = fit_torso(design, {});
  const Sleeve sleeve = sleeve_for(design, painter);
  frame_torso(painter, t, sleeve);
  paint_inside(painter, t, design.cloth);
  paint_sleeves(painter, t, sleeve, design.cloth, design.cloth);
  paint_body(painter, t, design.cloth);
  paint_colour_block(painter, design, t);
  if (design.is(kPattern, "graphic")) paint_print(painter, design, {0, t.top + 118});
  paint_hem_seam(painter, t, design.cloth);
  paint_neck_band(painter, t, design.trim, design.is(kNeckline, "boat") ? 5 : 9);
}

void draw_tank_top(Painter& painter, const Design& design) {
  Torso t = fit_torso(design, {.neck = 36,
                               .chest = 80,
                               .waist = 76,
                               .hem = 82,
                               .drop = 5,
                               .armpit = 108,
                               .bottom = 140,
                               .armhole = 0.1,
                               .neck_depth = 62});
  t.shoulder = t.neck + 19;
  t.neck_depth += 8;
  frame_torso(painter, t, {.length = 0});
  paint_inside(painter, t, design.cloth);
  paint_body(painter, t, design.cloth);
  paint_hem_seam(painter, t, design.cloth);
  paint_neck_band(painter, t, design.trim, 6);
  for (const bool right : {false, true}) {
    const Point tip = t.shoulder_tip();
    const Point pit = t.armpit_point();
    painter.line(flipped(open({corner(tip + Point{4, 2}), Knot(t.armhole_point() + Point{4, 1}),
                               corner(pit + Point{5, 1})}),
                         right),
                 toned(design.trim.colour, -0.35), 1.2, 0.6);
  }
}

void draw_shirt(Painter& painter, const Design& design) {
  Torso t = fit_torso(design, {.neck = 36, .waist_y = 20, .bottom = 146, .hem_curve = 22, .neck_depth = 26});
  t.neck_depth = 26;
  t.v_neck = false;
  Sleeve sleeve = sleeve_for(design, painter);
  if (sleeve.length > 110) sleeve.rib = 20;
  frame_torso(painter, t, sleeve, 22);
  painter.part(mirrored({Knot(0, t.top - 19), corner(-t.neck + 2, t.top - 17), corner(-t.neck - 2, t.top + 8),
                         Knot(0, t.top + 40)}),
               design.cloth.tone(-0.3), {.round = 5, .fold = 0.2});
  painter.fill(rectangle(-11, t.top - 2, 11, t.top + 9), {0.95, 0.94, 0.9}, 0.9);
  paint_sleeves(painter, t, sleeve, design.cloth, design.trim);
  paint_body(painter, t, design.cloth);
  const Rgb buttons = button_colour(design.cloth);
  paint_buttons(painter, design.cloth, buttons, t.top + t.neck_depth + 6, t.bottom + t.hem_curve - 12, 6, 9);
  Random cut = design.cut.fork(2);
  if (cut.chance(0.65)) paint_pocket(painter, {44, t.top + 88}, 21, 46, design.cloth, cut.chance(0.35));
  painter.stitches(open({corner(-t.hem + 2, t.bottom - 5), Knot(0, t.bottom + t.hem_curve - 5),
                         corner(t.hem - 2, t.bottom - 5)}),
                   thread_for(design.cloth));
  paint_collar(painter, t, design.trim, 34, 12);
}

void draw_polo(Painter& painter, const Design& design) {
  Torso t = fit_torso(design, {.neck = 36, .neck_depth = 24});
  t.neck_depth = 24;
  t.v_neck = false;
  Sleeve sleeve = sleeve_for(design, painter);
  sleeve.rib = sleeve.length > 110 ? 14 : 9;
  frame_torso(painter, t, sleeve, 22);
  painter.part(mirrored({Knot(0, t.top - 19), corner(-t.neck + 2, t.top - 17), corner(-t.neck - 2, t.top + 8),
                         Knot(0, t.top + 40)}),
               design.cloth.tone(-0.3), {.round = 5, .fold = 0.2});
  paint_sleeves(painter, t, sleeve, design.cloth, design.trim);
  paint_body(painter, t, design.cloth);
  paint_colour_block(painter, design, t);
  painter.part(
      closed({corner(-9, t.top + 20), corner(9, t.top + 20), corner(9, t.top + 92), corner(-9, t.top + 92)}),
      design.cloth.tone(-0.06), {.round = 3, .relief = 0.5, .cast = 0.5, .fold = 0.2});
  for (const double y : {44.0, 66.0, 86.0}) painter.button({0, t.top + y}, 3.6, button_colour(design.cloth));
  paint_hem_seam(painter, t, design.cloth);
  paint_collar(painter, t, design.trim, 30, 16);
}

void draw_sweater(Painter& painter, const Design& design) {
  const Torso t = fit_torso(design, {.shoulder = 94, .chest = 88, .bottom = 134, .neck_depth = 34});
  Sleeve sleeve = sleeve_for(design, painter);
  sleeve.rib = 24;
  sleeve.cuff += 3;
  const bool roll = design.is(kNeckline, "turtleneck");
  frame_torso(painter, t, sleeve, roll ? 40 : 6);
  if (!roll) paint_inside(painter, t, design.cloth);
  paint_sleeves(painter, t, sleeve, design.cloth, design.trim);
  paint_hem_band(painter, t, design.trim, 26);
  paint_body(painter, t, design.cloth, {.round = 13});
  paint_colour_block(painter, design, t);
  if (design.is(kPattern, "cable knit")) {
    for (const double x : {-34.0, 0.0, 34.0}) {
      for (double y = t.top + t.neck_depth + 26; y < t.bottom - 20; y += 22) {
        const Cloth cord = design.cloth.tone(0.03);
        painter.part(open({corner(x - 7, y), Knot(x + 6, y + 12), corner(x - 6, y + 24)}), cord,
                     {.round = 3, .cast = 0.8, .fold = 0.1, .stroke = 5});
        painter.part(open({corner(x + 7, y), Knot(x - 6, y + 12), corner(x + 6, y + 24)}), cord,
                     {.round = 3, .cast = 0.8, .fold = 0.1, .stroke = 5});
      }
    }
  }
  if (roll) {
    painter.part(
        mirrored({Knot(0, t.top - 36), corner(-t.neck + 6, t.top - 34), Knot(-t.neck + 1, t.top - 10),
                  Knot(-t.neck - 3, t.top + 10), Knot(0, t.top + 28)}),
        design.trim, {.round = 9, .fold = 0.4});
    painter.ribs({-t.neck + 6, t.top - 33}, {t.neck - 6, t.top - 33}, {-t.neck, t.top + 16},
                 {t.neck, t.top + 16}, 14, design.trim);
    painter.line(open({corner(-t.neck + 3, t.top - 4), Knot(0, t.top + 4), corner(t.neck - 3, t.top - 4)}),
                 toned(design.trim.colour, -0.4), 1.4, 0.5);
  } else {
    paint_neck_band(painter, t, design.trim, 13);
  }
}

void draw_cardigan(Painter& painter, const Design& design) {
  Torso t = fit_torso(design, {.shoulder = 92, .chest = 88, .bottom = 140});
  t.v_neck = true;
  t.neck_depth = 108;
  Sleeve sleeve = sleeve_for(design, painter);
  sleeve.rib = 22;
  sleeve.cuff += 3;
  frame_torso(painter, t, sleeve);
  painter.part(mirrored({Knot(0, t.top + 4), corner(-t.neck - 3, t.top - 1), corner(-t.neck - 3, t.top + 14),
                         corner(0, t.top + t.neck_depth + 8)}),
               design.cloth.tone(-0.3), {.round = 5, .fold = 0.5});
  painter.fill(rectangle(-10, t.top + 12, 10, t.top + 22), {0.95, 0.94, 0.9}, 0.9);
  paint_sleeves(painter, t, sleeve, design.cloth, design.trim);
  paint_hem_band(painter, t, design.trim, 24);
  paint_body(painter, t, design.cloth, {.round = 12});
  for (const bool right : {true, false}) {
    painter.part(
        flipped(open({corner(-t.neck - 1, t.top - 2), Knot(-t.neck * 0.66 - 2, t.top + t.neck_depth * 0.45),
                      Knot(-5, t.top + t.neck_depth + 6), corner(-5, t.bottom + 22)}),
                right),
        design.trim, {.round = 4, .cast = 0.8, .fold = 0.2, .stroke = 12});
  }
  const Rgb buttons = button_colour(design.trim);
  for (int i = 0; i < 5; ++i)
    painter.button({-4, t.top + t.neck_depth + 14 + i * (t.bottom - t.top - t.neck_depth) / 4.8}, 4.6,
                   buttons);
  for (const double side : {-1.0, 1.0}) {
    const Point m{side * 48, t.bottom - 62};
    painter.line(open({corner(m.x - 22, m.y), corner(m.x + 22, m.y)}), toned(design.cloth.colour, -0.4), 6,
                 0.35);
    painter.part(open({corner(m.x - 22, m.y - 2), corner(m.x + 22, m.y - 2)}), design.trim,
                 {.round = 3, .fold = 0.1, .stroke = 7});
  }
}

void draw_hoodie(Painter& painter, const Design& design) {
  Torso t = fit_torso(
      design,
      {.neck = 44, .shoulder = 98, .chest = 93, .waist = 91, .hem = 92, .bottom = 132, .neck_depth = 40});
  t.v_neck = false;
  Sleeve sleeve = sleeve_for(design, painter);
  sleeve.rib = 24;
  sleeve.cuff += 4;
  const bool zipped = design.is(kClosure, "zip");
  frame_torso(painter, t, sleeve, 62);
  painter.part(
      mirrored({Knot(0, t.top - 58), Knot(-40, t.top - 50), Knot(-64, t.top - 14),
                Knot(-t.neck - 24, t.top + 22), corner(-t.neck + 4, t.top + 44), Knot(0, t.top + 56)}),
      design.cloth, {.round = 16});
  painter.part(mirrored({Knot(0, t.top - 36), Knot(-28, t.top - 28), Knot(-40, t.top + 4),
                         corner(-26, t.top + 36), Knot(0, t.top + 52)}),
               design.cloth.tone(-0.36), {.round = 9, .fold = 0.7});
  painter.fill(rectangle(-9, t.top + 2, 9, t.top + 13), {0.95, 0.94, 0.9}, 0.85);
  paint_sleeves(painter, t, sleeve, design.cloth, design.trim);
  paint_hem_band(painter, t, design.trim, 26);
  paint_body(painter, t, design.cloth, {.round = 14});
  paint_colour_block(painter, design, t);
  if (design.is(kPattern, "graphic") && !zipped) paint_print(painter, design, {0, t.top + 116});
  const double pocket = t.bottom - 84;
  for (const bool right : {false, true}) {
    if (!zipped && right) continue;
    const double middle = zipped ? -5 : 0;
    std::vector<Knot> left = {corner(middle, pocket),   corner(-36, pocket),
                              Knot(-44, pocket + 16),   corner(-66, pocket + 46),
                              corner(-66, pocket + 80), corner(middle, pocket + 80)};
    const Outline outline = zipped ? flipped(closed(left), right) : mirrored(left);
    painter.part(outline, design.cloth, {.round = 6, .relief = 0.8, .fold = 0.7});
    painter.stitches(
        flipped(open({corner(-38, pocket + 2), Knot(-47, pocket + 18), corner(-66, pocket + 50)}), right),
        thread_for(design.cloth));
    if (!zipped)
      painter.stitches(open({corner(38, pocket + 2), Knot(47, pocket + 18), corner(66, pocket + 50)}),
                       thread_for(design.cloth));
  }
  if (zipped) painter.zip({0, t.top + t.neck_depth + 4}, {0, t.bottom + 26}, design.metal);
  // The hood's front edges cross over the chest.
  for (const bool right : {true, false}) {
    painter.part(flipped(closed({corner(8, t.top + t.neck_depth + 18), Knot(-22, t.top + 38),
                                 Knot(-42, t.top + 4), corner(-38, t.top - 22), Knot(-60, t.top - 2),
                                 Knot(-56, t.top + 30), Knot(-24, t.top + 62)}),
                         right),
                 design.cloth, {.round = 7, .cast = 0.8, .fold = 0.4});
  }
  const Rgb cord = luma(design.cloth.colour) > 0.55 ? toned(design.cloth.colour, -0.4) : Rgb{0.93, 0.92, 0.9};
  const double swing = painter.pose().arms * 6;
  for (const double side : {-1.0, 1.0}) {
    const Outline string = open({corner(side * 17, t.top + 52), Knot(side * 20 + swing, t.top + 84),
                                 corner(side * 15 + swing, t.top + 118)});
    painter.line(string, {}, 4.5, 0.25);
    painter.line(string, cord, 3.2);
    painter.line(open({corner(side * 15 + swing, t.top + 116), corner(side * 15 + swing, t.top + 126)}),
                 design.metal, 4);
    painter.ring({side * 17, t.top + 51}, 3, design.metal);
  }
}

}  // namespace fit::sample
