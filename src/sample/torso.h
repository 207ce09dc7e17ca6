#pragma once

#include "sample/design.h"

namespace fit::sample {

// The measures of a garment for the upper body. Widths are half widths, and heights are measured downwards.
struct Torso {
  double neck = 40;
  double shoulder = 92;
  double chest = 86;
  double waist = 84;
  double hem = 88;
  double top = -165;
  double drop = 22;    // fall of the shoulder line
  double armpit = 92;  // below top
  double waist_y = 30;
  double bottom = 150;
  double armhole = 0.55;  // where the armhole curves out: 0 at the armpit, 1 at the shoulder
  double hem_curve = 5;   // how much lower the middle of the hem is
  double neck_depth = 40;
  bool v_neck = false;

  Point shoulder_tip() const { return {-shoulder, top + drop}; }
  Point armpit_point() const { return {-chest, top + armpit}; }
  Point armhole_point() const {
    return {-(shoulder * (1 - armhole) + chest * armhole) + 5, top + drop + (armpit - drop) * 0.62};
  }
};

// The measures of a sleeve.
struct Sleeve {
  double length = 80;
  double angle = 0.5;  // from straight down, radians
  double cuff = 34;    // half width at the end
  double bend = 0.06;  // how much steeper it is below the elbow, radians
  double rib = 0;      // height of a ribbed or sewn cuff; 0: a seam
};

Outline torso_outline(const Torso& torso);
// Both sleeves; paint them before the body.
void paint_sleeves(Painter& painter, const Torso& torso, const Sleeve& sleeve, const Cloth& cloth,
                   const Cloth& cuff);
// The inside of the back that is visible in the neck opening, with a label; paint it before the body.
void paint_inside(Painter& painter, const Torso& torso, const Cloth& cloth);
// The front of the body, with folds under the arms.
void paint_body(Painter& painter, const Torso& torso, const Cloth& cloth, const PartStyle& style = {});
// A band along the front neckline.
void paint_neck_band(Painter& painter, const Torso& torso, const Cloth& cloth, double width);
// A ribbed band below the hem.
void paint_hem_band(Painter& painter, const Torso& torso, const Cloth& cloth, double height);
// Two collar leaves and their stand.
void paint_collar(Painter& painter, const Torso& torso, const Cloth& cloth, double length, double spread);
void paint_pocket(Painter& painter, Point middle, double half_width, double height, const Cloth& cloth,
                  bool flap);
// A lapel with a notch, its mirror image and the collar behind them, around an opening down to `low`.
void paint_lapels(Painter& painter, const Torso& torso, const Cloth& cloth, double low, double width);
// The hook and the shoulders of a hanger.
void paint_hanger(Painter& painter, const Torso& torso);

// Adapts the measures to the properties "fit" and "garment_length".
Torso fit_torso(const Design& design, Torso torso);
// The sleeve for the property "sleeve_length"; its length is 0 without sleeves.
Sleeve sleeve_for(const Design& design, const Painter& painter, double spread = 0);

}  // namespace fit::sample
