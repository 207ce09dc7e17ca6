#include "sample/design.h"

namespace fit::sample {
namespace {

Rgb thread_for(const Cloth& cloth) {
  return toned(cloth.colour, luma(cloth.colour) < 0.3 ? 0.3 : -0.3);
}

}  // namespace

void draw_cap(Painter& painter, const Design& design) {
  Random cut = design.cut.fork(17);
  painter.frame(-150, -112, 128, 92, {10, -20});
  const Cloth& cloth = design.cloth;
  const Cloth& brim = design.trim;
  // The underside of the brim is visible below its upper side.
  painter.part(closed({corner(-146, 54), Knot(-140, 66), Knot(-80, 74), Knot(0, 66), corner(56, 46),
                       Knot(0, 40), Knot(-90, 42)}),
               brim.tone(-0.4), {.round = 6, .fold = 0.1});
  const Outline dome = closed({corner(-92, 30), Knot(-92, -20), Knot(-62, -74), Knot(0, -98), Knot(66, -82),
                               Knot(106, -30), Knot(116, 20), corner(112, 44), Knot(60, 56), Knot(-20, 48)});
  painter.part(dome, cloth, {.round = 26, .relief = 1.6, .fold = 0.45});
  if (design.is(kPattern, "color block")) {
    painter.patch(dome,
                  closed({corner(-120, -110), corner(2, -97), Knot(-24, -50), Knot(-30, 0), corner(-22, 60),
                          corner(-120, 60)}),
                  cloth.in(cloth.accent));
  }
  painter.seam(open({corner(2, -97), Knot(-24, -50), Knot(-30, 0), corner(-22, 48)}), cloth);
  painter.seam(open({corner(2, -97), Knot(44, -60), Knot(62, -4), corner(64, 54)}), cloth);
  painter.stitches(open({corner(-2, -94), Knot(-28, -50), Knot(-34, 0), corner(-26, 46)}), thread_for(cloth));
  painter.stitches(open({corner(6, -94), Knot(48, -60), Knot(66, -4), corner(68, 52)}), thread_for(cloth));
  for (const Point eyelet : {Point{-58, -44}, Point{10, -58}, Point{82, -34}})
    painter.ring(eyelet, 3, toned(cloth.colour, -0.25));
  painter.part(ellipse({2, -99}, 9, 6), brim, {.round = 4, .fold = 0});
  // A patch on the front panel.
  const int patch = cut.below(3);
  if (patch == 0)
    painter.part(ellipse({-62, -6}, 17, 21), Cloth{.colour = cloth.accent}, {.round = 4, .fold = 0});
  if (patch == 1)
    painter.part(closed({corner(-80, -20), corner(-44, -24), corner(-42, 8), corner(-80, 10)}),
                 Cloth{.colour = from_hex(0x9a6b40)}, {.round = 4, .fold = 0});
  if (patch < 2)
    painter.line(open({corner(-72, -4), Knot(-62, -14), corner(-52, -4)}),
                 patch == 0 ? cloth.colour : Rgb{0.25, 0.16, 0.09}, 4);
  painter.part(closed({corner(-94, 26), Knot(-20, 40), corner(62, 50), Knot(20, 62), Knot(-70, 68),
                       Knot(-134, 62), Knot(-148, 52), Knot(-128, 36)}),
               brim, {.round = 12, .relief = 1.3, .fold = 0.1});
  for (int row = 0; row < 4; ++row) {
    const double in = 5.0 + row * 6;
    painter.stitches(open({corner(-142 + in * 1.4, 51), Knot(-126 + in, 60 - in * 0.35), Knot(-70, 66 - in),
                           Knot(10, 61 - in), corner(44 - in, 52 - in * 0.3)}),
                     thread_for(brim));
  }
}

void draw_beanie(Painter& painter, const Design& design) {
  Random cut = design.cut.fork(18);
  const bool pompom = cut.chance(0.45);
  const double tall = cut.range(0, 18);
  const double top = -112 - tall;
  painter.frame(-112, pompom ? top - 62 : top - 10, 112, 98, {-20, 30});
  const Cloth& cloth = design.cloth;
  if (pompom) {
    const Point m{0, top - 22};
    for (int ring = 2; ring >= 0; --ring) {
      for (int i = 0; i < 9; ++i) {
        const Point way = heading(i * 0.698 + ring);
        painter.part(ellipse(m + way * (7.0 + ring * 9), 13, 13),
                     design.trim.in(toned(design.trim.colour, 0.03 * (i % 3))),
                     {.round = 8, .relief = 1.2, .cast = 0.4, .fold = 0.4, .edge = 0.2});
      }
    }
  }
  painter.part(mirrored({Knot(0, top), Knot(-46, top + 12), Knot(-84, top + 62), Knot(-97, -4),
                         corner(-98, 44), Knot(0, 54)}),
               cloth, {.round = 24, .relief = 1.5, .fold = 0.6});
  for (int i = -5; i <= 5; ++i) {
    const double x = i * 17.0;
    painter.line(
        open({corner(x, 48), Knot(x * 0.97, -10), Knot(x * 0.72, top + 44), corner(x * 0.16, top + 6)}),
        toned(cloth.colour, luma(cloth.colour) < 0.2 ? 0.2 : -0.4), 1.6, 0.4);
    painter.crease({x + 3, 44}, {x * 0.7 + 2, top + 30}, 4, 0.5);
  }
  painter.part(
      mirrored({Knot(0, 34), Knot(-98, 24), Knot(-106, 40), Knot(-106, 72), Knot(-98, 86), Knot(0, 96)}),
      design.trim, {.round = 12, .relief = 1.4, .fold = 0.4});
  painter.ribs({-102, 30}, {102, 30}, {-102, 86}, {102, 86}, 34, design.trim);
  if (cut.chance(0.6)) {
    painter.part(closed({corner(30, 50), corner(58, 48), corner(58, 70), corner(30, 73)}),
                 Cloth{.colour = luma(cloth.colour) > 0.4 ? from_hex(0x3b2c22) : from_hex(0xb98a5a)},
                 {.round = 3, .fold = 0});
    painter.line(open({corner(37, 61), corner(51, 60)}), {0.95, 0.9, 0.8}, 2.4, 0.8);
  }
}

void draw_hat(Painter& painter, const Design& design) {
  Random cut = design.cut.fork(19);
  const bool bucket = design.is(kStyle, "streetwear");
  const double brim = bucket ? 118 : 150 + cut.range(-8, 6);
  painter.frame(-brim - 8, -116, brim + 8, 92, {-40, 10});
  const Cloth& cloth = design.cloth;
  if (bucket) {
    painter.part(mirrored({Knot(0, 26), Knot(-80, 22), corner(-brim, 60), Knot(-70, 84), Knot(0, 90)}), cloth,
                 {.round = 13, .relief = 1.3, .fold = 0.5});
    for (int row = 0; row < 5; ++row) {
      const double d = row * 9.0;
      painter.stitches(open({corner(-brim + 8 + d * 0.7, 62 - d * 0.5), Knot(-60, 80 - d), Knot(0, 85 - d),
                             Knot(60, 80 - d), corner(brim - 8 - d * 0.7, 62 - d * 0.5)}),
                       thread_for(cloth));
    }
    painter.part(mirrored({Knot(0, -76), Knot(-52, -74), Knot(-68, -58), corner(-88, 28), Knot(0, 42)}),
                 cloth, {.round = 18, .relief = 1.3, .fold = 0.6});
    painter.seam(open({corner(-70, -56), Knot(0, -46), corner(70, -56)}), cloth);
    painter.seam(open({corner(0, -48), corner(0, 40)}), cloth);
    for (const double x : {-42.0, -30.0}) painter.ring({x, 2}, 3, toned(cloth.colour, -0.3));
    return;
  }
  painter.part(mirrored({Knot(0, 22), Knot(-70, 18), Knot(-brim + 10, 34), Knot(-brim, 46),
                         Knot(-brim + 22, 62), Knot(-70, 78), Knot(0, 84)}),
               cloth, {.round = 14, .relief = 1.4, .fold = 0.25});
  painter.line(open({corner(-brim + 3, 47), Knot(-brim + 24, 60), Knot(-70, 76), Knot(0, 82), Knot(70, 76),
                     Knot(brim - 24, 60), corner(brim - 3, 47)}),
               toned(cloth.colour, -0.25), 2, 0.6);
  painter.part(
      mirrored({Knot(0, -84), Knot(-30, -96), Knot(-62, -84), Knot(-76, -30), corner(-84, 34), Knot(0, 54)}),
      cloth, {.round = 20, .relief = 1.5, .fold = 0.3});
  painter.part(closed({Knot(-34, -84), Knot(0, -76), Knot(34, -84), Knot(0, -56)}), cloth.tone(-0.14),
               {.round = 10, .relief = 0.8, .cast = 0.2, .fold = 0.1, .edge = 0});
  painter.part(mirrored({Knot(0, 24), corner(-81, 6), corner(-85, 34), Knot(0, 54)}), design.trim,
               {.round = 5, .fold = 0.2});
  painter.part(closed({corner(50, 18), corner(76, 8), corner(78, 36), corner(50, 44)}),
               design.trim.tone(0.06), {.round = 4, .fold = 0.2});
}

void draw_scarf(Painter& painter, const Design& design) {
  Random cut = design.cut.fork(20);
  const Cloth& cloth = design.cloth;
  const double swing = painter.pose().arms;
  painter.frame(-118, -180, 118, 186, {-30, -80});
  const auto end = [&](double x, double tilt, double top, double bottom) {
    const Point a{x - 36 + tilt, bottom};
    const Point b{x + 36 + tilt, bottom + 4};
    for (int i = 0; i <= 12; ++i) {
      const Point from = between(a, b, i / 12.0);
      painter.part(open({corner(from + Point{0, -4}), Knot(from + Point{cut.range(-3, 3), 12}),
                         corner(from + Point{cut.range(-4, 4) + tilt * 0.1, 30})}),
                   cloth.in(i % 3 == 0 && cloth.pattern != Pattern::kSolid ? cloth.accent : cloth.colour),
                   {.round = 1, .cast = 0.4, .fold = 0, .stroke = 4});
    }
    painter.part(
        closed({corner(x - 34, top), corner(x + 34, top), Knot(x + 36 + tilt * 0.5, (top + bottom) / 2),
                corner(b), corner(a), Knot(x - 36 + tilt * 0.5, (top + bottom) / 2)}),
        cloth, {.grain = -tilt / 260, .round = 12, .relief = 1.2, .fold = 1.2});
    painter.crease({x - 12, top + 10}, {x - 10 + tilt, bottom - 10}, 7, 0.9);
    painter.crease({x + 14, top + 30}, {x + 16 + tilt, bottom - 20}, 6, 0.7);
  };
  // A loop that is knotted in front, with two ends.
  painter.part(mirrored({Knot(0, -172), Knot(-66, -158), Knot(-98, -104), Knot(-66, -44), Knot(0, -22)}),
               cloth, {.round = 24, .relief = 1.4, .fold = 1.2});
  painter.part(mirrored({Knot(0, -130), Knot(-34, -122), Knot(-44, -96), Knot(-26, -74), Knot(0, -66)}),
               Cloth{.colour = toned(cloth.colour, -0.62)}, {.round = 8, .fold = 0});
  end(34, 22 + 14 * swing, -70, 112);
  end(-26, -18 + 12 * swing, -70, 146);
  painter.part(closed({Knot(-66, -84), Knot(-20, -104), Knot(40, -96), Knot(72, -70), Knot(44, -36),
                       Knot(-18, -26), Knot(-62, -44)}),
               cloth, {.grain = 1.3, .round = 18, .relief = 1.4, .fold = 1.2});
  painter.crease({-56, -74}, {56, -62}, 7, 1.1);
  painter.crease({-50, -54}, {46, -46}, 6, 0.9);
  painter.crease({-82, -140}, {-64, -60}, 8, 0.9);
  painter.crease({78, -140}, {62, -70}, 8, -0.8);
}

void draw_belt(Painter& painter, const Design& design) {
  const Cloth& cloth = design.cloth;
  const double swing = painter.pose().arms * 8;
  painter.frame(-140, -110, 140, 110, {-70, 40});
  // The belt is rolled up: two turns, the end with the holes over them, and the buckle in front.
  for (const double radius : {92.0, 66.0}) {
    painter.part(ellipse({10, -14}, radius + 14, radius * 0.72), cloth.tone(-0.12),
                 {.round = 6, .relief = 1.4, .fold = 0, .stroke = 17});
    painter.line(ellipse({10, -14}, radius + 14, radius * 0.72), thread_for(cloth), 1, 0.5, 3);
  }
  const Outline tail = open({corner(-96, 30), Knot(-40, 62), Knot(40, 66), corner(116, 40 + swing)});
  painter.part(tail, cloth, {.round = 6, .relief = 1.4, .fold = 0, .stroke = 24});
  for (int i = 0; i < 5; ++i)
    painter.fill(ellipse(between({20, 66}, {104, 45 + swing}, i / 4.0), 2.6, 2.6), {}, 0.75);
  const Outline frame = closed({corner(-112, 20), corner(-70, 32), corner(-80, 72), corner(-122, 58)});
  painter.line(frame, {}, 9, 0.35);
  painter.line(frame, toned(design.metal, -0.2), 7);
  painter.line(frame, toned(design.metal, 0.45), 2.6);
  painter.line(open({corner(-118, 40), corner(-72, 52)}), design.metal, 5);
  painter.part(closed({corner(-52, 40), corner(-38, 45), corner(-46, 76), corner(-60, 70)}),
               cloth.tone(-0.06), {.round = 4, .fold = 0});
}

}  // namespace fit::sample
