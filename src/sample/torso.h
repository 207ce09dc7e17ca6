#pragma once

#include "sample/design.h"

namespace fit::sample {

// The measures of what is worn on the upper body; half widths, and heights from the top down.
struct Torso {
  double neck = 40;
  double shoulder = 92;
  double chest = 86;
  double waist = 84;
  double hem = 88;
  double top = -165;
  double drop = 22;    // of the shoulder line
  double armpit = 92;  // below top
  double waist_y = 30;
  double bottom = 150;
  double armhole = 0.55;  // how early the armhole curves out: 0 at the armpit, 1 at the shoulder
  double hem_curve = 5;   // how far the hem's middle hangs lower
  double neck_depth = 40;
  bool v_neck = false;

  Point shoulder_tip() const { return {-shoulder, top + drop}; }
  Point armpit_point() const { return {-chest, top + armpit}; }
  Point armhole_point() const {
    return {-(shoulder * (1 - armhole) + chest * armhole) + 5, top + drop + (armpit - drop) * 0.62};
  }
};

struct Sleeve {
  double length = 80;
  double angle = 0.5;  // from hanging straight down, radians
  double cuff = 34;    // half width at the end
  double bend = 0.06;  // how much straighter it hangs below the elbow
  double rib = 0;      // height of a ribbed or sewn cuff; 0: a seam
};

Outline torso_outline(const Torso& torso);
// Both sleeves, to be painted before the body.
void paint_sleeves(Painter& painter, const Torso& torso, const Sleeve& sleeve, const Cloth& cloth,
                   const Cloth& cuff);
// The inside of the back that shows in the neck's opening, with a label; before the body.
void paint_inside(Painter& painter, const Torso& torso, const Cloth& cloth);
// The front body itself, with folds under the arms.
void paint_body(Painter& painter, const Torso& torso, const Cloth& cloth, const Look& look = {});
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
// A hanger's hook and shoulders, where the photo has one.
void paint_hanger(Painter& painter, const Torso& torso);

// Measures by the properties fit and garment_length.
Torso fitted(const Design& design, Torso torso);
// By the property sleeve_length; length 0 without sleeves.
Sleeve sleeve_for(const Design& design, const Painter& painter, double spread = 0);

}  // namespace fit::sample
