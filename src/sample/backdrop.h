#pragma once

#include "sample/cairo_handles.h"
#include "sample/colour.h"
#include "sample/light_map.h"

namespace fit::sample {

enum class Scene { kStudio, kBoards, kDoor, kSheet, kRug, kConcrete };

// What a garment is photographed on.
struct Backdrop {
  Surface colour;
  Map shade{1};          // 1: as painted
  bool upright = false;  // a wall: the garment hangs, its shadow falls further
};

Backdrop draw_backdrop(Scene scene, double zoom, Random random);

}  // namespace fit::sample
