#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "index/quantised/held.h"
#include "index/quantised/segment.h"

namespace fit::index {

// A vector on its way into a segment, and where it is read from: a number of the source and a row of it.
struct SourceRow {
  std::int64_t image = 0;
  std::int64_t item = 0;
  std::uint32_t source = 0;
  std::uint32_t row = 0;
};

// Reads the vector of a row, and returns its fingerprint, that of the vector that was given to the index.
// Called by several threads at a time.
using ReadVector = std::function<Result<std::uint64_t>(const SourceRow& row, float* vector)>;

struct SegmentPlan {
  std::filesystem::path path = {};
  std::size_t dimensions = 0;
  std::size_t threads = 0;              // as thread_count() reads it
  std::uint32_t row_bits = kWholeBits;  // or kPackedBits
  std::vector<SourceRow> rows = {};     // at least one, each image once; sorted by the builder
  const Codec* codec = nullptr;         // to be used again; nullptr: a new one is learned from the rows
};

// The segment that was written, and queries to calibrate it.
struct BuiltSegment {
  std::shared_ptr<const Segment> segment;
  std::vector<Held> held;
};

// Writes a segment: learns the lists (and the codec) from a sample, then reads all rows once in the order of
// their images. Memory: about 90 bytes a row, beside a sample of 24 vectors a list. Blocks. kStorageFull or
// the error of `read`, with nothing left behind.
Result<BuiltSegment> build_segment(const Kernels& kernels, SegmentPlan plan, const ReadVector& read);

}  // namespace fit::index
