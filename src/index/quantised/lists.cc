#include "index/quantised/lists.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "base/parallel.h"

namespace fit::index {
namespace {

constexpr std::size_t kRounds = 8;
constexpr std::size_t kRowsOfAGroup = 256;  // that are enough to place a group's centroid
constexpr std::size_t kNearGroups = 8;

// Rows chosen from a matrix.
struct Chosen {
  const float* rows;
  std::size_t dimensions;
  std::span<const std::uint32_t> which;
  const float* operator[](std::size_t i) const { return rows + which[i] * dimensions; }
};

// Calls use(i, product with row i) for each of `count` rows that lie one after the other.
template <class Use>
void each_product(const Kernels& kernels, const float* vector, const float* rows, std::size_t count,
                  std::size_t dimensions, const Use& use) {
  std::size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    const float* const first = rows + i * dimensions;
    const std::array<const float*, 4> four = {first, first + dimensions, first + 2 * dimensions,
                                              first + 3 * dimensions};
    std::array<float, 4> products{};
    kernels.dot4(vector, four.data(), dimensions, products.data());
    for (std::size_t j = 0; j < 4; ++j) use(i + j, products[j]);
  }
  for (; i < count; ++i) use(i, kernels.dot(vector, rows + i * dimensions, dimensions));
}

std::vector<float> half_norms_of(const Kernels& kernels, std::span<const float> centroids,
                                 std::size_t dimensions) {
  std::vector<float> norms(centroids.size() / dimensions);
  for (std::size_t i = 0; i < norms.size(); ++i) {
    const float* const centroid = centroids.data() + i * dimensions;
    norms[i] = kernels.dot(centroid, centroid, dimensions) / 2;
  }
  return norms;
}

std::uint32_t nearest_of(const Kernels& kernels, const float* vector, std::span<const float> centroids,
                         std::span<const float> half_norms, std::size_t dimensions) {
  float best = -std::numeric_limits<float>::infinity();
  std::size_t found = 0;
  each_product(kernels, vector, centroids.data(), half_norms.size(), dimensions,
               [&](std::size_t i, float product) {
                 if (product - half_norms[i] <= best) return;
                 best = product - half_norms[i];
                 found = i;
               });
  return static_cast<std::uint32_t>(found);
}

std::vector<std::uint32_t> assign(const Kernels& kernels, const Chosen& rows,
                                  std::span<const float> centroids, std::size_t threads) {
  const std::vector<float> norms = half_norms_of(kernels, centroids, rows.dimensions);
  std::vector<std::uint32_t> nearest(rows.which.size());
  parallel_for(nearest.size(), {.threads = threads, .grain = 64}, [&](std::size_t i) {
    nearest[i] = nearest_of(kernels, rows[i], centroids, norms, rows.dimensions);
  });
  return nearest;
}

// Lloyd's algorithm from random rows. Centroids without rows are left out at the end.
std::vector<float> k_means(const Kernels& kernels, const Chosen& rows, std::size_t k, std::size_t threads) {
  const std::size_t dimensions = rows.dimensions;
  std::mt19937 random(1);
  std::vector<std::uint32_t> starts(rows.which.size());
  std::iota(starts.begin(), starts.end(), 0U);
  k = std::clamp<std::size_t>(k, 1, starts.size());
  for (std::size_t i = 0; i < k; ++i) std::swap(starts[i], starts[i + random() % (starts.size() - i)]);
  std::vector<float> centroids(k * dimensions);
  for (std::size_t i = 0; i < k; ++i) {
    std::copy_n(rows[starts[i]], dimensions, centroids.begin() + static_cast<std::ptrdiff_t>(i * dimensions));
  }
  for (std::size_t round = 0; round <= kRounds; ++round) {
    const std::vector<std::uint32_t> nearest = assign(kernels, rows, centroids, threads);
    std::vector<double> sums(k * dimensions);
    std::vector<std::size_t> counts(k);
    for (std::size_t i = 0; i < nearest.size(); ++i) {
      double* const sum = sums.data() + nearest[i] * dimensions;
      const float* const row = rows[i];
      for (std::size_t d = 0; d < dimensions; ++d) sum[d] += row[d];
      ++counts[nearest[i]];
    }
    std::size_t kept = 0;
    for (std::size_t i = 0; i < k; ++i) {
      float* const centroid = centroids.data() + (round == kRounds ? kept : i) * dimensions;
      if (counts[i] > 0) {
        for (std::size_t d = 0; d < dimensions; ++d)
          centroid[d] = static_cast<float>(sums[i * dimensions + d] / static_cast<double>(counts[i]));
        ++kept;
      } else if (round < kRounds) {
        std::copy_n(rows[random() % nearest.size()], dimensions, centroid);
      }
    }
    if (round == kRounds) centroids.resize(kept * dimensions);
  }
  return centroids;
}

}  // namespace

Lists Lists::train(const Kernels& kernels, std::span<const float> rows, std::size_t dimensions,
                   std::size_t wanted, std::size_t threads) {
  Lists lists;
  lists.dimensions_ = dimensions;
  std::vector<std::uint32_t> all(rows.size() / dimensions);
  std::iota(all.begin(), all.end(), 0U);
  const auto groups = std::max<std::size_t>(1, static_cast<std::size_t>(std::sqrt(double(wanted))));
  const std::size_t few = std::min(all.size(), groups * kRowsOfAGroup);
  std::vector<std::uint32_t> some(few);
  for (std::size_t i = 0; i < few; ++i) some[i] = static_cast<std::uint32_t>(i * all.size() / few);
  const std::vector<float> centres = k_means(kernels, {rows.data(), dimensions, some}, groups, threads);
  const auto group_of = assign(kernels, {rows.data(), dimensions, all}, centres, threads);

  std::vector<std::vector<std::uint32_t>> members(centres.size() / dimensions);
  for (std::size_t i = 0; i < all.size(); ++i) members[group_of[i]].push_back(all[i]);
  std::vector<std::vector<float>> children(members.size());
  parallel_for(members.size(), {.threads = threads}, [&](std::size_t group) {
    if (members[group].empty()) return;
    const double share = static_cast<double>(members[group].size()) / static_cast<double>(all.size());
    const auto k = static_cast<std::size_t>(std::ceil(share * static_cast<double>(wanted)));
    children[group] = k_means(kernels, {rows.data(), dimensions, members[group]}, k, 1);
  });
  for (std::size_t group = 0; group < members.size(); ++group) {
    if (members[group].empty()) continue;
    lists.first_.push_back(static_cast<std::uint32_t>(lists.lists_.centroids.size() / dimensions));
    const auto centre = centres.begin() + static_cast<std::ptrdiff_t>(group * dimensions);
    lists.groups_.centroids.insert(lists.groups_.centroids.end(), centre,
                                   centre + static_cast<std::ptrdiff_t>(dimensions));
    lists.lists_.centroids.insert(lists.lists_.centroids.end(), children[group].begin(),
                                  children[group].end());
  }
  lists.first_.push_back(static_cast<std::uint32_t>(lists.lists_.centroids.size() / dimensions));
  lists.measure();
  return lists;
}

void Lists::measure() {
  const Kernels kernels = best_kernels();
  groups_.half_norms = half_norms_of(kernels, groups_.centroids, dimensions_);
  lists_.half_norms = half_norms_of(kernels, lists_.centroids, dimensions_);
  // A list whose centroid is short holds vectors that lie far from it.
  widths_.clear();
  for (const float half_norm : lists_.half_norms)
    widths_.push_back(std::sqrt(std::max(0.0F, 1 - 2 * half_norm)));
}

std::uint32_t Lists::nearest(const Kernels& kernels, const float* vector) const {
  std::vector<Ranked> near;
  near.reserve(groups());
  each_product(kernels, vector, groups_.centroids.data(), groups(), dimensions_,
               [&](std::size_t i, float product) {
                 near.push_back({product - groups_.half_norms[i], product, static_cast<std::uint32_t>(i)});
               });
  const std::size_t few = std::min(kNearGroups, near.size());
  std::ranges::partial_sort(near, near.begin() + static_cast<std::ptrdiff_t>(few), std::greater{},
                            &Ranked::score);
  float best = -std::numeric_limits<float>::infinity();
  std::uint32_t found = 0;
  for (std::size_t i = 0; i < few; ++i) {
    const std::uint32_t begin = first_[near[i].list];
    each_product(kernels, vector, centroid(begin), first_[near[i].list + 1] - begin, dimensions_,
                 [&](std::size_t child, float product) {
                   const float score = product - lists_.half_norms[begin + child];
                   if (score <= best) return;
                   best = score;
                   found = begin + static_cast<std::uint32_t>(child);
                 });
  }
  return found;
}

std::vector<Lists::Ranked> Lists::rank(const Kernels& kernels, const float* query, float reach,
                                       std::size_t most) const {
  std::vector<Ranked> found(size());
  each_product(kernels, query, lists_.centroids.data(), size(), dimensions_,
               [&](std::size_t i, float product) {
                 found[i] = {product + reach * widths_[i], product, static_cast<std::uint32_t>(i)};
               });
  const std::size_t kept = std::min(most, found.size());
  std::ranges::partial_sort(found, found.begin() + static_cast<std::ptrdiff_t>(kept), std::greater{},
                            &Ranked::score);
  found.resize(kept);
  return found;
}

void Lists::write(ByteWriter& out) const {
  out.put(static_cast<std::uint32_t>(dimensions_));
  out.put_bytes(std::as_bytes(std::span(first_)));
  out.put_bytes(std::as_bytes(std::span(groups_.centroids)));
  out.put_bytes(std::as_bytes(std::span(lists_.centroids)));
}

bool Lists::read(ByteReader& in) {
  const auto numbers = [&in](auto& into) {
    const ByteView bytes = in.get_bytes();
    into.resize(bytes.size() / sizeof(into[0]));
    if (!into.empty()) std::memcpy(into.data(), bytes.data(), into.size() * sizeof(into[0]));
  };
  dimensions_ = in.get<std::uint32_t>();
  numbers(first_);
  numbers(groups_.centroids);
  numbers(lists_.centroids);
  if (!in.ok() || dimensions_ == 0 || first_.size() < 2 || first_.front() != 0) return false;
  if (!std::ranges::is_sorted(first_) || groups_.centroids.size() != (first_.size() - 1) * dimensions_)
    return false;
  if (lists_.centroids.size() != first_.back() * dimensions_ || first_.back() == 0) return false;
  measure();
  return true;
}

}  // namespace fit::index
