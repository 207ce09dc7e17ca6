#include "style/taste/taste_centres.h"

#include <algorithm>
#include <cmath>

#include "style/taste/taste_background.h"

namespace fit::style {
namespace {

// Lighter centres have faded away.
constexpr double kLeastCentre = 1e-6;

// Adds a vector to a centre.
void join_centre(TasteCentre& centre, std::span<const float> vector, double weight) {
  double squares = 0;
  for (std::size_t i = 0; i < vector.size(); ++i) {
    const double sum = centre.length * double{centre.direction[i]} + weight * double{vector[i]};
    centre.direction[i] = static_cast<float>(sum);
    squares += sum * sum;
  }
  centre.weight += weight;
  centre.length = std::sqrt(squares);
  if (!(centre.length > 0)) {  // opposite vectors: the later one counts
    centre.direction.assign(vector.begin(), vector.end());
    centre.length = weight;
    return;
  }
  const auto scale = static_cast<float>(1 / centre.length);
  for (float& value : centre.direction) value *= scale;
}

}  // namespace

void TasteCentres::add(std::span<const float> vector, double weight) {
  TasteCentre* nearest = nullptr;
  double cosine = -2;
  for (TasteCentre& centre : centres_) {
    const double one = double{taste_cosine(centre.direction, vector)};
    if (one > cosine) {
      cosine = one;
      nearest = &centre;
    }
  }
  if (nearest != nullptr && cosine >= options_.same_centre) return join_centre(*nearest, vector, weight);
  TasteCentre added{.direction = {vector.begin(), vector.end()}, .weight = weight, .length = weight};
  if (centres_.size() < options_.max_centres) {
    centres_.push_back(std::move(added));
    return;
  }
  const auto lightest = std::ranges::min_element(centres_, {}, &TasteCentre::weight);
  if (lightest->weight < weight / 2) {
    *lightest = std::move(added);
  } else {
    join_centre(*nearest, vector, weight);
  }
}

void TasteCentres::fade(double factor) {
  for (TasteCentre& centre : centres_) {
    centre.weight *= factor;
    centre.length *= factor;
  }
  std::erase_if(centres_, [](const TasteCentre& centre) { return centre.weight < kLeastCentre; });
}

double TasteCentres::nearest(std::span<const float> vector) const {
  double best = -1;
  for (const TasteCentre& centre : centres_) {
    const double certainty = centre.weight / (centre.weight + options_.centre_prior);
    best = std::max(best, certainty * double{taste_cosine(centre.direction, vector)});
  }
  return centres_.empty() ? 0 : best;
}

}  // namespace fit::style
