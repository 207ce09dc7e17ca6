// The planner of searches.
#include <algorithm>
#include <bit>
#include <cmath>
#include <shared_mutex>

#include "index/quantised/quantised_index.h"

namespace fit::index {
namespace {

// A filter of more items is never looked up item by item: its slots take memory, 4 bytes each.
constexpr std::size_t kFewItems = 50'000;
// Rows that are compared exactly without a look at their codes.
constexpr std::size_t kFewRows = 1000;
constexpr std::size_t kUsualLimit = 20;  // that segments are calibrated for
constexpr std::size_t kRowsAtATime = 64;
// What is scanned costs, in microseconds: a code in its list, and one for its own sake.
constexpr double kCostOfCode = 0.007;
constexpr double kCostOfLoneCode = 0.25;

// How many more lists are needed where a filter admits this share of the rows.
double more_for(double share) {
  return std::max(1.0, 0.7 / std::sqrt(share));
}

}  // namespace

struct QuantisedIndex::Query {
  const float* vector = nullptr;
  const SearchOptions& options;
  std::uint64_t filter_hash = 0;
};

// The slots that a filter admits, dead ones included, by segment.
struct QuantisedIndex::Matches {
  std::vector<std::shared_ptr<FilterBits>> owners;
  std::vector<std::span<const std::uint32_t>> slots;
  std::size_t count = 0;
};

bool QuantisedIndex::matches(const Query& query, std::size_t segment, std::uint32_t row) const {
  const LiveSegment& live = segments_[segment];
  return !live.is_dead(row) &&
         (query.options.filter == nullptr || query.options.filter->contains(live.segment->item(row)));
}

// What a scan of lists costs for a query like the held ones, with a filter that admits this share of the
// rows.
double QuantisedIndex::typical_cost(double share) const {
  double cost = 0;
  for (const LiveSegment& live : segments_) {
    const auto lists = static_cast<double>(live.segment->lists().size());
    constexpr std::size_t kMiddle = Calibration::kLevels / 2;
    const double probes = live.calibration.levels[kMiddle].probes * more_for(share);
    cost += std::min(probes / lists, 1.0) * static_cast<double>(live.segment->rows()) * kCostOfCode;
  }
  return cost;
}

// Whether a filter's rows are looked up and their codes scanned where they lie, rather than those of lists.
bool QuantisedIndex::looks_up_items(const ItemSet& filter, std::size_t reads) const {
  if (filter.size() > kFewItems) return false;
  double rows = 0;
  double items = 1;
  for (const LiveSegment& live : segments_) {
    rows += static_cast<double>(live.segment->rows());
    items += static_cast<double>(live.segment->items());
  }
  const double admitted = static_cast<double>(filter.size()) * std::max(1.0, rows / items);
  if (admitted <= static_cast<double>(std::max(kFewRows, 2 * reads))) return true;
  return admitted * kCostOfLoneCode <= typical_cost(std::min(1.0, admitted / rows));
}

QuantisedIndex::Matches QuantisedIndex::few_matches(const Query& query) const {
  Matches few;
  for (const LiveSegment& live : segments_) {
    few.owners.push_back(live.filters->find_or_make(*live.segment, query.filter_hash));
    few.slots.push_back(few.owners.back()->slots(*live.segment, *query.options.filter));
    few.count += few.slots.back().size();
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

// The most similar of a small filter's matches by their codes; all of them when they are hardly more than the
// vectors that would be read.
std::vector<Candidate> QuantisedIndex::estimate_matches(const Query& query, const Matches& few,
                                                        std::size_t reads) const {
  const bool takes_all = few.count <= 2 * reads;
  Candidates best(takes_all ? few.count : reads);
  for (std::uint32_t i = 0; i < segments_.size(); ++i) {
    const Segment& segment = *segments_[i].segment;
    if (takes_all) {
      for (const std::uint32_t slot : few.slots[i]) {
        if (const std::uint32_t row = segment.row_of_slot(slot); matches(query, i, row))
          best.add({0, i, row});
      }
      continue;
    }
    const SegmentScan scan(segment, kernels_, codes_, query.vector);
    scan.scan_slots(few.slots[i], [&](float estimate, std::uint32_t row) {
      if (best.wants(estimate) && matches(query, i, row)) best.add({estimate, i, row});
    });
  }
  return best.take();
}

// The most similar rows of the most promising lists, by their codes.
std::vector<Candidate> QuantisedIndex::estimate_lists(const Query& query) const {
  const SearchOptions& options = query.options;
  std::vector<SegmentScan> scans;
  scans.reserve(segments_.size());
  std::vector<const Calibration::Level*> levels;
  std::size_t reads = 0;
  for (const LiveSegment& live : segments_) {
    scans.emplace_back(*live.segment, kernels_, codes_, query.vector);
    levels.push_back(&live.calibration.of(scans.back().nearness()));
    reads = std::max<std::size_t>(reads, levels.back()->reads);
    // The admitted rows may lie farther from the query than all.
    if (options.filter != nullptr) reads = std::max<std::size_t>(reads, live.calibration.levels[1].reads);
  }
  reads = reads_for(options, reads);
  const double longer = std::sqrt(static_cast<double>(std::max(options.limit, kUsualLimit)) / kUsualLimit);
  Candidates best(reads);
  for (std::uint32_t i = 0; i < segments_.size(); ++i) {
    const double more = options.effort == 0 ? longer : static_cast<double>(reads) / levels[i]->reads;
    scan_lists(query, i, scans[i], std::max(1.0, more), reads, best);
  }
  return best.take();
}

// Scans lists until they are worth as many lists without a filter as were calibrated, times `more`, and
// further while fewer than `reads` rows were found. A list of which the filter admits a share is worth the
// less the smaller the share: few admitted rows lie farther apart, and the nearest ones in more lists. The
// share is smoothed by that of the lists so far, so that of a filter that admits one row of many lists every
// list counts, but of one whose rows lie together hardly any list before theirs. The nearness of the query is
// that to the lists that hold at least half as many admitted rows as lists do on average.
void QuantisedIndex::scan_lists(const Query& query, std::uint32_t segment, SegmentScan& scan, double more,
                                std::size_t reads, Candidates& best) const {
  const LiveSegment& live = segments_[segment];
  const Segment& rows = *live.segment;
  const ItemSet* const filter = query.options.filter;
  const auto use = [&](float estimate, std::uint32_t slot) {
    if (!best.wants(estimate)) return;
    const std::uint32_t row = rows.row_of_slot(slot);
    if (row != kNoRow && matches(query, segment, row)) best.add({estimate, segment, row});
  };
  const auto bits =
      filter != nullptr ? live.filters->find_or_make(rows, query.filter_hash) : std::shared_ptr<FilterBits>();
  constexpr double kSmoothing = 1000;  // rows
  float nearness = filter == nullptr ? scan.nearness() : -1;
  double probes = live.calibration.of(nearness).probes * more;
  double usual = 0;  // the share of the rows that the filter admits
  if (filter != nullptr)
    usual = std::min(1.0, static_cast<double>(filter->size()) / static_cast<double>(rows.items()));
  double worth = 0;
  double scanned = 0;
  double admitted = 0;
  for (std::size_t rank = 0; worth < probes || best.seen() < reads; ++rank) {
    if (rank >= scan.ranked()) {
      scan.rank(std::max(2 * rank, static_cast<std::size_t>(std::min(std::ceil(probes), 1e9))));
      if (rank >= scan.ranked()) return;
    }
    if (filter == nullptr) {
      scan.scan_ranked(rank, use);
      worth += 1;
      continue;
    }
    const FilterBits::OfList of_list = bits->of_list(rows, *filter, scan.ranked_list(rank));
    if (of_list.count > 0) scan.scan_ranked(rank, of_list.bits, use);
    const auto size = static_cast<double>(of_list.bits.size() * kBlockVectors);
    scanned += size;
    admitted += of_list.count;
    if (of_list.count > 0 && 2 * of_list.count >= usual * size && scan.product(rank) > nearness) {
      nearness = scan.product(rank);
      probes = live.calibration.of(nearness).probes * more;
    }
    const double so_far = (admitted + 1) / (scanned + 1);
    const double share = (of_list.count + kSmoothing * so_far) / (size + kSmoothing);
    worth += 1 / more_for(std::min(1.0, share));
  }
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

// The vectors that a query like the held ones reads.
std::size_t QuantisedIndex::typical_reads() const {
  std::size_t reads = 0;
  for (const LiveSegment& live : segments_)
    reads = std::max<std::size_t>(reads, live.calibration.levels[Calibration::kLevels / 2].reads);
  return reads;
}

// The vectors to read: as calibrated, more for longer answers and for items of several images.
std::size_t QuantisedIndex::reads_for(const SearchOptions& options, std::size_t calibrated) const {
  std::size_t reads = calibrated;
  std::size_t rows = 0;
  std::size_t items = 1;
  for (const LiveSegment& live : segments_) {
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
  Query asked{unit.data(), options};
  TopItems best(options.limit, options.min_similarity);
  const std::shared_lock lock(gate_);
  scan_memory(unit.data(), options.filter, best);
  const std::size_t rows = live_in_segments();
  if (rows == 0) return best.take();

  if (options.filter != nullptr) asked.filter_hash = xxh3(std::as_bytes(options.filter->words()));
  const std::size_t reads = reads_for(options, typical_reads());
  if (options.filter != nullptr && looks_up_items(*options.filter, reads)) {
    const Matches few = few_matches(asked);
    if (few.count == 0) return best.take();
    FIT_CHECK(compare(asked, estimate_matches(asked, few, reads), best));
    std::vector<domain::Neighbor> found = best.take();
    if (found.size() >= options.limit || few.count <= 2 * reads) return found;
    return search_all(asked, std::move(found));
  }
  if (rows > std::max(kFewRows, 2 * reads)) {
    FIT_CHECK(compare(asked, estimate_lists(asked), best));
    std::vector<domain::Neighbor> found = best.take();
    if (found.size() >= options.limit) return found;
    return search_all(asked, std::move(found));
  }
  return search_all(asked, best.take());
}

}  // namespace fit::index
