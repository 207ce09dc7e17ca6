#pragma once

#include <cstdint>
#include <vector>

#include "sample/random.h"

namespace fit::sample {

// The size of a drawn photo in pixels.
inline constexpr int kWidth = 360;
inline constexpr int kHeight = 480;
inline constexpr int kCell = 3;  // side in pixels of the cells for which light and shade are computed
inline constexpr int kMapWidth = kWidth / kCell;
inline constexpr int kMapHeight = kHeight / kCell;

// One number for each cell of the photo, rows from the top.
struct Map {
  std::vector<float> cells = std::vector<float>(static_cast<std::size_t>(kMapWidth * kMapHeight));

  explicit Map(float value = 0) { fill(value); }
  void fill(float value) { cells.assign(cells.size(), value); }
  float& at(int x, int y) { return cells[static_cast<std::size_t>(y * kMapWidth + x)]; }
  float at(int x, int y) const { return cells[static_cast<std::size_t>(y * kMapWidth + x)]; }
};

// A rectangle of cells; `right` and `bottom` are exclusive.
struct MapArea {
  int left = 0;
  int top = 0;
  int right = kMapWidth;
  int bottom = kMapHeight;
};

// Blurs `map` inside `area` with two box filters in each direction, which approximate a Gaussian. `radius` is
// in cells.
void blur(Map& map, const MapArea& area, int radius);

// Smooth random noise from about -1 to 1, with a period of one unit.
class Noise {
 public:
  explicit Noise(Random random);
  float at(double x, double y) const;

 private:
  static constexpr int kSize = 32;
  std::vector<float> values_;
};

// Enlarges `map` to one row of kWidth pixels by linear interpolation between cell centres.
void enlarge_row(const Map& map, int pixel_y, float* row);

}  // namespace fit::sample
