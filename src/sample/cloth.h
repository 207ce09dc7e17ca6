#pragma once

#include <cstdint>
#include <string_view>

#include "sample/cairo_handles.h"
#include "sample/colour.h"

namespace fit::sample {

// The values of the property "pattern" that are drawn differently.
enum class Pattern {
  kSolid,
  kStriped,
  kPinstriped,
  kChecked,
  kPlaid,
  kDotted,
  kFloral,
  kCamouflage,
  kColourBlock
};
// The structure of a material's surface.
enum class Weave { kPlain, kTwill, kDenim, kKnit, kCorduroy, kLeather, kFleece, kStraw };

// The material of a part of a garment.
struct Cloth {
  Rgb colour = {};
  Rgb accent = {};  // the pattern's second colour
  Pattern pattern = Pattern::kSolid;
  Weave weave = Weave::kPlain;
  double scale = 1;        // scale of the pattern
  double shine = 0;        // 0 (matt) to 1 (patent leather)
  std::uint64_t seed = 0;  // seed of the positions in the pattern

  Cloth in(Rgb other) const;        // this weave in another colour, without a pattern
  Cloth tone(double amount) const;  // this cloth darker (below 0) or lighter (above 0)
};

// The Pattern for a value of the property "pattern"; kSolid for other values.
Pattern pattern_named(std::string_view name);
// The Weave for a value of the property "material"; kPlain for most values.
Weave weave_of(std::string_view material);

// Makes a repeating pattern of the weave in units of the garment, drawn for `pixels_per_unit` and rotated by
// `grain` radians about the origin.
Source weave_source(const Cloth& cloth, double pixels_per_unit, double grain);

}  // namespace fit::sample
