#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/byte_stream.h"
#include "index/kernels/kernels.h"

namespace fit::index {

// The centroids of inverted lists in two levels: each list belongs to one group of lists that lie near each
// other. Immutable once trained or read; thread-safe.
class Lists {
 public:
  // Clusters `rows` (unit vectors, one after the other) into about `wanted` lists. Lists that no row is
  // nearest to are left out; there is at least one list.
  static Lists train(const Kernels& kernels, std::span<const float> rows, std::size_t dimensions,
                     std::size_t wanted, std::size_t threads);

  std::size_t size() const { return lists_.half_norms.size(); }
  std::size_t groups() const { return groups_.half_norms.size(); }
  const float* centroid(std::size_t list) const { return lists_.centroids.data() + list * dimensions_; }
  float half_norm(std::size_t list) const { return lists_.half_norms[list]; }  // half its squared length
  // How far the list's unit vectors lie from its centroid, as the root of the mean square.
  float width(std::size_t list) const { return widths_[list]; }
  // The lists of a group are those from first_of_group(group) to before first_of_group(group + 1).
  std::uint32_t first_of_group(std::size_t group) const { return first_[group]; }
  const float* group_centroid(std::size_t group) const {
    return groups_.centroids.data() + group * dimensions_;
  }
  std::size_t dimensions() const { return dimensions_; }
  std::size_t memory_bytes() const {
    return (lists_.centroids.size() + groups_.centroids.size()) * sizeof(float);
  }

  // The list whose centroid is nearest, looked for in the 8 nearest groups.
  std::uint32_t nearest(const Kernels& kernels, const float* vector) const;

  struct Ranked {
    float score = 0;    // by which the lists are ordered
    float product = 0;  // of the query and the list's centroid
    std::uint32_t list = 0;
  };
  // The `most` most promising lists, best first: by the product with the query plus `reach` times how far the
  // list's vectors lie from its centroid.
  std::vector<Ranked> rank(const Kernels& kernels, const float* query, float reach, std::size_t most) const;

  // The lists as bytes; read() answers false when they are damaged.
  void write(ByteWriter& out) const;
  bool read(ByteReader& in);

 private:
  struct Level {
    std::vector<float> centroids;
    std::vector<float> half_norms;
  };
  void measure();

  std::size_t dimensions_ = 0;
  Level groups_;
  Level lists_;
  std::vector<float> widths_;         // by list
  std::vector<std::uint32_t> first_;  // by group: its first list; one more at the end
};

}  // namespace fit::index
