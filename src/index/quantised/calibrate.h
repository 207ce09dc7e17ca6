#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/byte_stream.h"
#include "index/quantised/segment_builder.h"
#include "index/quantised/segment_scan.h"

namespace fit::index {

// How thoroughly a segment is searched, as found on held-out queries: the farther a query lies from the
// segment's vectors, the more lists hold its nearest ones.
struct Calibration {
  struct Level {
    float nearness = -1;        // of SegmentScan; the level is for queries that are at least so near
    std::uint32_t probes = 32;  // lists whose codes are scanned
    std::uint32_t reads = 200;  // vectors that are compared exactly
    float recall = 1;           // at 20, as measured with these on the level's queries
  };
  static constexpr std::size_t kLevels = 6;
  std::array<Level, kLevels> levels =
      {};  // by ascending nearness; the first is for all that lie farther, too

  const Level& of(float nearness) const;
  float recall() const;  // the least of the levels

  // read() answers false when the bytes are no calibration.
  void write(ByteWriter& out) const;
  bool read(ByteReader& in);
};

// For each level, the cheapest search of the segment that finds 98.5 % of the held queries' nearest rows, or
// the best one when none does. Uses `threads` threads, as thread_count() reads it.
Calibration calibrate(const Segment& segment, const Kernels& kernels, const CodeKernels& codes,
                      std::span<const Held> held, std::size_t threads);

}  // namespace fit::index
