#pragma once

#include <cstdint>
#include <string_view>

#include "sample/cairo_handles.h"
#include "sample/colour.h"

namespace fit::sample {

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
enum class Weave { kPlain, kTwill, kDenim, kKnit, kCorduroy, kLeather, kFleece, kStraw };

// What a part of a garment is made of.
struct Cloth {
  Rgb colour = {};
  Rgb accent = {};  // of the pattern
  Pattern pattern = Pattern::kSolid;
  Weave weave = Weave::kPlain;
  double scale = 1;        // of the pattern
  double shine = 0;        // 0 matt to 1 patent leather
  std::uint64_t seed = 0;  // where the flowers are

  Cloth in(Rgb other) const;        // the same weave, plain, in another colour
  Cloth tone(double amount) const;  // everything darker (< 0) or lighter (> 0)
};

// The property "pattern" as a Pattern; kSolid for other words.
Pattern pattern_named(std::string_view name);
// How the material's threads look; kPlain for most.
Weave weave_of(std::string_view material);

// A repeating source in units of the garment, drawn for pictures of `pixels_per_unit`, turned by `grain`
// radians about 0, 0.
Source weave_source(const Cloth& cloth, double pixels_per_unit, double grain);

}  // namespace fit::sample
