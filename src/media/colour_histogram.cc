#include "media/colour_histogram.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace fit::media {
namespace {

// Cells are 0.05 of lightness high and 0.025 of a and b wide.
constexpr int kLightnessCells = 21;
constexpr int kChromaCells = 33;
constexpr double kLightnessStep = 0.05;
constexpr double kChromaStep = 0.025;
constexpr int kNeutralCell = kChromaCells / 2;  // of a and b 0
constexpr double kChromaOrigin = -kChromaStep * kNeutralCell;
constexpr std::size_t kCells = static_cast<std::size_t>(kLightnessCells) * kChromaCells * kChromaCells;

// A region grows over the cells that have at least this share of its densest cell.
constexpr double kLeastDensity = 0.03;
// The shades of a dye lie near a line to black, because Oklab is homogeneous in the intensity of light. A
// region ends this far from the line of its densest cell.
constexpr double kMostFromLine = 0.1;
// Regions with a smaller share of all colours are noise, and no colours of their own.
constexpr double kLeastPrintShare = 0.015;
// Light and shadow change lightness more than the rest: a step of lightness counts less.
constexpr double kLightnessWeight = 0.4;
// Up to the first distance from the region, a colour is one of its shades; from the second on, it is none.
constexpr double kNear = 0.05;
constexpr double kFar = 0.13;

double distance(double lightness, double a, double b) {
  return std::sqrt(kLightnessWeight * kLightnessWeight * lightness * lightness + a * a + b * b);
}

// How far the cell's a and b are from those of the seed under the cell's light.
double from_line(double lightness, double a, double b, double seed_lightness, double seed_a, double seed_b) {
  const double light = lightness / std::max(seed_lightness, kLightnessStep);
  return std::hypot(a - seed_a * light, b - seed_b * light);
}

double place(double value, double origin, double step, int cells) {
  return std::clamp((value - origin) / step, 0.0, static_cast<double>(cells - 1));
}

// The value of a or b in the middle of a cell.
double chroma_of(int cell) {
  return kChromaOrigin + cell * kChromaStep;
}

}  // namespace

ColourHistogram::ColourHistogram() : counts_(kCells) {}

std::size_t ColourHistogram::index_of(const Cell& cell) {
  return (static_cast<std::size_t>(cell.lightness) * kChromaCells + static_cast<std::size_t>(cell.a)) *
             kChromaCells +
         static_cast<std::size_t>(cell.b);
}

ColourHistogram::Cell ColourHistogram::cell_at(std::size_t index) {
  return {.lightness = static_cast<int>(index / (kChromaCells * kChromaCells)),
          .a = static_cast<int>(index / kChromaCells % kChromaCells),
          .b = static_cast<int>(index % kChromaCells)};
}

ColourHistogram::Cell ColourHistogram::cell_of(const Oklab& colour) {
  return {
      .lightness = static_cast<int>(std::lround(place(colour.lightness, 0, kLightnessStep, kLightnessCells))),
      .a = static_cast<int>(std::lround(place(colour.a, kChromaOrigin, kChromaStep, kChromaCells))),
      .b = static_cast<int>(std::lround(place(colour.b, kChromaOrigin, kChromaStep, kChromaCells)))};
}

void ColourHistogram::add(const Oklab& colour) {
  ++counts_[index_of(cell_of(colour))];
  ++total_;
}

std::vector<double> ColourHistogram::smoothed() const {
  constexpr std::array<double, 3> kKernel = {0.25, 0.5, 0.25};
  std::vector<double> from(counts_.begin(), counts_.end());
  constexpr std::array<std::pair<int, std::size_t>, 3> kAxes = {
      {{kLightnessCells, std::size_t{kChromaCells} * kChromaCells},
       {kChromaCells, kChromaCells},
       {kChromaCells, 1}}};
  for (const auto& [cells, stride] : kAxes) {
    std::vector<double> to(kCells);
    for (std::size_t i = 0; i < kCells; ++i) {
      if (from[i] == 0) continue;
      const int at = static_cast<int>(i / stride) % cells;
      for (int step = -1; step <= 1; ++step) {
        const int beside = std::clamp(at + step, 0, cells - 1);
        to[i + static_cast<std::size_t>(beside - at) * stride] +=
            from[i] * kKernel[static_cast<std::size_t>(step + 1)];
      }
    }
    from = std::move(to);
  }
  return from;
}

std::vector<std::int64_t> ColourHistogram::find_regions(std::vector<int>& regions) const {
  const std::vector<double> density = smoothed();
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < kCells; ++i) {
    if (density[i] > 0) order.push_back(i);
  }
  std::ranges::stable_sort(order, std::greater(), [&](std::size_t i) { return density[i]; });
  regions.assign(kCells, 0);
  std::vector<std::int64_t> sizes = {0};
  for (const std::size_t seed : order) {
    if (regions[seed] != 0) continue;
    const int region = static_cast<int>(sizes.size());
    const Cell first = cell_at(seed);
    sizes.push_back(0);
    std::vector<std::size_t> open = {seed};
    regions[seed] = region;
    while (!open.empty()) {
      const std::size_t at = open.back();
      open.pop_back();
      sizes.back() += counts_[at];
      const Cell cell = cell_at(at);
      for (int i = 0; i < 27; ++i) {
        const Cell beside{
            .lightness = cell.lightness + i / 9 - 1, .a = cell.a + i / 3 % 3 - 1, .b = cell.b + i % 3 - 1};
        if (beside.lightness < 0 || beside.lightness >= kLightnessCells || beside.a < 0 ||
            beside.a >= kChromaCells || beside.b < 0 || beside.b >= kChromaCells) {
          continue;
        }
        const std::size_t next = index_of(beside);
        if (regions[next] != 0 || density[next] < kLeastDensity * density[seed]) continue;
        const double apart =
            from_line(beside.lightness * kLightnessStep, chroma_of(beside.a), chroma_of(beside.b),
                      first.lightness * kLightnessStep, chroma_of(first.a), chroma_of(first.b));
        if (apart > kMostFromLine) continue;
        regions[next] = region;
        open.push_back(next);
      }
    }
  }
  return sizes;
}

void ColourHistogram::weigh_cells(const std::vector<int>& regions, const std::vector<std::int64_t>& sizes,
                                  int main) {
  std::vector<Cell> own;
  std::vector<Cell> others;
  for (std::size_t i = 0; i < kCells; ++i) {
    if (regions[i] == 0 || counts_[i] == 0) continue;
    if (regions[i] == main) {
      own.push_back(cell_at(i));
    } else if (static_cast<double>(sizes[static_cast<std::size_t>(regions[i])]) >=
               kLeastPrintShare * static_cast<double>(total_)) {
      others.push_back(cell_at(i));
    }
  }
  const auto nearest = [](const Cell& cell, const std::vector<Cell>& cells) {
    double best = 10;
    for (const Cell& one : cells) {
      best = std::min(best, distance((cell.lightness - one.lightness) * kLightnessStep,
                                     (cell.a - one.a) * kChromaStep, (cell.b - one.b) * kChromaStep));
    }
    return best;
  };
  weights_.assign(kCells, 0);
  for (std::size_t i = 0; i < kCells; ++i) {
    const Cell cell = cell_at(i);
    const double to_own = nearest(cell, own);
    if (to_own >= kFar) continue;
    double weight = std::clamp((kFar - to_own) / (kFar - kNear), 0.0, 1.0);
    if (!others.empty() && to_own > 0)
      weight *= std::clamp(2 * nearest(cell, others) / (to_own + nearest(cell, others)) - 0.5, 0.0, 1.0);
    weights_[i] = static_cast<float>(weight);
  }
}

bool ColourHistogram::find_main(double least_share) {
  if (total_ == 0) return false;
  std::vector<int> regions;
  const std::vector<std::int64_t> sizes = find_regions(regions);
  const int main = static_cast<int>(std::ranges::max_element(sizes) - sizes.begin());
  const std::int64_t size = sizes[static_cast<std::size_t>(main)];
  if (static_cast<double>(size) < least_share * static_cast<double>(total_)) return false;
  std::int64_t below = 0;
  for (std::size_t i = 0; i < kCells; ++i) {
    if (regions[i] != main) continue;
    below += counts_[i];
    main_lightness_ = cell_at(i).lightness * kLightnessStep;
    if (2 * below >= size) break;
  }
  weigh_cells(regions, sizes, main);
  const std::vector<double> density = smoothed();
  double most = 0;
  for (std::size_t i = 0; i < kCells; ++i) {
    if (regions[i] == main) most = std::max(most, density[i]);
  }
  frequencies_.assign(kCells, 0);
  for (std::size_t i = 0; i < kCells; ++i) {
    if (regions[i] == main) frequencies_[i] = static_cast<float>(density[i] / most);
  }
  return true;
}

double ColourHistogram::frequency(const Oklab& colour) const {
  return frequencies_[index_of(cell_of(colour))];
}

double ColourHistogram::membership(const Oklab& colour) const {
  const std::array<double, 3> at = {place(colour.lightness, 0, kLightnessStep, kLightnessCells),
                                    place(colour.a, kChromaOrigin, kChromaStep, kChromaCells),
                                    place(colour.b, kChromaOrigin, kChromaStep, kChromaCells)};
  constexpr std::array<int, 3> kLast = {kLightnessCells - 1, kChromaCells - 1, kChromaCells - 1};
  double sum = 0;
  for (int corner = 0; corner < 8; ++corner) {
    std::array<int, 3> cell{};
    double share = 1;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const int low = static_cast<int>(at[axis]);
      const bool is_upper = ((corner >> axis) & 1) != 0;
      share *= is_upper ? at[axis] - low : 1 - (at[axis] - low);
      cell[axis] = std::min(low + (is_upper ? 1 : 0), kLast[axis]);
    }
    if (share > 0) sum += share * weights_[index_of({cell[0], cell[1], cell[2]})];
  }
  return sum;
}

}  // namespace fit::media
