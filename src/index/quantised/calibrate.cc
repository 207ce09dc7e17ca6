#include "index/quantised/calibrate.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/parallel.h"

namespace fit::index {
namespace {

constexpr std::array<std::uint32_t, 16> kProbes = {4,  8,   12,  16,  24,  32,  48,   64,
                                                   96, 128, 192, 256, 384, 512, 1024, 2048};
constexpr std::array<std::uint32_t, 6> kReads = {60, 100, 150, 200, 400, 800};
// A little above the 0.97 that the index promises: not every query resembles the held ones.
constexpr float kWantedRecall = 0.985F;
// What a search costs, in microseconds: a code scanned, a list ranked, a vector read.
constexpr double kCostOfCode = 0.007;
constexpr double kCostOfList = 0.1;
constexpr double kCostOfRead = 3;

using Recalls = std::array<std::array<float, kReads.size()>, kProbes.size()>;

// What a held query found.
struct Tried {
  float nearness = 0;
  Recalls recalls{};
};

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

// The cheapest search that is good enough for these queries.
Calibration::Level level_for(std::span<const Tried> tried, double per_list) {
  Calibration::Level best{.nearness = tried.front().nearness, .recall = -1};
  double best_cost = 0;
  for (std::size_t p = 0; p < kProbes.size(); ++p) {
    for (std::size_t r = 0; r < kReads.size(); ++r) {
      double sum = 0;
      for (const Tried& one : tried) sum += one.recalls[p][r];
      const auto recall = static_cast<float>(sum / static_cast<double>(tried.size()));
      const double cost = kProbes[p] * (per_list * kCostOfCode + kCostOfList) + kReads[r] * kCostOfRead;
      const bool is_better =
          recall >= kWantedRecall ? best.recall < kWantedRecall || cost < best_cost : recall > best.recall;
      if (!is_better) continue;
      best.probes = kProbes[p];
      best.reads = kReads[r];
      best.recall = recall;
      best_cost = cost;
    }
  }
  return best;
}

}  // namespace

const Calibration::Level& Calibration::of(float nearness) const {
  std::size_t level = levels.size() - 1;
  while (level > 0 && nearness < levels[level].nearness) --level;
  return levels[level];
}

float Calibration::recall() const {
  return std::ranges::min(levels, {}, &Level::recall).recall;
}

void Calibration::write(ByteWriter& out) const {
  for (const Level& level : levels) {
    out.put(level.nearness);
    out.put(level.probes);
    out.put(level.reads);
    out.put(level.recall);
  }
}

bool Calibration::read(ByteReader& in) {
  for (Level& level : levels) {
    level.nearness = in.get<float>();
    level.probes = in.get<std::uint32_t>();
    level.reads = in.get<std::uint32_t>();
    level.recall = in.get<float>();
    if (!in.ok() || level.probes == 0 || level.reads == 0 || std::isnan(level.nearness)) return false;
  }
  return std::ranges::is_sorted(levels, {}, &Level::nearness);
}

Calibration calibrate(const Segment& segment, const Kernels& kernels, const CodeKernels& codes,
                      std::span<const Held> held, std::size_t threads) {
  std::vector<Tried> all(held.size());
  parallel_for(held.size(), {.threads = threads}, [&](std::size_t i) {
    if (held[i].nearest_rows.empty()) return;
    SegmentScan scan(segment, kernels, codes, held[i].query.data());
    all[i].nearness = scan.nearness();
    scan.rank(kProbes.back());
    all[i].recalls = recalls_of(scan, held[i]);
  });
  std::vector<Tried> tried;
  for (std::size_t i = 0; i < held.size(); ++i) {
    if (!held[i].nearest_rows.empty()) tried.push_back(all[i]);
  }
  Calibration calibration;
  if (tried.size() < Calibration::kLevels) return calibration;
  std::ranges::sort(tried, {}, &Tried::nearness);
  const double per_list = static_cast<double>(segment.rows()) / static_cast<double>(segment.lists().size());
  for (std::size_t level = Calibration::kLevels; level-- > 0;) {
    const std::size_t begin = level * tried.size() / Calibration::kLevels;
    const std::size_t end = (level + 1) * tried.size() / Calibration::kLevels;
    Calibration::Level& found = calibration.levels[level];
    found = level_for(std::span(tried).subspan(begin, end - begin), per_list);
    if (level + 1 == Calibration::kLevels) continue;
    // A query that lies farther needs no fewer.
    found.probes = std::max(found.probes, calibration.levels[level + 1].probes);
    found.reads = std::max(found.reads, calibration.levels[level + 1].reads);
  }
  return calibration;
}

}  // namespace fit::index
