#include "index/quantised/held.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <unordered_set>

namespace fit::index {
namespace {

constexpr std::size_t kHeld = 192;

// How far a query is moved: by the residual of another row, so many times, and by so much aside, in a random
// direction. Rows have length 1.
struct MovedBy {
  float least_residuals = 0;
  float most_residuals = 0;
  float least_aside = 0;
  float most_aside = 0;
};
constexpr std::array<MovedBy, 6> kMoved = {
    {{}, {0.5F, 1, 0, 0}, {1, 1.6F, 0, 0}, {1.6F, 2.4F, 0, 0}, {2.4F, 4, 0, 0}, {0.5F, 2, 1.5F, 3}}};

class Mover {
 public:
  Mover(const Kernels& kernels, std::span<const float> residuals, std::size_t dimensions,
        std::mt19937& random)
      : kernels_(kernels), residuals_(residuals), dimensions_(dimensions), random_(random) {}

  // False when nothing is left of the query.
  bool move(const MovedBy& by, std::vector<float>& query) {
    const std::size_t other = random_() % (residuals_.size() / dimensions_);
    add(between(by.least_residuals, by.most_residuals), residuals_.data() + other * dimensions_, query);
    if (by.most_aside > 0) {
      std::vector<float> aside(dimensions_);
      for (float& number : aside) number = between(-1, 1) + between(-1, 1) + between(-1, 1);
      if (!scale_to_length_1(aside)) return false;
      add(between(by.least_aside, by.most_aside), aside.data(), query);
    }
    return scale_to_length_1(query);
  }

 private:
  float between(float least, float most) {
    return least + static_cast<float>(random_() % 1024) / 1024 * (most - least);
  }

  void add(float times, const float* vector, std::vector<float>& query) const {
    for (std::size_t d = 0; d < dimensions_; ++d) query[d] += times * vector[d];
  }

  bool scale_to_length_1(std::vector<float>& vector) const {
    const float length = std::sqrt(kernels_.dot(vector.data(), vector.data(), dimensions_));
    if (length < 1e-3F) return false;
    for (float& number : vector) number /= length;
    return true;
  }

  const Kernels& kernels_;
  std::span<const float> residuals_;
  std::size_t dimensions_;
  std::mt19937& random_;
};

}  // namespace

std::vector<Held> hold_queries(const Kernels& kernels, std::span<const float> sample,
                               std::span<const float> residuals, std::size_t dimensions, std::size_t rows) {
  const std::size_t all = sample.size() / dimensions;
  std::mt19937 random(2);
  Mover mover(kernels, residuals, dimensions, random);
  std::unordered_set<std::uint32_t> taken;
  std::vector<Held> held;
  for (std::size_t i = 0; i < std::min(kHeld, all); ++i) {
    const std::size_t chosen = random() % all;
    const auto row = static_cast<std::uint32_t>(chosen * rows / all);
    if (!taken.insert(row).second) continue;
    const auto begin = sample.begin() + static_cast<std::ptrdiff_t>(chosen * dimensions);
    Held one{.query = {begin, begin + static_cast<std::ptrdiff_t>(dimensions)}};
    if (const MovedBy& by = kMoved[i % kMoved.size()]; by.most_residuals == 0)
      one.itself = row;
    else if (!mover.move(by, one.query))
      continue;
    held.push_back(std::move(one));
  }
  return held;
}

}  // namespace fit::index
