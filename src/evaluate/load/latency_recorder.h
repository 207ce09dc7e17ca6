#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace fit::evaluate {

// Counts durations in buckets whose width grows with the duration, so that each recorded duration is known to
// within 1/2^kPrecisionBits of itself (0.8 %), in 30 KiB whatever is recorded. The buckets are those of
// HdrHistogram (Gil Tene, https://hdrhistogram.github.io/HdrHistogram/): durations below 2^(kPrecisionBits+1)
// microseconds have a bucket each, and every further power of two is cut into 2^kPrecisionBits equal buckets.
// Durations above kLargest count as kLargest, negative ones as 0. Not thread-safe.
class LatencyRecorder {
 public:
  using Micros = std::chrono::microseconds;
  static constexpr int kPrecisionBits = 7;
  static constexpr Micros kLargest{(std::int64_t{1} << 36) - 1};  // about 19 hours

  void record(std::chrono::nanoseconds duration);
  void merge(const LatencyRecorder& other);

  std::uint64_t count() const { return count_; }
  // Exact; 0 when nothing was recorded.
  Micros largest() const { return largest_; }
  Micros mean() const;
  // The duration that `part` (0 to 1) of the recorded ones do not exceed: the end of its bucket, never above
  // largest(); 0 when nothing was recorded.
  Micros percentile(double part) const;

 private:
  static constexpr std::size_t kBuckets = (36 - kPrecisionBits + 1) << kPrecisionBits;

  std::array<std::uint64_t, kBuckets> counts_{};
  std::uint64_t count_ = 0;
  double sum_us_ = 0;
  Micros largest_{0};
};

}  // namespace fit::evaluate
