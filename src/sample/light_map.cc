#include "sample/light_map.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace fit::sample {
namespace {

// Applies a box filter to a line of `count` cells that are `step` apart; the end cells are repeated.
void box_pass(float* cells, int count, int step, int radius, std::array<float, kMapHeight>& copy) {
  for (int i = 0; i < count; ++i) copy[static_cast<std::size_t>(i)] = cells[i * step];
  const auto cell = [&](int i) { return copy[static_cast<std::size_t>(std::clamp(i, 0, count - 1))]; };
  const float scale = 1.0F / static_cast<float>(2 * radius + 1);
  float sum = 0;
  for (int i = -radius; i <= radius; ++i) sum += cell(i);
  for (int i = 0; i < count; ++i) {
    cells[i * step] = sum * scale;
    sum += cell(i + radius + 1) - cell(i - radius);
  }
}

}  // namespace

void blur(Map& map, const MapArea& area, int radius) {
  const int width = area.right - area.left;
  const int height = area.bottom - area.top;
  if (width < 1 || height < 1 || radius < 1) return;
  std::array<float, kMapHeight> copy;
  for (int pass = 0; pass < 2; ++pass) {
    for (int y = area.top; y < area.bottom; ++y) box_pass(&map.at(area.left, y), width, 1, radius, copy);
    for (int x = area.left; x < area.right; ++x)
      box_pass(&map.at(x, area.top), height, kMapWidth, radius, copy);
  }
}

Noise::Noise(Random random) : values_(kSize * kSize) {
  for (float& value : values_) value = static_cast<float>(random.range(-1, 1));
}

float Noise::at(double x, double y) const {
  const double floor_x = std::floor(x);
  const double floor_y = std::floor(y);
  const auto fx = static_cast<float>(x - floor_x);
  const auto fy = static_cast<float>(y - floor_y);
  const auto value = [&](int dx, int dy) {
    const auto column = static_cast<unsigned>(static_cast<int>(floor_x) + dx) % kSize;
    const auto row = static_cast<unsigned>(static_cast<int>(floor_y) + dy) % kSize;
    return values_[row * kSize + column];
  };
  const float sx = fx * fx * (3 - 2 * fx);
  const float sy = fy * fy * (3 - 2 * fy);
  const float top = value(0, 0) + (value(1, 0) - value(0, 0)) * sx;
  const float bottom = value(0, 1) + (value(1, 1) - value(0, 1)) * sx;
  return top + (bottom - top) * sy;
}

void enlarge_row(const Map& map, int pixel_y, float* row) {
  static_assert(kCell == 3, "the weights below are those of three pixels a cell");
  const int cell = std::clamp((pixel_y - 1 + kCell) / kCell - 1, 0, kMapHeight - 2);
  const float part =
      std::clamp(static_cast<float>(pixel_y - 1) / kCell - static_cast<float>(cell), 0.0F, 1.0F);
  std::array<float, kMapWidth + 2> line;  // with the end cells repeated
  for (int x = 0; x < kMapWidth; ++x) {
    line[static_cast<std::size_t>(x) + 1] = map.at(x, cell) + (map.at(x, cell + 1) - map.at(x, cell)) * part;
  }
  line.front() = line[1];
  line.back() = line[kMapWidth];
  for (std::size_t x = 0; x < kMapWidth; ++x) {
    const float left = line[x];
    const float middle = line[x + 1];
    const float right = line[x + 2];
    row[3 * x] = middle + (left - middle) / 3;
    row[3 * x + 1] = middle;
    row[3 * x + 2] = middle + (right - middle) / 3;
  }
}

}  // namespace fit::sample
