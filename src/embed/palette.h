#pragma once

#include <memory>

#include "embed/embedder.h"

namespace fit::embed {

// The layout of a "palette" vector: three parts one after another, each scaled to a fixed length, so that the
// dot product of two vectors is kColourShare * (colour similarity) + kShapeShare * (shape similarity) +
// kTextureShare * (texture similarity), with similarities from 0 to 1. A part scaled to length 1 compares
// images by that trait alone.
struct PaletteLayout {
  // Square roots (Hellinger) of the histogram of the foreground's colours in CIE Lab: 4 bins of lightness x 7
  // of a* x 7 of b*, with a* and b* on a square-root scale, which is finer near grey.
  static constexpr int kColourBegin = 0;
  static constexpr int kColourSize = 4 * 7 * 7;
  // Histograms of oriented gradients (Dalal and Triggs, 2005): 6 x 6 cells with 8 orientations.
  static constexpr int kShapeBegin = kColourBegin + kColourSize;
  static constexpr int kShapeSize = 6 * 6 * 8;
  // Square roots of two histograms of the foreground's lightness, for each of two radii: 10
  // rotation-invariant uniform local binary patterns (Ojala et al., 2002) and 4 contrasts.
  static constexpr int kTextureBegin = kShapeBegin + kShapeSize;
  static constexpr int kTextureSize = 2 * (10 + 4);

  static constexpr int kDimensions = kTextureBegin + kTextureSize;

  static constexpr float kColourShare = 0.20f;
  static constexpr float kShapeShare = 0.72f;
  static constexpr float kTextureShare = 0.08f;
};
static_assert(PaletteLayout::kDimensions == 512);

// Makes an embedder that describes colour, shape and texture by fixed formulas, without a learned model: it
// compares appearance and does not recognise garments. It serves catalogues without a model and adds colour
// similarity to a model. The space is "palette" with 512 dimensions, no negative values and no text side.
// Deterministic; takes one to two milliseconds per image. Accepts images of at least 1 x 1 pixels. The
// foreground is estimated: pixels count more when they differ from the colours along the image's border and
// when they are near the centre.
std::unique_ptr<Embedder> make_palette_embedder();

}  // namespace fit::embed
