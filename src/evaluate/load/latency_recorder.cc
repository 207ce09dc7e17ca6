#include "evaluate/load/latency_recorder.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace fit::evaluate {
namespace {

constexpr int kBits = LatencyRecorder::kPrecisionBits;

std::size_t bucket_of(std::uint64_t micros) {
  const int shift = std::max(0, static_cast<int>(std::bit_width(micros)) - (kBits + 1));
  return (static_cast<std::size_t>(shift) << kBits) + static_cast<std::size_t>(micros >> shift);
}

// The largest duration of a bucket.
std::uint64_t end_of(std::size_t bucket) {
  if (bucket < (std::size_t{2} << kBits)) return bucket;
  const std::size_t shift = (bucket >> kBits) - 1;
  const std::uint64_t start = bucket - (shift << kBits);
  return ((start + 1) << shift) - 1;
}

}  // namespace

void LatencyRecorder::record(std::chrono::nanoseconds duration) {
  const auto micros = std::clamp(std::chrono::duration_cast<Micros>(duration), Micros(0), kLargest);
  ++counts_.at(bucket_of(static_cast<std::uint64_t>(micros.count())));
  ++count_;
  sum_us_ += static_cast<double>(micros.count());
  largest_ = std::max(largest_, micros);
}

void LatencyRecorder::merge(const LatencyRecorder& other) {
  for (std::size_t i = 0; i < kBuckets; ++i) counts_.at(i) += other.counts_.at(i);
  count_ += other.count_;
  sum_us_ += other.sum_us_;
  largest_ = std::max(largest_, other.largest_);
}

LatencyRecorder::Micros LatencyRecorder::mean() const {
  if (count_ == 0) return Micros(0);
  return Micros(std::llround(sum_us_ / static_cast<double>(count_)));
}

LatencyRecorder::Micros LatencyRecorder::percentile(double part) const {
  if (count_ == 0) return Micros(0);
  const auto wanted = static_cast<std::uint64_t>(std::ceil(part * static_cast<double>(count_)));
  const std::uint64_t rank = std::clamp(wanted, std::uint64_t{1}, count_);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    seen += counts_.at(i);
    if (seen >= rank) return std::min(Micros(static_cast<std::int64_t>(end_of(i))), largest_);
  }
  return largest_;
}

}  // namespace fit::evaluate
