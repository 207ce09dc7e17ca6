#pragma once

#include <cstdint>
#include <vector>

#include "sample/random.h"

namespace fit::sample {

inline constexpr int kWidth = 360;  // of a drawn photo, pixels
inline constexpr int kHeight = 480;
inline constexpr int kCell = 3;  // light and shade are computed for squares of this many pixels
inline constexpr int kMapWidth = kWidth / kCell;
inline constexpr int kMapHeight = kHeight / kCell;

// A number for each square of the photo, rows from the top.
struct Map {
  std::vector<float> cells = std::vector<float>(static_cast<std::size_t>(kMapWidth * kMapHeight));

  explicit Map(float value = 0) { fill(value); }
  void fill(float value) { cells.assign(cells.size(), value); }
  float& at(int x, int y) { return cells[static_cast<std::size_t>(y * kMapWidth + x)]; }
  float at(int x, int y) const { return cells[static_cast<std::size_t>(y * kMapWidth + x)]; }
};

// A rectangle of cells, the right and bottom ones excluded.
struct MapArea {
  int left = 0;
  int top = 0;
  int right = kMapWidth;
  int bottom = kMapHeight;
};

// Softens `map` inside `area` (two box passes each way, about a Gaussian); `radius` in cells.
void blur(Map& map, const MapArea& area, int radius);

// Smooth random hills, about -1 to 1, one every unit.
class Noise {
 public:
  explicit Noise(Random random);
  float at(double x, double y) const;

 private:
  static constexpr int kSize = 32;
  std::vector<float> values_;
};

// `map` enlarged to a row of kWidth pixels, linearly between cell centres.
void enlarge_row(const Map& map, int pixel_y, float* row);

}  // namespace fit::sample
