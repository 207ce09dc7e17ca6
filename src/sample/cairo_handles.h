#pragma once

#include <cairo.h>

#include <memory>

namespace fit::sample {

// Deleter of cairo's objects.
struct CairoRelease {
  void operator()(cairo_t* context) const { cairo_destroy(context); }
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_pattern_t* pattern) const { cairo_pattern_destroy(pattern); }
};

using Context = std::unique_ptr<cairo_t, CairoRelease>;
using Surface = std::unique_ptr<cairo_surface_t, CairoRelease>;
using Source = std::unique_ptr<cairo_pattern_t, CairoRelease>;

}  // namespace fit::sample
