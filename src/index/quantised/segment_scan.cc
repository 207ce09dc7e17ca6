#include "index/quantised/segment_scan.h"

#include <algorithm>
#include <cmath>

namespace fit::index {
namespace {

// How many standard deviations of a list's vectors count when lists are ordered.
constexpr float kReach = 2;

}  // namespace

SegmentScan::Prepared SegmentScan::prepare(const Segment& segment, const Kernels& kernels,
                                           const float* query) {
  std::vector<float> rotated(segment.codec().axes());
  segment.codec().rotate(kernels, query, rotated.data());
  return {segment.codec().tables(rotated.data()), segment.codec().spread(rotated.data())};
}

SegmentScan::SegmentScan(const Segment& segment, const Kernels& kernels, const CodeKernels& codes,
                         const float* query)
    : segment_(segment),
      kernels_(kernels),
      codes_(codes),
      query_(query),
      prepared_(prepare(segment, kernels, query)),
      ranking_(segment.lists(), segment.list_codes(), query, kReach * prepared_.spread) {}

void SegmentScan::rank(std::size_t lists) {
  ranking_.extend(kernels_, codes_, prepared_.tables.code_tables(), lists);
}

float SegmentScan::nearness() {
  constexpr std::size_t kEnough = 16;
  rank(kEnough);
  float most = -1;
  for (const Lists::Ranked& one : ranking_.order().first(std::min(kEnough, ranked())))
    most = std::max(most, one.product);
  return most;
}

// The estimate leaves out the product of (query - centroid) and what the code leaves out of the residual, and
// rounds: the tables, and the two factors, which are 16-bit floats of at most about 2.
float SegmentScan::slack_of(std::size_t list, float product) const {
  constexpr float kRounding = 4e-3F;
  const float away = std::sqrt(std::max(0.0F, 1 - 2 * product + 2 * segment_.lists().half_norm(list)));
  return away * segment_.error(list) + 2 * prepared_.tables.error + kRounding;
}

}  // namespace fit::index
