#pragma once

#include <memory>

#include "embed/embedder.h"

namespace fit::embed {

// How a "palette" vector is laid out: three parts one after another, each scaled to its own fixed length, so
// that a dot product is kColourShare * (likeness in colour) + kShapeShare * (in shape) + kTextureShare * (in
// texture), each likeness from 0 to 1. A part by itself, scaled to length 1, compares images by that trait
// alone.
struct PaletteLayout {
  // Histogram of the foreground's colours in CIE Lab: 4 lightnesses x 7 of a* x 7 of b* (a* and b* on a
  // square-root scale, finer near grey), square roots of the shares (Hellinger's measure).
  static constexpr int kColourBegin = 0;
  static constexpr int kColourSize = 4 * 7 * 7;
  // Histograms of oriented gradients (Dalal and Triggs, 2005) of 6 x 6 cells with 8 orientations.
  static constexpr int kShapeBegin = kColourBegin + kColourSize;
  static constexpr int kShapeSize = 6 * 6 * 8;
  // For each of two radii: 10 rotation-invariant uniform local binary patterns (Ojala et al., 2002) and 4
  // contrasts of the foreground's lightness, square roots of the shares.
  static constexpr int kTextureBegin = kShapeBegin + kShapeSize;
  static constexpr int kTextureSize = 2 * (10 + 4);

  static constexpr int kDimensions = kTextureBegin + kTextureSize;

  static constexpr float kColourShare = 0.20f;
  static constexpr float kShapeShare = 0.72f;
  static constexpr float kTextureShare = 0.08f;
};
static_assert(PaletteLayout::kDimensions == 512);

// Colour, outlines and texture, computed by fixed formulas: nothing is learned, so it knows looks and not
// garments. For catalogues without a model, and as the colour channel beside one. The space is "palette", 512
// numbers, none negative, no text side. Deterministic; one to two milliseconds an image. Any image of at
// least 1 x 1 works. The foreground is guessed: what differs from the colours along the image's border,
// more so near the centre.
std::unique_ptr<Embedder> make_palette_embedder();

}  // namespace fit::embed
