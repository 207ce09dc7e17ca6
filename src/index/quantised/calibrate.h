#pragma once

#include <span>

#include "index/quantised/segment_builder.h"
#include "index/quantised/segment_scan.h"

namespace fit::index {

// The cheapest search of the segment that finds 98 % of the held queries' nearest rows, or the best one when
// none does. Uses `threads` threads, as thread_count() reads it.
Calibration calibrate(const Segment& segment, const Kernels& kernels, const CodeKernels& codes,
                      std::span<const Held> held, std::size_t threads);

}  // namespace fit::index
