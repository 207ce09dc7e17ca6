// Flushing and merging of segments.
#include <algorithm>
#include <cmath>
#include <random>
#include <shared_mutex>

#include "base/format.h"
#include "index/quantised/calibrate.h"
#include "index/quantised/quantised_index.h"

namespace fit::index {
namespace {

constexpr std::size_t kMergedTogether = 4;
constexpr std::uint32_t kInMemory = ~std::uint32_t{0};  // the source of rows in memory
constexpr std::size_t kFewDead = 64;                    // dead rows that are not worth writing a segment anew

std::string new_segment_name() {
  std::random_device random;
  return fit::format("segment-{:08x}{:08x}", random(), random());
}

bool many_dead(const LiveSegment& live) {
  return live.dead_count >= kFewDead && live.dead_count * 5 >= live.segment->rows();
}

}  // namespace

// Flushes and merges until nothing is left to do. An update has taken effect before, and is not lost when the
// disk fails here: the vectors stay in memory, or the segments as they are, and a later update tries again.
void QuantisedIndex::settle() {
  if (std::ranges::any_of(segments_, [](const LiveSegment& live) { return live.live() == 0; })) {
    const std::lock_guard lock(gate_);
    std::erase_if(segments_, [this](const LiveSegment& live) {
      if (live.live() == 0) discard(live);
      return live.live() == 0;
    });
  }
  if (table_.live() >= std::max(options_.delta_images, retry_at_)) {
    if (!flush()) {
      retry_at_ = table_.live() + table_.live() / 4;
      return;
    }
    retry_at_ = 0;
  }
  for (auto which = worth_merging(); !which.empty(); which = worth_merging()) {
    if (!merge(std::move(which))) return;
  }
}

std::vector<std::size_t> QuantisedIndex::worth_merging() const {
  std::vector<std::vector<std::size_t>> tiers;
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    if (many_dead(segments_[i])) return {i};
    std::size_t tier = 0;
    for (std::size_t size = options_.delta_images * kMergedTogether; size <= segments_[i].live();
         size *= kMergedTogether) {
      ++tier;
    }
    if (tier >= tiers.size()) tiers.resize(tier + 1);
    tiers[tier].push_back(i);
  }
  for (std::vector<std::size_t>& tier : tiers) {
    if (tier.size() >= kMergedTogether) return std::move(tier);
  }
  return {};
}

Result<LiveSegment> QuantisedIndex::build(std::vector<SourceRow> rows) const {
  SegmentPlan plan{.path = (folder_.empty() ? scratch_->path() : folder_) / new_segment_name(),
                   .dimensions = dimension_count(),
                   .threads = static_cast<std::size_t>(std::max(options_.build_threads, 0)),
                   .rows = std::move(rows)};
  const auto rows_of = [](const LiveSegment& live) { return live.segment->rows(); };
  const auto largest = std::ranges::max_element(segments_, {}, rows_of);
  if (largest != segments_.end()) plan.codec = &largest->segment->codec();
  const std::size_t threads = plan.threads;
  try {
    FIT_TRY(BuiltSegment built,
            build_segment(kernels_, std::move(plan), [this](const SourceRow& row, float* vector) {
              return read({row.source == kInMemory ? kDelta : row.source, row.row}, vector);
            }));
    LiveSegment live;
    live.calibration = calibrate(*built.segment, kernels_, codes_, built.held, threads);
    live.dead.resize((built.segment->rows() + 63) / 64);
    live.segment = std::move(built.segment);
    return live;
  } catch (const std::bad_alloc& error) {
    return internal("there is no memory for a segment of the index", error.what());
  }
}

Result<void> QuantisedIndex::flush() {
  std::vector<SourceRow> rows;
  for (const Slot slot : table_.live_slots())
    rows.push_back({table_.image(slot).value, table_.item(slot).value, kInMemory, slot});
  FIT_TRY(LiveSegment live, build(std::move(rows)));
  auto empty = std::make_unique<RowStore>(dimension_count() * sizeof(float));
  const std::lock_guard lock(gate_);
  segments_.push_back(std::move(live));
  rows_ = std::move(empty);
  table_ = SlotTable();
  return {};
}

Result<void> QuantisedIndex::merge(std::vector<std::size_t> which) {
  std::vector<SourceRow> rows;
  for (const std::size_t i : which) {
    const LiveSegment& live = segments_[i];
    for (std::size_t row = 0; row < live.segment->rows(); ++row) {
      if (live.is_dead(row)) continue;
      rows.push_back({live.segment->image(row).value, live.segment->item(row).value,
                      static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(row)});
    }
  }
  FIT_TRY(LiveSegment merged, build(std::move(rows)));
  const std::lock_guard lock(gate_);
  std::ranges::sort(which, std::greater{});
  for (const std::size_t i : which) {
    discard(segments_[i]);
    segments_.erase(segments_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  segments_.push_back(std::move(merged));
  return {};
}

// Removes the file of a segment that no manifest names. Searches that use it keep it open.
void QuantisedIndex::discard(const LiveSegment& segment) const {
  std::error_code ignored;
  if (!segment.is_kept) std::filesystem::remove(segment.segment->path(), ignored);
}

}  // namespace fit::index
