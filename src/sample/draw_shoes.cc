#include "sample/design.h"

namespace fit::sample {
namespace {

// Paints a pair of shoes that point to the left: first the one behind and above, then the nearer one.
template <class Shoe>
void paint_pair(Painter& painter, const Shoe& shoe, Point behind) {
  const double swing = painter.pose().arms;
  painter.place(behind + Point{6 * swing, 4 * swing}, 0.97, 0.05 * swing);
  shoe();
  painter.place({0, 0}, 1, -0.03 * swing);
  shoe();
  painter.reset_placement();
}

constexpr PartStyle kHard{.grain = 0, .round = 12, .relief = 1.3, .cast = 0.9, .fold = 0.12};

PartStyle hard(double round, double relief = 1.2) {
  PartStyle style = kHard;
  style.round = round;
  style.relief = relief;
  return style;
}

Rgb thread_for(const Cloth& cloth) {
  return toned(cloth.colour, luma(cloth.colour) < 0.3 ? 0.3 : -0.3);
}

// The eyelet stay of a sneaker and its laces.
void paint_laces(Painter& painter, const Cloth& cloth, bool high, double collar) {
  const Cloth lace{.colour = luma(cloth.colour) > 0.7 ? toned(cloth.colour, -0.06) : Rgb{0.95, 0.94, 0.92}};
  painter.part(closed({corner(-44, 0), Knot(-6, -20 + (high ? -4 : 0)), corner(32, collar + 2),
                       corner(44, collar + 10), Knot(10, high ? -12 : -2), corner(-34, 14)}),
               cloth.tone(-0.07), hard(4, 0.8));
  const int rows = high ? 6 : 4;
  for (int i = 0; i < rows; ++i) {
    const double t = i / (rows - 1.0);
    const Point at = between({-36, 3}, {33, collar + 7}, t);
    const Outline string =
        open({corner(at + Point{3, 6}), Knot(at + Point{-8, -5}), corner(at + Point{-16, -6 - 3 * t})});
    painter.line(string, {}, 6.4, 0.3);
    painter.line(string, lace.colour, 5);
    painter.fill(ellipse(at + Point{4, 7}, 1.8, 1.8), {}, 0.5);
  }
}

// The mark on the side of a sneaker: 1 is a swoosh, 2 bars, 3 a dot; none for other numbers.
void paint_side_mark(Painter& painter, const Cloth& trim, int mark) {
  if (mark == 1)
    painter.part(
        closed({corner(70, 4), Knot(30, 30), Knot(-14, 32), corner(-30, 24), Knot(10, 24), Knot(42, 8)}),
        trim, hard(4, 0.8));
  if (mark == 2) {
    for (int i = 0; i < 3; ++i) {
      const double x = 2 + i * 20;
      painter.part(
          closed({corner(x, 44), corner(x + 10, 44), corner(x + 26, 2 - i * 3), corner(x + 17, 2 - i * 3)}),
          trim, hard(3, 0.7));
    }
  }
  if (mark == 3) painter.part(ellipse({44, 18}, 14, 14), trim, hard(4, 0.8));
}

}  // namespace

void draw_sneakers(Painter& painter, const Design& design) {
  Random cut = design.cut.fork(10);
  const bool high = design.is(kFit, "high-top");
  const double chunky = cut.range(0, 9);
  const int mark = cut.below(4);
  const double collar = high ? -62 : -18;
  painter.frame(-146, high ? -186 : -138, 152, 80, {-30, 0});
  const Cloth& cloth = design.cloth;
  const Cloth& trim = design.trim;
  const Cloth sole{.colour = luma(cloth.colour) > 0.75 && cut.chance(0.4) ? from_hex(0xc9a06c)
                                                                          : from_hex(0xf1efe9)};
  const auto shoe = [&] {
    // Inside of the opening, then tongue, upper, overlays, sole.
    painter.part(closed({Knot(40, collar - 4), Knot(84, collar - 12), Knot(116, collar - 6),
                         Knot(100, collar + 26), Knot(52, collar + 26)}),
                 trim.tone(-0.35), hard(5, 0.6));
    painter.part(closed({corner(-6, 8), Knot(8, collar - 4), Knot(28, collar - 20), Knot(46, collar - 14),
                         corner(50, collar + 24)}),
                 trim, hard(6));
    painter.part(closed({corner(-134, 54), Knot(-133, 28), Knot(-114, 13), Knot(-70, 2),
                         Knot(-30, -10 + (high ? 2 : 0)), Knot(10, high ? -44 : -26), corner(38, collar - 2),
                         Knot(66, collar + 8), Knot(94, collar + 2), corner(112, collar - 10),
                         Knot(117, collar + 16), Knot(127, 20), Knot(130, 38), corner(126, 54)}),
                 cloth, hard(17, 1.4));
    painter.part(closed({corner(-135, 46), Knot(-132, 25), Knot(-112, 12), Knot(-92, 8), Knot(-74, 24),
                         corner(-72, 46)}),
                 mark == 0 ? trim : cloth.tone(-0.05), hard(9));
    for (int i = 0; i < 5; ++i)
      painter.fill(ellipse({-112 + i * 6.0, 24 + (i % 2) * 6.0}, 1.3, 1.3), {}, 0.35);
    painter.part(closed({corner(112.5, collar - 8), Knot(117, collar + 16), Knot(126.5, 20), Knot(129.5, 38),
                         corner(126, 50), corner(90, 50), Knot(93, 12), Knot(102, collar + 12)}),
                 trim, hard(7));
    paint_laces(painter, cloth, high, collar);
    paint_side_mark(painter, trim, mark);
    painter.stitches(open({corner(-68, 44), Knot(-70, 26), Knot(-88, 11)}), thread_for(cloth));
    painter.part(closed({Knot(-138, 46), Knot(-60, 47), Knot(40, 44), Knot(124, 42), Knot(135, 50),
                         Knot(134, 64 + chunky), Knot(120, 71 + chunky), Knot(40, 71 + chunky),
                         Knot(-90, 70 + chunky), Knot(-134, 62 + chunky)}),
                 sole, hard(8, 1.3));
    painter.line(open({corner(-138, 57), Knot(-50, 60), Knot(40, 58), corner(133, 56)}),
                 mark == 0 ? trim.colour : toned(sole.colour, -0.25), 2.2, 0.8);
    for (double x = -118; x < 118; x += 9)
      painter.line(open({corner(x, 68 + chunky), corner(x + 3, 71 + chunky)}), {}, 1.6, 0.35);
  };
  paint_pair(painter, shoe, {14, -86});
}

void draw_boots(Painter& painter, const Design& design) {
  Random cut = design.cut.fork(11);
  const bool tall = design.is(kFit, "knee-high");
  const bool laced = design.is(kClosure, "lace-up");
  const bool chelsea = design.is(kClosure, "pull-on") && !tall;
  const double heel = tall ? 22 : cut.range(8, 20);
  const double top = tall ? -230 : laced ? -128 : -100;
  painter.frame(-118, top - 10, tall ? 196 : 168, 96, {10, -10});
  const Cloth& cloth = design.cloth;
  const Cloth sole{.colour = luma(cloth.colour) < 0.3 ? from_hex(0x1f1d1c) : from_hex(0x4a3526)};
  const auto shoe = [&] {
    painter.part(closed({Knot(-4, top + 2), Knot(36, top - 6), Knot(78, top + 2), Knot(36, top + 14)}),
                 cloth.tone(-0.5), hard(4, 0.5));
    painter.part(closed({corner(-113, 72), Knot(-113, 42), Knot(-88, 25), Knot(-46, 10), Knot(-16, -18),
                         Knot(-5, -54), corner(-6, top), Knot(36, top + 9), corner(80, top), Knot(75, -46),
                         Knot(76, -6), Knot(86, 32), Knot(88, 52), corner(84, 72)}),
                 cloth, {.round = 20, .relief = 1.5, .fold = tall ? 0.5 : 0.3});
    painter.crease({-30, 2}, {44, -14}, 6, 0.9);
    painter.crease({-22, -16}, {40, -34}, 5, 0.7);
    painter.crease({-6, -44}, {46, -50}, 5, tall ? 0.7 : 0.3);
    if (chelsea) {
      painter.part(closed({corner(14, top + 6), corner(56, top + 6), Knot(52, -30), Knot(40, 4),
                           corner(34, 10), Knot(24, -20)}),
                   Cloth{.colour = toned(cloth.colour, luma(cloth.colour) < 0.25 ? 0.14 : -0.4)},
                   hard(4, 0.7));
      painter.ribs({15, top + 8}, {55, top + 8}, {33, 6}, {36, 6}, 9, cloth);
      painter.part(open({corner(76, top + 6), Knot(86, top - 10), corner(78, top - 16)}), cloth,
                   {.round = 2, .fold = 0, .stroke = 6});
    }
    if (laced) {
      painter.part(closed({corner(-60, 20), Knot(-18, -14), corner(-4, top + 4), corner(16, top + 6),
                           Knot(8, -20), corner(-34, 26)}),
                   cloth.tone(-0.06), hard(5, 0.9));
      for (int i = 0; i < 7; ++i) {
        const Point at = i < 3 ? between({-44, 18}, {-12, -14}, i / 2.0)
                               : between({-8, -30}, {2, top + 14}, (i - 3) / 3.0);
        const Outline string =
            open({corner(at + Point{7, 5}), Knot(at + Point{-4, -3}), corner(at + Point{-10, -4})});
        painter.line(string, {}, 6, 0.4);
        painter.line(string, design.trim.colour, 4);
        painter.button(at + Point{9, 6}, 2.2, design.metal);
      }
    }
    if (design.is(kClosure, "zip")) painter.zip({52, top + 14}, {56, 40}, design.metal);
    if (tall) painter.seam(open({corner(36, top + 10), Knot(34, -80), corner(40, 60)}), cloth);
    painter.stitches(open({corner(-84, 62), Knot(-66, 36), Knot(-30, 30), corner(10, 62)}),
                     thread_for(cloth));
    // Sole and heel.
    painter.part(closed({corner(36, 72), corner(89, 70), corner(86, 76 + heel), corner(44, 76 + heel)}), sole,
                 hard(4));
    painter.part(closed({corner(-120, 62), Knot(-40, 67), Knot(30, 64), Knot(84, 62), Knot(91, 68),
                         corner(89, 76), Knot(30, 76), Knot(-20, 78), Knot(-112, 79), Knot(-122, 72)}),
                 sole.tone(0.05), hard(4));
    painter.stitches(open({corner(-116, 65), Knot(-40, 70), corner(86, 67)}), thread_for(sole));
  };
  paint_pair(painter, shoe, tall ? Point{84, -14} : Point{62, -44});
}

void draw_heels(Painter& painter, const Design& design) {
  Random cut = design.cut.fork(12);
  const bool strap = design.is(kClosure, "buckle");
  const double height = design.is(kFit, "stiletto") ? 0 : 14;
  const double slim = design.is(kFit, "stiletto") ? 4 : 11;
  painter.frame(-132, -170, 138, 92, {60, -20});
  const Cloth& cloth = design.cloth;
  const Cloth sole{.colour = cut.chance(0.5) ? from_hex(0x2a2523) : toned(cloth.colour, -0.45)};
  const auto shoe = [&] {
    const double back = -46 + height;
    painter.part(closed({corner(-36, 33), Knot(2, 25), Knot(42, back + 39), Knot(82, back + 6),
                         corner(108, back - 14), Knot(92, back + 34), Knot(46, back + 66), Knot(4, 44)}),
                 design.trim.tone(-0.12), hard(5, 0.6));
    // The heel, behind the shoe's body.
    painter.part(closed({corner(78, back + 56), corner(116, back + 34), Knot(112, back + 66),
                         Knot(104 + slim * 0.2, 60), corner(102 + slim * 0.5, 84),
                         corner(100 - slim * 0.6, 84), Knot(98 - slim * 0.6, 44), Knot(92, back + 72)}),
                 cloth.tone(-0.06), hard(6, 1.2));
    painter.part(closed({corner(-126, 76), Knot(-120, 64), Knot(-94, 51), Knot(-62, 41), corner(-34, 32),
                         Knot(0, 41), Knot(42, back + 56), Knot(80, back + 24), corner(108, back - 14),
                         Knot(117, back + 10), Knot(114, back + 40), Knot(86, back + 62), Knot(46, 50),
                         Knot(0, 74), corner(-20, 80), Knot(-80, 82)}),
                 cloth, {.round = 12, .relief = 1.6, .fold = 0.05});
    painter.line(open({corner(-121, 78), Knot(-80, 83), corner(-18, 82), Knot(2, 76), Knot(48, 52),
                       corner(90, back + 63)}),
                 sole.colour, 3.4);
    if (strap) {
      painter.part(
          open({corner(110, back + 4), Knot(84, back - 22), Knot(46, back - 26), corner(24, back - 6)}),
          cloth, {.round = 3, .fold = 0, .stroke = 7});
      painter.part(open({corner(24, back - 6), Knot(30, back + 12), Knot(70, back + 12), corner(110, back)}),
                   cloth, {.round = 3, .fold = 0, .stroke = 7});
      painter.ring({60, back + 9}, 5.5, design.metal);
    }
    if (design.is(kPattern, "color block"))
      painter.part(closed({corner(-124, 74), Knot(-122, 62), Knot(-104, 53), Knot(-88, 64), corner(-84, 82)}),
                   design.trim, hard(5));
  };
  paint_pair(painter, shoe, {16, -92});
}

void draw_loafers(Painter& painter, const Design& design) {
  Random cut = design.cut.fork(13);
  painter.frame(-146, -130, 146, 78, {-20, 10});
  const Cloth& cloth = design.cloth;
  const int front = cut.below(3);
  const Cloth sole{.colour = luma(cloth.colour) < 0.3 ? from_hex(0x201d1b) : from_hex(0x5a3d27)};
  const auto shoe = [&] {
    painter.part(
        closed({corner(-8, -14), Knot(46, -17), Knot(84, -24), corner(107, -25), Knot(104, 8), Knot(40, 26)}),
        design.trim.tone(-0.15), hard(5, 0.6));
    painter.part(closed({corner(-132, 55), Knot(-131, 32), Knot(-110, 16), Knot(-66, 7), Knot(-34, -5),
                         corner(-8, -16), Knot(14, 3), Knot(58, 3), Knot(90, -9), corner(108, -24),
                         Knot(117, -8), Knot(125, 20), Knot(127, 40), corner(124, 55)}),
                 cloth, hard(16, 1.5));
    painter.part(closed({corner(-100, 18), Knot(-66, 7), Knot(-34, -4), corner(-8, -16), Knot(2, -2),
                         Knot(-14, 12), Knot(-56, 22)}),
                 cloth.tone(0.03), hard(6, 0.9));
    painter.line(open({corner(-102, 20), Knot(-78, 27), Knot(-40, 22), Knot(-8, 8), corner(4, -4)}),
                 toned(cloth.colour, -0.6), 2.4, 0.5);
    painter.stitches(open({corner(-104, 24), Knot(-78, 31), Knot(-38, 26), corner(0, 8)}), thread_for(cloth));
    if (front < 2)
      painter.part(closed({corner(-48, 1), corner(-24, -10), Knot(2, 22), corner(14, 46), corner(-14, 46),
                           Knot(-30, 22)}),
                   cloth.tone(-0.05), hard(5));
    if (front == 0)
      painter.fill(closed({corner(-30, 6), corner(-20, 2), corner(-10, 16), corner(-20, 18)}), {}, 0.45);
    if (front == 1) {
      painter.line(open({corner(-33, 8), corner(-12, 18)}), toned(design.metal, -0.35), 6);
      painter.line(open({corner(-33, 8), corner(-12, 18)}), design.metal, 4);
      painter.ring({-36, 7}, 6, design.metal);
      painter.ring({-9, 20}, 6, design.metal);
    }
    if (front == 2) {
      for (const double side : {0.0, 9.0})
        painter.part(closed({corner(-40 + side, 2), Knot(-46 + side, 18), corner(-42 + side, 32),
                             corner(-32 + side, 31), Knot(-32 + side, 16)}),
                     cloth.tone(-0.08), hard(3));
    }
    painter.seam(open({corner(78, -4), Knot(82, 20), corner(80, 46)}), cloth);
    painter.part(closed({corner(70, 52), corner(128, 50), corner(126, 72), corner(74, 72)}), sole, hard(4));
    painter.part(closed({corner(-138, 46), Knot(-50, 50), Knot(40, 47), Knot(122, 45), Knot(130, 50),
                         corner(128, 57), Knot(40, 58), Knot(-60, 61), Knot(-132, 58)}),
                 sole.tone(0.06), hard(4));
  };
  paint_pair(painter, shoe, {14, -76});
}

}  // namespace fit::sample
