// The planner of searches.
#include <algorithm>
#include <bit>
#include <cmath>
#include <shared_mutex>

#include "index/quantised/quantised_index.h"

namespace fit::index {
namespace {

// A filter of at most so many items is looked up item by item: its codes are scanned where they lie.
constexpr std::size_t kFewItems = 50'000;
// Matching rows that are compared exactly without a look at their codes.
constexpr std::size_t kFewRows = 1000;
constexpr std::size_t kUsualLimit = 20;  // that segments are calibrated for
constexpr std::size_t kRowsAtATime = 64;

}  // namespace

struct QuantisedIndex::Query {
  const float* vector = nullptr;
  const SearchOptions& options;
};

// The slots that match, by segment.
struct QuantisedIndex::Matches {
  std::vector<std::vector<std::uint32_t>> slots;
  std::size_t count = 0;
};

bool QuantisedIndex::matches(const Query& query, std::size_t segment, std::uint32_t row) const {
  const LiveSegment& live = segments_[segment];
  return !live.is_dead(row) &&
         (query.options.filter == nullptr || query.options.filter->contains(live.segment->item(row)));
}

// The live slots of a small filter's items, ascending.
QuantisedIndex::Matches QuantisedIndex::few_matches(const Query& query) const {
  const ItemSet& filter = *query.options.filter;
  Matches few;
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    const Segment& segment = *segments_[i].segment;
    std::vector<std::uint32_t>& slots = few.slots.emplace_back();
    constexpr std::size_t kCostOfLookup = 16;  // in rows of a pass over all
    if (filter.size() * kCostOfLookup < segment.rows()) {
      for (std::size_t word = 0; word < filter.words().size(); ++word) {
        for (std::uint64_t bits = filter.words()[word]; bits != 0; bits &= bits - 1)
          segment.append_slots_of({static_cast<std::int64_t>(word * 64) + std::countr_zero(bits)}, slots);
      }
      std::erase_if(slots,
                    [&](std::uint32_t slot) { return segments_[i].is_dead(segment.row_of_slot(slot)); });
      std::ranges::sort(slots);
    } else {
      for (std::uint32_t slot = 0; slot < segment.slots(); ++slot) {
        const std::uint32_t row = segment.row_of_slot(slot);
        if (row != kNoRow && matches(query, i, row)) slots.push_back(slot);
      }
    }
    few.count += slots.size();
  }
  return few;
}

// Compares the query with these rows' vectors exactly. The candidates are in the order of segments and rows.
Result<void> QuantisedIndex::compare(const Query& query, std::vector<Candidate> candidates,
                                     TopItems& best) const {
  if (candidates.size() <= kFewRows) {
    for (const Candidate& one : candidates) segments_[one.segment].segment->expect_row(one.row);
  }
  std::vector<float> rows(kRowsAtATime * dimension_count());
  for (std::size_t i = 0; i < candidates.size();) {
    const Candidate first = candidates[i];
    const Segment& segment = *segments_[first.segment].segment;
    std::size_t count = 1;  // rows that lie one after the other
    while (count < kRowsAtATime && i + count < candidates.size() &&
           candidates[i + count].segment == first.segment && candidates[i + count].row == first.row + count) {
      ++count;
    }
    const bool has_rows = !segment.has_wrong_rows() && segment.read_rows(first.row, count, rows.data());
    if (!has_rows) {  // each alone, elsewhere if need be
      for (std::size_t j = 0; j < count; ++j)
        FIT_CHECK(read_row(segment, first.row + j, rows.data() + j * dimension_count()));
    }
    for (std::size_t j = 0; j < count; ++j) {
      const float product =
          kernels_.dot(query.vector, rows.data() + j * dimension_count(), dimension_count());
      best.add(segment.item(first.row + j), segment.image(first.row + j), std::clamp(product, -1.0F, 1.0F));
    }
    i += count;
  }
  return {};
}

// The most similar of a small filter's matches by their codes; all of them when there are only a few.
std::vector<Candidate> QuantisedIndex::estimate_matches(const Query& query, const Matches& few,
                                                        std::size_t reads) const {
  Candidates best(std::max(few.count <= kFewRows ? few.count : 0, reads));
  for (std::uint32_t i = 0; i < segments_.size(); ++i) {
    const Segment& segment = *segments_[i].segment;
    if (few.count <= kFewRows) {
      for (const std::uint32_t slot : few.slots[i]) best.add({0, i, segment.row_of_slot(slot)});
      continue;
    }
    const SegmentScan scan(segment, kernels_, codes_, query.vector);
    scan.scan_slots(few.slots[i], [&](float estimate, std::uint32_t row) {
      if (best.wants(estimate)) best.add({estimate, i, row});
    });
  }
  return best.take();
}

// The most similar rows of the most promising lists, by their codes. The fewer rows match the filter, as seen
// in the first lists, the farther out the wanted ones lie, and the more lists are scanned; more again while
// fewer rows match than are wanted.
std::vector<Candidate> QuantisedIndex::estimate_lists(const Query& query, std::size_t reads) const {
  const SearchOptions& options = query.options;
  const double longer = std::sqrt(static_cast<double>(std::max(options.limit, kUsualLimit)) / kUsualLimit);
  Candidates best(reads);
  for (std::uint32_t i = 0; i < segments_.size(); ++i) {
    const Segment& segment = *segments_[i].segment;
    const Calibration& calibration = segments_[i].calibration;
    const double more = options.effort == 0 ? longer : static_cast<double>(reads) / calibration.reads;
    const auto probes_for = [&](double share) {
      const double probes = calibration.probes * std::max(1.0, more) * std::max(1.0, 0.5 / std::sqrt(share));
      return static_cast<std::size_t>(
          std::min(std::ceil(probes), static_cast<double>(segment.lists().size())));
    };
    SegmentScan scan(segment, kernels_, codes_, query.vector);
    std::size_t scanned = 0;
    std::size_t matching = 0;
    std::size_t probes = probes_for(1);
    while (true) {
      scan.scan_more(probes, [&](float estimate, std::uint32_t row) {
        ++scanned;
        if (options.filter == nullptr && !best.wants(estimate)) return;
        if (!matches(query, i, row)) return;
        ++matching;
        if (best.wants(estimate)) best.add({estimate, i, row});
      });
      const double share = static_cast<double>(matching + 1) / static_cast<double>(scanned + 1);
      const std::size_t wanted = options.filter == nullptr ? probes : probes_for(share);
      const bool has_enough = best.seen() >= reads;
      if (probes >= segment.lists().size() || (has_enough && probes >= wanted)) break;
      probes = std::min(segment.lists().size(), std::max(wanted, has_enough ? 0 : 2 * probes));
    }
  }
  return best.take();
}

// Compares every matching row, except those whose estimates show that they are below min_similarity.
// `found` are exact results to start from.
Result<std::vector<domain::Neighbor>> QuantisedIndex::search_all(const Query& query,
                                                                 std::vector<domain::Neighbor> found) const {
  TopItems best(query.options.limit, query.options.min_similarity);
  for (const domain::Neighbor& one : found) best.add(one.item, one.image, one.similarity);
  for (std::uint32_t i = 0; i < segments_.size(); ++i) {
    std::vector<Candidate> rows;
    if (query.options.min_similarity > -1) {
      const SegmentScan scan(*segments_[i].segment, kernels_, codes_, query.vector);
      scan.scan_all([&](float estimate, std::uint32_t row, float slack) {
        if (estimate + slack >= query.options.min_similarity && matches(query, i, row))
          rows.push_back({estimate, i, row});
      });
      std::ranges::sort(rows, {}, &Candidate::row);
    } else {
      for (std::uint32_t row = 0; row < segments_[i].segment->rows(); ++row) {
        if (matches(query, i, row)) rows.push_back({0, i, row});
      }
    }
    FIT_CHECK(compare(query, std::move(rows), best));
  }
  return best.take();
}

// The vectors to read: as calibrated, more for longer answers and for items of several images.
std::size_t QuantisedIndex::reads_for(const SearchOptions& options) const {
  std::size_t reads = 0;
  std::size_t rows = 0;
  std::size_t items = 1;
  for (const LiveSegment& live : segments_) {
    reads = std::max<std::size_t>(reads, live.calibration.reads);
    rows += live.segment->rows();
    items += live.segment->items();
  }
  const std::size_t limit = std::min(options.limit, rows);
  if (options.effort != 0)
    reads = std::min(options.effort, rows);
  else if (limit > kUsualLimit)
    reads = (reads + reads * limit / kUsualLimit) / 2;
  reads = std::max(reads, 2 * limit);
  return std::min(rows, reads * std::max<std::size_t>(1, rows / items));
}

Result<std::vector<domain::Neighbor>> QuantisedIndex::search(std::span<const float> query,
                                                             const SearchOptions& options) const {
  FIT_TRY(const UnitQuery unit, checked_query(query, options, options_.dimensions));
  const Query asked{unit.data(), options};
  TopItems best(options.limit, options.min_similarity);
  const std::shared_lock lock(gate_);
  scan_memory(unit.data(), options.filter, best);
  const std::size_t rows = live_in_segments();
  if (rows == 0) return best.take();

  const std::size_t reads = reads_for(options);
  if (options.filter != nullptr && options.filter->size() <= kFewItems) {
    const Matches few = few_matches(asked);
    if (few.count == 0) return best.take();
    FIT_CHECK(compare(asked, estimate_matches(asked, few, reads), best));
    std::vector<domain::Neighbor> found = best.take();
    if (found.size() >= options.limit || few.count <= std::max(kFewRows, reads)) return found;
    return search_all(asked, std::move(found));
  }
  if (rows > std::max(kFewRows, 2 * reads)) {
    FIT_CHECK(compare(asked, estimate_lists(asked, reads), best));
    std::vector<domain::Neighbor> found = best.take();
    if (found.size() >= options.limit) return found;
    return search_all(asked, std::move(found));
  }
  return search_all(asked, best.take());
}

}  // namespace fit::index
