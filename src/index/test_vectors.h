#pragma once

#include <cmath>
#include <random>
#include <vector>

#include "domain/vectors.h"
#include "index/vector_index.h"

namespace fit::index {

// Unit vectors for tests, clustered as embeddings are: `centres` centres with noise around each. The same
// seed makes the same vectors.
class TestVectors {
 public:
  TestVectors(int dimensions, std::size_t count, unsigned seed, std::size_t centres = 64, float noise = 0.6F)
      : dimensions_(static_cast<std::size_t>(dimensions)), numbers_(count * dimensions_) {
    std::mt19937 fixed(7);  // the centres are the same for each seed: queries resemble the base
    std::normal_distribution<float> normal;
    std::vector<float> centre(centres * dimensions_);
    for (float& number : centre) number = normal(fixed);
    std::mt19937 random(seed);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t chosen = random() % centres;
      double sum = 0;
      for (std::size_t j = 0; j < dimensions_; ++j) {
        float& number = numbers_[i * dimensions_ + j];
        number = centre[chosen * dimensions_ + j] + noise * normal(random);
        sum += double{number} * number;
      }
      for (std::size_t j = 0; j < dimensions_; ++j) {
        numbers_[i * dimensions_ + j] /= static_cast<float>(std::sqrt(sum));
      }
    }
  }

  std::size_t size() const { return numbers_.size() / dimensions_; }
  std::span<const float> operator[](std::size_t i) const {
    return std::span(numbers_).subspan(i * dimensions_, dimensions_);
  }

  // Image i + 1 of item i / images_per_item + 1, for each i of [begin, end).
  std::vector<Entry> entries(std::size_t begin, std::size_t end, std::size_t images_per_item = 1) const {
    std::vector<Entry> all;
    for (std::size_t i = begin; i < end; ++i) {
      all.push_back({{static_cast<std::int64_t>(i + 1)},
                     {static_cast<std::int64_t>(i / images_per_item + 1)},
                     (*this)[i]});
    }
    return all;
  }

 private:
  std::size_t dimensions_;
  std::vector<float> numbers_;
};

// The share of the true items that were found.
inline double recall(const std::vector<domain::Neighbor>& truth, const std::vector<domain::Neighbor>& found) {
  if (truth.empty()) return 1;
  std::size_t both = 0;
  for (const domain::Neighbor& t : truth) {
    for (const domain::Neighbor& f : found) both += t.item == f.item;
  }
  return static_cast<double>(both) / static_cast<double>(truth.size());
}

}  // namespace fit::index
