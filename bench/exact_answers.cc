#include "exact_answers.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/parallel.h"

namespace fit::bench {

ExactAnswers::ExactAnswers(std::string name, std::vector<float> queries, std::size_t dimensions,
                           std::size_t filters)
    : name_(std::move(name)), queries_(std::move(queries)), dimensions_(dimensions), filters_(filters) {
  best_.resize(size() * filters_);
}

void ExactAnswers::add(std::size_t q, std::uint16_t admitted, float similarity, std::int64_t id) {
  for (std::uint32_t left = admitted; left != 0; left &= left - 1) {
    auto& nearest = best_[q * filters_ + static_cast<std::size_t>(std::countr_zero(left))];
    if (nearest.size() == kLimit && -similarity >= nearest.back().first) continue;
    const std::pair one(-similarity, id);
    nearest.insert(std::ranges::upper_bound(nearest, one), one);
    if (nearest.size() > kLimit) nearest.pop_back();
  }
}

void ExactAnswers::compare(const index::Kernels& kernels, std::span<const float> vectors, std::int64_t first,
                           std::span<const std::uint16_t> admitted, std::size_t threads) {
  constexpr std::size_t kTile = 256;  // vectors that stay in the cache while the queries pass over them
  const std::size_t count = vectors.size() / dimensions_;
  const std::size_t share = (size() + threads - 1) / threads;
  parallel_for(threads, {.threads = threads}, [&](std::size_t thread) {
    for (std::size_t tile = 0; tile < count; tile += kTile) {
      for (std::size_t q = thread * share; q < std::min(size(), (thread + 1) * share); ++q) {
        const float* const query = queries_.data() + q * dimensions_;
        for (std::size_t i = tile; i < std::min(count, tile + kTile); i += 4) {
          const std::size_t some = std::min<std::size_t>(4, count - i);
          std::array<const float*, 4> rows{};
          for (std::size_t j = 0; j < 4; ++j)
            rows[j] = vectors.data() + (i + std::min(j, some - 1)) * dimensions_;
          std::array<float, 4> similarities{};
          kernels.dot4(query, rows.data(), dimensions_, similarities.data());
          for (std::size_t j = 0; j < some; ++j)
            add(q, admitted[i + j], similarities[j], first + static_cast<std::int64_t>(i + j));
        }
      }
    }
  });
}

std::size_t ExactAnswers::count_right(std::size_t q, std::size_t filter,
                                      std::span<const std::int64_t> ids) const {
  const auto& nearest = best_[q * filters_ + filter];
  return static_cast<std::size_t>(std::ranges::count_if(ids, [&](std::int64_t id) {
    return std::ranges::any_of(nearest, [id](const auto& one) { return one.second == id; });
  }));
}

}  // namespace fit::bench
