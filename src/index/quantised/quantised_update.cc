// Flushing and merging of segments, in two threads.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <shared_mutex>

#include "base/files.h"
#include "base/format.h"
#include "index/quantised/calibrate.h"
#include "index/quantised/quantised_index.h"

namespace fit::index {
namespace {

constexpr std::size_t kMergedTogether = 4;
constexpr std::size_t kFewDead = 64;           // dead rows that are not worth writing a segment anew
constexpr std::chrono::seconds kTryAgain{10};  // after the disk has failed

std::string new_segment_name() {
  std::random_device random;
  return fit::format("segment-{:08x}{:08x}", random(), random());
}

bool is_worth_writing_anew(const LiveSegment& live) {
  return live.segment->is_damaged() ||
         (live.dead_count >= kFewDead && live.dead_count * 5 >= live.segment->rows());
}

// Searches go first: the calling thread, and the threads that it starts, get what they leave of the cores.
void lower_priority() {
  constexpr int kNice = 10;
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);
}

}  // namespace

// The segments that a merge replaces, with their dead rows at its beginning, and where the new one goes.
struct QuantisedIndex::Sources {
  struct One {
    std::shared_ptr<const Segment> segment;
    std::vector<std::uint64_t> dead;
  };
  std::vector<One> segments;
  std::filesystem::path path;
};

void QuantisedIndex::drop_dead_segments() {
  if (!std::ranges::any_of(segments_, [](const LiveSegment& live) { return live.live() == 0; })) return;
  const std::lock_guard lock(gate_);
  std::erase_if(segments_, [this](const LiveSegment& live) {
    if (live.live() == 0) discard(live);
    return live.live() == 0;
  });
}

bool QuantisedIndex::is_flush_due() const {
  if (frozen_ != nullptr && !has_flush_failed_) return true;
  const std::size_t in_memory = table_.live() + (frozen_ != nullptr ? frozen_->table.live() : 0);
  return in_memory >= std::max(options_.delta_images, retry_at_);
}

// Whether additions have to wait for a flush that runs.
bool QuantisedIndex::has_too_many_images() const {
  return frozen_ != nullptr && !has_flush_failed_ && table_.live() >= options_.delta_images;
}

bool QuantisedIndex::is_settled() const {
  const bool has_merge_failed = std::chrono::steady_clock::now() < merge_at_;
  return !is_flush_due() && !is_merging_ && (has_merge_failed || worth_merging().empty());
}

void QuantisedIndex::settle() {
  std::unique_lock update(update_mutex_);
  flusher_.wake();
  merger_.wake();
  settled_.wait(update, [this] { return is_settled(); });
}

std::vector<std::size_t> QuantisedIndex::worth_merging() const {
  std::vector<std::vector<std::size_t>> tiers;
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    if (is_worth_writing_anew(segments_[i])) return {i};
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

// Takes the lock of the folder, if no other index has it.
bool QuantisedIndex::owns_folder() const {
  if (lock_) return true;
  auto lock = FolderLock::try_take(folder_, FolderLock::Kind::kAlone);
  if (lock) lock_.emplace(*std::move(lock));
  return lock_.has_value();
}

std::filesystem::path QuantisedIndex::new_segment_path() {
  const bool is_here = !folder_.empty() && make_dirs(folder_) && owns_folder();
  if (!is_here && !scratch_) scratch_.emplace();
  const std::string name = new_segment_name();
  writing_.insert(name);
  return (is_here ? folder_ : scratch_->path()) / name;
}

// A segment is in use, or was not written.
void QuantisedIndex::end_of(const std::filesystem::path& path) {
  writing_.erase(path.filename().string());
  settled_.notify_all();
}

void QuantisedIndex::run_flushes(const std::stop_token& stop) {
  lower_priority();
  do {
    while (!stop.stop_requested() && freeze() && flush(stop)) merger_.wake();
  } while (flusher_.wait_for(kTryAgain));
}

// Sets the images apart that have gathered; false when there are not enough.
bool QuantisedIndex::freeze() {
  const std::lock_guard update(update_mutex_);
  if (frozen_ == nullptr) {
    if (!is_flush_due()) return false;
    auto frozen = std::make_unique<FrozenRows>();
    frozen->rows = std::make_unique<RowStore>(dimension_count() * sizeof(float));
    const std::lock_guard lock(gate_);
    std::swap(frozen->table, table_);
    std::swap(frozen->rows, rows_);
    frozen_ = std::move(frozen);
  }
  has_flush_failed_ = false;
  return true;
}

Result<void> QuantisedIndex::flush(const std::stop_token& stop) {
  std::vector<SourceRow> rows;
  std::filesystem::path path;
  {
    const std::lock_guard update(update_mutex_);
    for (const Slot slot : frozen_->table.live_slots())
      rows.push_back({frozen_->table.image(slot).value, frozen_->table.item(slot).value, 0, slot});
    path = new_segment_path();
  }
  const RowStore& vectors = *frozen_->rows;  // which stay until this thread removes them
  Result<LiveSegment> built = internal("no image is left", {});
  if (!rows.empty()) {
    built = build(path, std::move(rows), [&](const SourceRow& row, float* vector) -> Result<std::uint64_t> {
      if (stop.stop_requested()) return cancelled();
      std::memcpy(vector, vectors.row(row.row), dimension_count() * sizeof(float));
      return fingerprint(std::span(vector, dimension_count()));
    });
  }
  std::unique_ptr<FrozenRows> done;  // released without the locks
  const std::lock_guard update(update_mutex_);
  if (!built && frozen_->table.live() > 0) {
    has_flush_failed_ = true;
    const std::size_t in_memory = table_.live() + frozen_->table.live();
    retry_at_ = in_memory + in_memory / 4;
    end_of(path);
    return built.error();
  }
  const std::lock_guard lock(gate_);
  if (built) {
    for (std::size_t row = 0; row < built->segment->rows(); ++row) {
      if (frozen_->table.slot_of(built->segment->image(row)) == kNoSlot) built->kill(row);
    }
    segments_.push_back(*std::move(built));
  }
  done = std::move(frozen_);
  retry_at_ = 0;
  end_of(path);
  return {};
}

void QuantisedIndex::run_merges(const std::stop_token& stop) {
  lower_priority();
  do {
    while (!stop.stop_requested()) {
      const auto sources = choose_merge();
      if (!sources) break;
      const auto merged = merge(*sources, stop);
      const std::lock_guard update(update_mutex_);
      if (!merged) merge_at_ = std::chrono::steady_clock::now() + kTryAgain;
      is_merging_ = false;
      end_of(sources->path);
    }
  } while (merger_.wait_for(kTryAgain));
}

// Reads what opening left out: first all codes, then the vectors, to compare their checksums.
void QuantisedIndex::load_codes(const std::stop_token& stop) {
  lower_priority();
  std::vector<std::shared_ptr<const Segment>> segments;
  {
    const std::shared_lock lock(gate_);
    for (const LiveSegment& live : segments_) segments.push_back(live.segment);
  }
  for (const auto& segment : segments) {
    if (!segment->load(stop)) merger_.wake();
  }
  for (const auto& segment : segments) {
    if (!segment->verify_rows(stop)) merger_.wake();
  }
}

std::optional<QuantisedIndex::Sources> QuantisedIndex::choose_merge() {
  const std::lock_guard update(update_mutex_);
  if (std::chrono::steady_clock::now() < merge_at_) return std::nullopt;
  drop_dead_segments();
  const auto which = worth_merging();
  if (which.empty()) {
    settled_.notify_all();
    return std::nullopt;
  }
  Sources sources;
  for (const std::size_t i : which) sources.segments.push_back({segments_[i].segment, segments_[i].dead});
  sources.path = new_segment_path();
  is_merging_ = true;
  return sources;
}

Result<void> QuantisedIndex::merge(const Sources& sources, const std::stop_token& stop) {
  const auto is_dead = [](const Sources::One& one, std::size_t row) {
    return (one.dead[row / 64] >> (row % 64) & 1) != 0;
  };
  std::vector<SourceRow> rows;
  for (std::uint32_t i = 0; i < sources.segments.size(); ++i) {
    const Segment& segment = *sources.segments[i].segment;
    for (std::uint32_t row = 0; row < segment.rows(); ++row) {
      if (!is_dead(sources.segments[i], row))
        rows.push_back({segment.image(row).value, segment.item(row).value, i, row});
    }
  }
  FIT_TRY(LiveSegment merged, build(sources.path, std::move(rows),
                                    [&](const SourceRow& row, float* vector) -> Result<std::uint64_t> {
                                      if (stop.stop_requested()) return cancelled();
                                      return read_row(*sources.segments[row.source].segment, row.row, vector);
                                    }));
  std::vector<LiveSegment> replaced;  // released without the locks
  const std::lock_guard update(update_mutex_);
  const std::lock_guard lock(gate_);
  for (const Sources::One& source : sources.segments) {
    const auto live = std::ranges::find(segments_, source.segment, &LiveSegment::segment);
    for (std::size_t row = 0; row < source.segment->rows(); ++row) {
      // A segment that is gone has no live row.
      const bool has_died = live == segments_.end() || live->is_dead(row);
      if (has_died && !is_dead(source, row)) merged.kill(merged.segment->find(source.segment->image(row)));
    }
    if (live == segments_.end()) continue;
    discard(*live);
    replaced.push_back(std::move(*live));
    segments_.erase(live);
  }
  segments_.push_back(std::move(merged));
  return {};
}

Result<LiveSegment> QuantisedIndex::build(const std::filesystem::path& path, std::vector<SourceRow> rows,
                                          const ReadVector& read) const {
  SegmentPlan plan{.path = path,
                   .dimensions = dimension_count(),
                   .threads = static_cast<std::size_t>(std::max(options_.build_threads, 0)),
                   .row_bits = rows.size() < options_.packed_from ? kWholeBits : kPackedBits,
                   .rows = std::move(rows)};
  std::shared_ptr<const Segment> largest;
  {
    const std::shared_lock lock(gate_);
    for (const LiveSegment& live : segments_) {
      if (largest == nullptr || live.segment->rows() > largest->rows()) largest = live.segment;
    }
  }
  if (largest != nullptr) plan.codec = &largest->codec();
  const std::size_t threads = plan.threads;
  try {
    FIT_TRY(BuiltSegment built, build_segment(kernels_, std::move(plan), read));
    LiveSegment live;
    live.calibration = calibrate(*built.segment, kernels_, codes_, built.held, threads);
    live.dead.resize((built.segment->rows() + 63) / 64);
    live.segment = std::move(built.segment);
    return live;
  } catch (const std::bad_alloc& error) {
    return internal("there is no memory for a segment of the index", error.what());
  }
}

// Removes the file of a segment that no manifest names. Searches that use it keep it open.
void QuantisedIndex::discard(const LiveSegment& segment) const {
  std::error_code ignored;
  if (!segment.is_kept) std::filesystem::remove(segment.segment->path(), ignored);
}

}  // namespace fit::index
