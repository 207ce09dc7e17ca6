#pragma once

#include "sample/cairo_handles.h"
#include "sample/cloth.h"
#include "sample/light_map.h"
#include "sample/outline.h"

namespace fit::sample {

// The position of a garment in one photo.
struct Pose {
  double rotation = 0;  // radians
  double scale = 1;     // 1: fills the photo except for a margin
  double shear = 0;
  Point shift;             // pixels
  double zoom = 1;         // above 1: a detail photo
  bool hung = false;       // on a hanger, where the garment allows
  double arms = 0;         // sleeves, legs and straps: -1 (close to the body) to 1 (spread)
  std::uint64_t seed = 0;  // seed of folds and of irregularities of outlines
};

// The shading of a part. Lengths are in the garment's units.
struct PartStyle {
  double grain = 0;         // rotation of the cloth, radians
  double round = 9;         // width of the rounded edge
  double relief = 1;        // strength of the rounded edge's shading
  double cast = 1;          // strength of the shadow on the parts below
  double fold = 1;          // strength of wrinkles
  double stroke = 0;        // above 0: the outline is the middle line of a strap of this width
  double edge = 0.5;        // opacity of the line around the part
  bool round_ends = false;  // a strap has round ends
};

// Paints one garment part over part. Each part has cloth, rounded edges, folds and a shadow on the parts
// below. Colours are painted to a surface of the photo's size and light to maps, which photo.h composes. Not
// thread-safe.
class Painter {
 public:
  explicit Painter(const Pose& pose);

  const Pose& pose() const { return pose_; }

  // Sets the rectangle of the garment and the centre of a detail photo. Must be called first.
  void frame(double left, double top, double right, double bottom, Point detail);
  // Shifts, scales and rotates the following parts, such as the second shoe of a pair, until
  // reset_placement().
  void place(Point shift, double scale = 1, double rotation = 0);
  void reset_placement();

  // Paints a part, shaded by its style.
  void part(const Outline& outline, const Cloth& cloth, const PartStyle& style = {});

  // Paints another cloth on a part, inside both outlines: prints and blocks of colour. The part's light
  // applies.
  void patch(const Outline& part, const Outline& area, const Cloth& cloth);
  // Flat details without shading.
  void fill(const Outline& outline, Rgb colour, double alpha = 1);
  void line(const Outline& outline, Rgb colour, double width, double alpha = 1, double dash = 0);
  // A sewn seam: a shaded groove with stitches beside it.
  void seam(const Outline& outline, const Cloth& cloth);
  void stitches(const Outline& outline, Rgb thread);
  // The ribs of a knitted band, from the line from_a..from_b to the line to_a..to_b.
  void ribs(Point from_a, Point from_b, Point to_a, Point to_b, int count, const Cloth& cloth);
  void button(Point at, double radius, Rgb colour);
  void zip(Point from, Point to, Rgb metal);
  void ring(Point at, double radius, Rgb metal);

  // Adds a fold to the last part, from a to b. A strength of 1 is a strong fold; below 0 it is lit from
  // below.
  void crease(Point a, Point b, double width, double strength);
  // Lightens (above 0) or darkens a round area of the last part: worn knees, the depth of an opening.
  void glow(Point at, double radius, double amount);

  // The painted garment.
  struct Layers {
    Surface colour;  // premultiplied ARGB
    Map shade;       // factor on the colour
    Map cover;       // 1: garment, 0: background
  };
  // Returns the layers; call it once, after the last part.
  Layers finish();

 private:
  void trace(cairo_t* context, const Outline& outline) const;
  Point warped(Point point) const;
  void paint(cairo_t* context, const Outline& outline, double stroke) const;
  MapArea draw_mask(const Outline& outline, double stroke, double reach);
  void shade_part(const MapArea& area, const PartStyle& style);
  double cells(double units) const;
  void fold_cloth();

  Pose pose_;
  Surface colour_;
  Context context_;
  Surface mask_surface_;
  Context mask_context_;
  cairo_matrix_t frame_{};
  cairo_matrix_t matrix_{};
  double pixels_per_unit_ = 1;
  Map mask_;  // the mask of the last part, inside mask_area_
  MapArea mask_area_;
  Map soft_;
  Map far_;
  Map shade_{1};
  Map cover_;
  Map fold_;
};

}  // namespace fit::sample
