#pragma once

#include "sample/cairo_handles.h"
#include "sample/cloth.h"
#include "sample/light_map.h"
#include "sample/outline.h"

namespace fit::sample {

// How a garment lies and from where it is seen; another photo of it has another pose.
struct Pose {
  double rotation = 0;  // radians
  double scale = 1;     // 1: fills the photo but for a margin
  double shear = 0;
  Point shift;             // pixels
  double zoom = 1;         // above 1: a detail
  bool hung = false;       // on a hanger, where the garment allows
  double arms = 0;         // -1 (close to the body) to 1 (spread): sleeves, legs, straps
  std::uint64_t seed = 0;  // of folds and of the small irregularity of every outline
};

// How a part is shaded. Lengths are in the garment's units.
struct Look {
  double grain = 0;         // the cloth's turn, radians
  double round = 9;         // how far from the edge the part bends away
  double relief = 1;        // how much it does
  double cast = 1;          // the shadow on what lies below
  double fold = 1;          // how much the cloth wrinkles
  double stroke = 0;        // above 0: the outline is a strap of this width
  double edge = 0.5;        // opacity of the line around the part
  bool round_ends = false;  // of a strap
};

// Paints one garment, part over part, each part with cloth, rounded edges, a shadow on the parts below and
// folds. Colours go to a surface of the photo's size, light to maps; composing them is photo.h's task.
class Painter {
 public:
  explicit Painter(const Pose& pose);

  const Pose& pose() const { return pose_; }

  // Says which rectangle the garment takes, and where a detail photo looks. Call first.
  void frame(double left, double top, double right, double bottom, Point detail);
  // Draws what follows shifted, scaled, turned: the second shoe of a pair. `settle` goes back to the frame.
  void place(Point shift, double scale = 1, double rotation = 0);
  void settle();

  void part(const Outline& outline, const Cloth& cloth, const Look& look = {});

  // Other cloth on a part, inside both outlines: prints, blocks of colour. Takes the part's light.
  void patch(const Outline& part, const Outline& area, const Cloth& cloth);
  // Flat details, without light of their own.
  void fill(const Outline& outline, Rgb colour, double alpha = 1);
  void line(const Outline& outline, Rgb colour, double width, double alpha = 1, double dash = 0);
  // A sewn seam: a shaded groove and, with `thread`, stitches beside it.
  void seam(const Outline& outline, const Cloth& cloth);
  void stitches(const Outline& outline, Rgb thread);
  // The ribs of a knitted band, from the line from_a..from_b to the line to_a..to_b.
  void ribs(Point from_a, Point from_b, Point to_a, Point to_b, int count, const Cloth& cloth);
  void button(Point at, double radius, Rgb colour);
  void zip(Point from, Point to, Rgb metal);
  void ring(Point at, double radius, Rgb metal);

  // A fold in the last part, from a to b, `width` wide; strength 1 is a strong one, below 0 it is lit from
  // below.
  void crease(Point a, Point b, double width, double strength);
  // Lights (above 0) or darkens a round area of the last part: worn knees, an opening's depth.
  void glow(Point at, double radius, double amount);

  // After the last part.
  struct Layers {
    Surface colour;  // premultiplied ARGB
    Map shade;       // 1: as painted
    Map cover;       // 1: garment, 0: background
  };
  Layers finish();

 private:
  void trace(cairo_t* context, const Outline& outline) const;
  Point warped(Point point) const;
  void paint(cairo_t* context, const Outline& outline, double stroke) const;
  MapArea draw_mask(const Outline& outline, double stroke, double reach);
  void shade_part(const MapArea& area, const Look& look);
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
  Map mask_;  // of the last part, inside mask_area_
  MapArea mask_area_;
  Map soft_;
  Map far_;
  Map shade_{1};
  Map cover_;
  Map fold_;
};

}  // namespace fit::sample
