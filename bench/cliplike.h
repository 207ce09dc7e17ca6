#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "index/kernels/kernels.h"

namespace fit::bench {

// Makes any number of unit vectors of 512 dimensions that resemble embeddings of CLIP: mixtures of a real
// vector and three of its twenty neighbours, plus noise with the spectrum of real nearest-neighbour
// residuals, as
// ../shared/tools/make_cliplike_vectors.py does (the numbers differ, the distribution does not). Chunk c
// depends on (seed, c) alone. Thread-safe.
class CliplikeVectors {
 public:
  static constexpr std::size_t kDimensions = 512;
  static constexpr std::size_t kChunk = 16'384;  // vectors

  // `real` holds embeddings of 512 float32 each. Throws std::runtime_error when it cannot be read.
  explicit CliplikeVectors(const std::filesystem::path& real);

  struct Shape {
    float noise = 1;
    float shift = 0;
    float gap = 0;  // how far a vector is moved away from all images in one direction, as texts lie
  };
  // The first `count` vectors of a chunk, one after the other. `threads` share the work.
  std::vector<float> chunk(std::uint64_t seed, std::uint64_t number, std::size_t count, Shape shape,
                           std::size_t threads) const;

  // Which real vector each of them descends from most.
  std::vector<std::uint32_t> origins(std::uint64_t seed, std::uint64_t number, std::size_t count) const;

  // The real vectors nearest to the first one, this share of all: a category that agrees with the vectors.
  std::vector<bool> category(double share) const;

 private:
  static std::uint64_t key_of(std::uint64_t seed, std::uint64_t number, std::size_t i);
  void make(std::uint64_t seed, Shape shape, float* vector) const;

  index::Kernels kernels_ = index::best_kernels();
  std::size_t real_count_ = 0;
  std::vector<float> real_;
  std::vector<std::uint32_t> near_;  // 20 of each
  std::vector<float> spread_;        // 512 x 512: row d gives dimension d of the noise
  std::vector<float> shift_;
  std::vector<float> gap_;
};

}  // namespace fit::bench
