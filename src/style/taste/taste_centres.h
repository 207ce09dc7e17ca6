#pragma once

#include <span>
#include <vector>

#include "style/taste/taste_options.h"

namespace fit::style {

// A centre of what is liked, or of what is not.
struct TasteCentre {
  std::vector<float> direction;  // L2 norm 1, about the catalogue's mean
  double weight = 0;             // of the feedback in it
  double length = 0;             // of the weighted sum of its vectors: at most `weight`
};

// Items of one space in a few groups: leader clustering in the order in which items are added, with centres
// that are weighted means. When all centres are in use and an item resembles none, it replaces the lightest
// centre if that weighs less than half as much, and joins the nearest one otherwise. Not thread-safe.
class TasteCentres {
 public:
  explicit TasteCentres(const TasteOptions& options) : options_(options) {}

  // `vector` has L2 norm 1.
  void add(std::span<const float> vector, double weight);
  // Multiplies all weights, by 0 to 1.
  void fade(double factor);

  // The greatest cosine to a centre, each scaled by its certainty: its weight of that and the prior. 0: there
  // are no centres.
  double nearest(std::span<const float> vector) const;

  const std::vector<TasteCentre>& centres() const { return centres_; }

 private:
  const TasteOptions& options_;  // borrowed
  std::vector<TasteCentre> centres_;
};

}  // namespace fit::style
