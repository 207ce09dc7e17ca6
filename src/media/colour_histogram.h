#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "media/oklab.h"

namespace fit::media {

// The colours of a garment, counted in cells of Oklab, and which of them are shades of its main colour. Light
// and shadow spread a dye over a connected region of cells; a print of another colour is a region of its own,
// because few pixels lie between. Copyable.
class ColourHistogram {
 public:
  ColourHistogram();

  void add(const Oklab& colour);

  // Finds the main colour. `least_share` is the least share of all colours that its region must have. False
  // when no region is large enough, or none was added.
  bool find_main(double least_share);

  // How much a colour is one of the main colour's shades, 0 to 1. Continuous. Only after find_main().
  double membership(const Oklab& colour) const;

  // How frequent a colour is among those of the main colour's region: the share of the most frequent one, 0
  // to 1. Only after find_main().
  double frequency(const Oklab& colour) const;

  // The median lightness of the main colour's region. Only after find_main().
  double main_lightness() const { return main_lightness_; }

 private:
  struct Cell {
    int lightness = 0;
    int a = 0;
    int b = 0;
  };
  static Cell cell_of(const Oklab& colour);
  static std::size_t index_of(const Cell& cell);
  static Cell cell_at(std::size_t index);

  // The region of each cell; 0: none. Returns the number of colours in each region.
  std::vector<std::int64_t> find_regions(std::vector<int>& regions) const;
  // Smooths the counts over neighbouring cells.
  std::vector<double> smoothed() const;
  void weigh_cells(const std::vector<int>& regions, const std::vector<std::int64_t>& sizes, int main);

  std::int64_t total_ = 0;
  std::vector<std::int32_t> counts_;
  std::vector<float> weights_;      // of each cell, after find_main(); so are the next
  std::vector<float> frequencies_;  // of each cell; 0 outside of the main colour's region
  double main_lightness_ = 0;
};

}  // namespace fit::media
