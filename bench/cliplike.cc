#include "cliplike.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <numbers>
#include <stdexcept>

#include "base/parallel.h"
#include "index/quantised/eigen.h"

namespace fit::bench {
namespace {

constexpr std::size_t kNeighbours = 20;
constexpr std::size_t kMixed = 3;
constexpr float kSigma = 0.225F;
constexpr float kTau = 0.4F;
constexpr double kGamma = 1.15;
constexpr std::size_t kDims = CliplikeVectors::kDimensions;

// SplitMix64 and Box-Muller: the same numbers with every standard library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15;
    std::uint64_t z = state_;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return z ^ z >> 31;
  }
  float uniform() { return (static_cast<float>(next() >> 40) + 0.5F) / static_cast<float>(1 << 24); }
  std::array<float, 2> normals() {
    const float radius = std::sqrt(-2 * std::log(uniform()));
    const float angle = 2 * std::numbers::pi_v<float> * uniform();
    return {radius * std::cos(angle), radius * std::sin(angle)};
  }

 private:
  std::uint64_t state_;
};

void scale_to_length_1(const index::Kernels& kernels, float* vector) {
  const float length = std::sqrt(kernels.dot(vector, vector, kDims));
  for (std::size_t d = 0; d < kDims; ++d) vector[d] /= length;
}

}  // namespace

CliplikeVectors::CliplikeVectors(const std::filesystem::path& real) {
  std::ifstream file(real, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + real.string());
  real_count_ = std::filesystem::file_size(real) / sizeof(float) / kDims;
  real_.resize(real_count_ * kDims);
  file.read(reinterpret_cast<char*>(real_.data()),
            static_cast<std::streamsize>(real_.size() * sizeof(float)));
  for (std::size_t i = 0; i < real_count_; ++i) scale_to_length_1(kernels_, real_.data() + i * kDims);

  near_.resize(real_count_ * kNeighbours);
  parallel_for(real_count_, {.grain = 16}, [&](std::size_t i) {
    std::vector<std::pair<float, std::uint32_t>> all;
    for (std::uint32_t j = 0; j < real_count_; ++j) {
      if (j != i) all.emplace_back(-kernels_.dot(&real_[i * kDims], &real_[j * kDims], kDims), j);
    }
    std::ranges::partial_sort(all, all.begin() + kNeighbours);
    for (std::size_t k = 0; k < kNeighbours; ++k) near_[i * kNeighbours + k] = all[k].second;
  });

  std::vector<double> covariance(kDims * kDims);
  std::vector<double> residual(kDims);
  for (std::size_t i = 0; i < real_count_; ++i) {
    double length = 0;
    for (std::size_t d = 0; d < kDims; ++d) {
      residual[d] = double{real_[i * kDims + d]} - real_[near_[i * kNeighbours] * kDims + d];
      length += residual[d] * residual[d];
    }
    if (std::sqrt(length) <= 0.02) continue;
    for (std::size_t a = 0; a < kDims; ++a) {
      for (std::size_t b = 0; b < kDims; ++b) covariance[a * kDims + b] += residual[a] * residual[b];
    }
  }
  const index::Eigen eigen = index::symmetric_eigen(std::move(covariance), kDims);
  std::vector<double> values;
  double sum = 0;
  for (const double value : eigen.values) sum += values.emplace_back(std::pow(std::max(value, 0.0), kGamma));
  spread_.resize(kDims * kDims);
  for (std::size_t d = 0; d < kDims; ++d) {
    for (std::size_t k = 0; k < kDims; ++k)
      spread_[d * kDims + k] = static_cast<float>(std::sqrt(values[k] / sum) * eigen.vectors[k * kDims + d]);
  }
  Random random(4);
  std::vector<float> normals;
  for (std::size_t k = 0; k < kDims; k += 2) {
    for (const float one : random.normals()) normals.push_back(one);
  }
  for (std::size_t d = 0; d < kDims; ++d)
    shift_.push_back(kernels_.dot(normals.data(), spread_.data() + d * kDims, kDims));
  for (std::size_t d = 0; d < kDims; d += 2) {
    for (const float one : random.normals()) gap_.push_back(one);
  }
  scale_to_length_1(kernels_, gap_.data());
}

void CliplikeVectors::make(std::uint64_t seed, Shape shape, float* vector) const {
  Random random(seed);
  const std::size_t chosen = random.next() % real_count_;
  // Dirichlet(1, 1/2, 1/2, 1/2): gamma variates of shape 1 and 1/2, scaled to the sum 1.
  std::array<float, kMixed + 1> weights{-std::log(random.uniform())};
  float sum = weights[0];
  for (std::size_t m = 1; m <= kMixed; ++m) {
    const float normal = random.normals()[0];
    weights[m] = normal * normal / 2;
    sum += weights[m];
  }
  const float scale = shape.noise * kSigma * std::exp(kTau * random.normals()[0]);
  std::array<float, kDims> normals;
  for (std::size_t k = 0; k < kDims; k += 2) {
    const auto two = random.normals();
    normals[k] = two[0];
    normals[k + 1] = two[1];
  }
  for (std::size_t d = 0; d < kDims; d += 4) {
    const float* const row = spread_.data() + d * kDims;
    const std::array<const float*, 4> rows = {row, row + kDims, row + 2 * kDims, row + 3 * kDims};
    kernels_.dot4(normals.data(), rows.data(), kDims, vector + d);
  }
  for (std::size_t d = 0; d < kDims; ++d)
    vector[d] = scale * vector[d] + weights[0] / sum * real_[chosen * kDims + d] + shape.shift * shift_[d];
  for (std::size_t m = 1; m <= kMixed; ++m) {
    const float* const other = &real_[near_[chosen * kNeighbours + random.next() % kNeighbours] * kDims];
    for (std::size_t d = 0; d < kDims; ++d) vector[d] += weights[m] / sum * other[d];
  }
  scale_to_length_1(kernels_, vector);
  if (shape.gap == 0) return;
  for (std::size_t d = 0; d < kDims; ++d) vector[d] += shape.gap * gap_[d];
  scale_to_length_1(kernels_, vector);
}

std::uint64_t CliplikeVectors::key_of(std::uint64_t seed, std::uint64_t number, std::size_t i) {
  return Random(seed * 0x100000001B3 + (number * kChunk + i)).next();
}

std::vector<std::uint32_t> CliplikeVectors::origins(std::uint64_t seed, std::uint64_t number,
                                                    std::size_t count) const {
  std::vector<std::uint32_t> found;
  for (std::size_t i = 0; i < count; ++i)
    found.push_back(static_cast<std::uint32_t>(Random(key_of(seed, number, i)).next() % real_count_));
  return found;
}

std::vector<bool> CliplikeVectors::category(double share) const {
  std::vector<std::pair<float, std::size_t>> all;
  for (std::size_t i = 0; i < real_count_; ++i)
    all.emplace_back(-kernels_.dot(real_.data(), real_.data() + i * kDims, kDims), i);
  std::ranges::sort(all);
  std::vector<bool> chosen(real_count_);
  for (std::size_t i = 0; static_cast<double>(i) < share * static_cast<double>(real_count_); ++i)
    chosen[all[i].second] = true;
  return chosen;
}

std::vector<float> CliplikeVectors::chunk(std::uint64_t seed, std::uint64_t number, std::size_t count,
                                          Shape shape, std::size_t threads) const {
  std::vector<float> vectors(count * kDims);
  parallel_for(count, {.threads = threads, .grain = 64},
               [&](std::size_t i) { make(key_of(seed, number, i), shape, vectors.data() + i * kDims); });
  return vectors;
}

}  // namespace fit::bench
