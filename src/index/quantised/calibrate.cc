#include "index/quantised/calibrate.h"

#include <algorithm>
#include <array>

#include "base/parallel.h"

namespace fit::index {
namespace {

constexpr std::array<std::uint32_t, 11> kProbes = {4, 8, 16, 32, 64, 128, 192, 256, 512, 1024, 2048};
constexpr std::array<std::uint32_t, 4> kReads = {60, 100, 200, 400};
// A little above the 0.97 that the index promises: not every query resembles the held ones.
constexpr float kWantedRecall = 0.98F;
// What a search costs, in microseconds: a code scanned, a list ranked, a vector read.
constexpr double kCostOfCode = 0.007;
constexpr double kCostOfList = 0.2;
constexpr double kCostOfRead = 3;

using Recalls = std::array<std::array<float, kReads.size()>, kProbes.size()>;

// The share of the query's nearest rows that are among the best estimates, by probes and reads.
Recalls recalls_of(SegmentScan& scan, const Held& held) {
  Recalls recalls{};
  std::vector<std::pair<float, std::uint32_t>> best;
  std::size_t begin = 0;
  for (std::size_t p = 0; p < kProbes.size(); ++p) {
    scan.scan(begin, kProbes[p], [&](float estimate, std::uint32_t row) {
      if (row != held.itself) best.emplace_back(estimate, row);
    });
    begin = kProbes[p];
    const std::size_t kept = std::min<std::size_t>(kReads.back(), best.size());
    std::ranges::partial_sort(best, best.begin() + static_cast<std::ptrdiff_t>(kept), std::greater{});
    best.resize(kept);
    for (std::size_t r = 0; r < kReads.size(); ++r) {
      const auto among = std::span(best).first(std::min<std::size_t>(kReads[r], kept));
      const auto found = std::ranges::count_if(held.nearest_rows, [&](std::uint32_t row) {
        return std::ranges::any_of(among, [row](const auto& one) { return one.second == row; });
      });
      recalls[p][r] = static_cast<float>(found) / static_cast<float>(held.nearest_rows.size());
    }
  }
  return recalls;
}

}  // namespace

Calibration calibrate(const Segment& segment, const Kernels& kernels, const CodeKernels& codes,
                      std::span<const Held> held, std::size_t threads) {
  std::vector<Recalls> all(held.size());
  parallel_for(held.size(), {.threads = threads}, [&](std::size_t i) {
    if (held[i].nearest_rows.empty()) return;
    SegmentScan scan(segment, kernels, codes, held[i].query.data());
    scan.rank(kProbes.back());
    all[i] = recalls_of(scan, held[i]);
  });
  const auto counted = std::ranges::count_if(held, [](const Held& one) { return !one.nearest_rows.empty(); });
  if (counted == 0) return {.recall = 1};
  const double per_list = static_cast<double>(segment.rows()) / static_cast<double>(segment.lists().size());
  Calibration best;
  double best_cost = 0;
  for (std::size_t p = 0; p < kProbes.size(); ++p) {
    for (std::size_t r = 0; r < kReads.size(); ++r) {
      double sum = 0;
      for (const Recalls& one : all) sum += one[p][r];
      const auto recall = static_cast<float>(sum / static_cast<double>(counted));
      const double cost = kProbes[p] * (per_list * kCostOfCode + kCostOfList) + kReads[r] * kCostOfRead;
      const bool is_better =
          recall >= kWantedRecall ? best.recall < kWantedRecall || cost < best_cost : recall > best.recall;
      if (!is_better) continue;
      best = {.probes = kProbes[p], .reads = kReads[r], .recall = recall};
      best_cost = cost;
    }
  }
  return best;
}

}  // namespace fit::index
