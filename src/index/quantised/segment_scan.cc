#include "index/quantised/segment_scan.h"

#include <cmath>

namespace fit::index {
namespace {

// How many standard deviations of a list's vectors count when lists are ordered.
constexpr float kReach = 2;
// Groups of lists are as many as a group has lists. A few groups more than the wanted lists fill are ranked.
constexpr std::size_t kFewestGroups = 16;

}  // namespace

SegmentScan::SegmentScan(const Segment& segment, const Kernels& kernels, const CodeKernels& codes,
                         const float* query)
    : segment_(segment), kernels_(kernels), codes_(codes), query_(query) {
  std::vector<float> rotated(segment.codec().axes());
  segment.codec().rotate(kernels, query, rotated.data());
  tables_ = segment.codec().tables(rotated.data());
  spread_ = segment.codec().spread(rotated.data());
}

void SegmentScan::rank(std::size_t lists) {
  const Lists& all = segment_.lists();
  const std::size_t per_group = std::max<std::size_t>(1, all.size() / all.groups());
  const std::size_t groups = std::max(kFewestGroups, 16 * (std::min(lists, all.size()) / per_group));
  order_ = all.rank(kernels_, query_, kReach * spread_, groups, lists);
  if (order_.size() < std::min(lists, all.size()))
    order_ = all.rank(kernels_, query_, kReach * spread_, all.groups(), lists);
}

// The estimate leaves out the product of (query - centroid) and what the code leaves out of the residual, and
// rounds: the tables, and the two factors, which are 16-bit floats of at most about 2.
float SegmentScan::slack_of(std::size_t list, float product) const {
  constexpr float kRounding = 4e-3F;
  const float away = std::sqrt(std::max(0.0F, 1 - 2 * product + 2 * segment_.lists().half_norm(list)));
  return away * segment_.error(list) + 2 * tables_.error + kRounding;
}

}  // namespace fit::index
