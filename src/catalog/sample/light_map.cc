#include "catalog/sample/light_map.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace fit::sample {
namespace {

// One box pass along a line of `count` cells, `step` apart; the ends repeat.
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
    for (int x = area.left; x < area.right; ++x) box_pass(&map.at(x, area.top), height, kMapWidth, radius, copy);
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
  const auto place = [](int pixel, int limit, int& low, float& part) {
    const float at = (static_cast<float>(pixel) + 0.5F) / kCell - 0.5F;
    low = std::clamp(static_cast<int>(std::floor(at)), 0, limit - 2);
    part = std::clamp(at - static_cast<float>(low), 0.0F, 1.0F);
  };
  int y = 0;
  float part_y = 0;
  place(pixel_y, kMapHeight, y, part_y);
  std::array<float, kMapWidth + 1> line;
  for (int x = 0; x < kMapWidth; ++x) {
    line[static_cast<std::size_t>(x)] = map.at(x, y) + (map.at(x, y + 1) - map.at(x, y)) * part_y;
  }
  for (int pixel = 0; pixel < kWidth; ++pixel) {
    int x = 0;
    float part_x = 0;
    place(pixel, kMapWidth, x, part_x);
    const auto i = static_cast<std::size_t>(x);
    row[pixel] = line[i] + (line[i + 1] - line[i]) * part_x;
  }
}

}  // namespace fit::sample
