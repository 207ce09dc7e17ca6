#pragma once

#include "sample/cairo_handles.h"
#include "sample/colour.h"
#include "sample/light_map.h"

namespace fit::sample {

// The place where a garment is photographed.
enum class Scene { kStudio, kBoards, kDoor, kSheet, kRug, kConcrete };

// The background of a photo.
struct Backdrop {
  Surface colour;
  Map shade{1};          // factor on the colour
  bool upright = false;  // a wall: the garment hangs, and its shadow falls further
};

// Draws the backdrop of a scene; `zoom` enlarges its structure. The same arguments give the same backdrop.
Backdrop draw_backdrop(Scene scene, double zoom, Random random);

}  // namespace fit::sample
