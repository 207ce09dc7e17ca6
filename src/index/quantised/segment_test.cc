#include "index/quantised/segment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <set>

#include "base/temp_dir.h"
#include "index/quantised/calibrate.h"
#include "index/quantised/segment_builder.h"
#include "index/test_vectors.h"

namespace fit::index {
namespace {

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

template <class T>
T at(const std::string& bytes, std::size_t offset) {
  T value{};
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

class SegmentTest : public testing::Test {
 protected:
  // Writes image i + 1 of item i / 2 + 1 for each vector, with the fingerprint i + 5.
  BuiltSegment build(const TestVectors& vectors, std::size_t dimensions,
                     std::uint32_t row_bits = kWholeBits) {
    SegmentPlan plan{.path = file(), .dimensions = dimensions, .threads = 2, .row_bits = row_bits};
    for (std::uint32_t i = 0; i < vectors.size(); ++i)
      plan.rows.push_back({std::int64_t{i} + 1, std::int64_t{i} / 2 + 1, 7, i});
    auto built = build_segment(kernels_, std::move(plan),
                               [&](const SourceRow& row, float* vector) -> Result<std::uint64_t> {
                                 EXPECT_EQ(row.source, 7U);
                                 std::ranges::copy(vectors[row.row], vector);
                                 return row.row + 5;
                               });
    EXPECT_TRUE(built) << built.error().describe();
    return *std::move(built);
  }
  std::filesystem::path file() const { return folder_.path() / "segment-0000000000000001"; }

  TempDir folder_;
  Kernels kernels_ = best_kernels();
  CodeKernels codes_ = best_code_kernels();
};

TEST_F(SegmentTest, HoldsEveryRowOnceAndFindsItsImagesAndItems) {
  const TestVectors vectors(20, 1001, 1);
  build(vectors, 20);
  const auto opened = Segment::open(file(), 20);
  ASSERT_TRUE(opened) << opened.error().describe();
  const Segment& segment = **opened;
  EXPECT_EQ(segment.rows(), 1001U);
  EXPECT_EQ(segment.items(), 501U);
  std::vector<int> seen(1001);
  for (std::size_t slot = 0; slot < segment.slots(); ++slot) {
    if (segment.row_of_slot(slot) != kNoRow) ++seen[segment.row_of_slot(slot)];
  }
  EXPECT_TRUE(std::ranges::all_of(seen, [](int times) { return times == 1; }));
  std::vector<float> vector(20);
  for (std::uint32_t row = 0; row < 1001; ++row) {
    EXPECT_EQ(segment.find({row + 1}), row);
    ASSERT_TRUE(segment.read_rows(row, 1, vector.data()));
    EXPECT_TRUE(std::ranges::equal(vector, vectors[row]));
  }
  EXPECT_EQ(segment.find({0}), kNoRow);
  EXPECT_EQ(segment.find({1002}), kNoRow);
  std::vector<std::uint32_t> slots;
  segment.append_slots_of({501}, slots);
  ASSERT_EQ(slots.size(), 1U);
  EXPECT_EQ(segment.row_of_slot(slots[0]), 1000U);
  segment.append_slots_of({3}, slots);
  EXPECT_EQ(slots.size(), 3U);
  segment.append_slots_of({502}, slots);
  EXPECT_EQ(slots.size(), 3U);
}

TEST_F(SegmentTest, PackedVectorsAreNearlyWhatWasGivenAndKeepTheirFingerprints) {
  const TestVectors vectors(20, 1001, 1);
  const BuiltSegment built = build(vectors, 20, kPackedBits);
  std::vector<float> some(20 * 7);
  for (std::size_t row = 0; row < 1001; row += 7) {
    ASSERT_TRUE(built.segment->read_rows(row, 7, some.data()));
    for (std::size_t d = 0; d < some.size(); ++d)
      EXPECT_NEAR(some[d], vectors[row + d / 20][d % 20], 4e-4F) << row;
    EXPECT_EQ(built.segment->read_row(row, some.data()).value(), row + 5);
  }
}

// Segments that were written before vectors were packed.
TEST_F(SegmentTest, TheFormatBeforeIsRead) {
  const TestVectors vectors(12, 300, 1);
  build(vectors, 12);
  std::string bytes = content_of(file());
  const auto put = [&bytes](std::size_t offset, auto number) {
    std::memcpy(bytes.data() + offset, &number, sizeof number);
  };
  put(8, std::uint32_t{1});
  put(28, std::uint32_t{0});
  put(kSegmentHeaderBytes - 8, xxh3(as_bytes(std::string_view(bytes).substr(0, kSegmentHeaderBytes - 8))));
  std::ofstream(file(), std::ios::binary | std::ios::trunc) << bytes;
  const auto opened = Segment::open(file(), 12);
  ASSERT_TRUE(opened) << opened.error().describe();
  std::vector<float> vector(12);
  EXPECT_EQ((*opened)->read_row(7, vector.data()).value(), fingerprint(vectors[7]));
  EXPECT_TRUE(std::ranges::equal(vector, vectors[7]));
}

TEST_F(SegmentTest, EstimatesAreNearTheSimilaritiesAndWithinTheirSlack) {
  for (const std::size_t dimensions : {16, 33, 128}) {
    const TestVectors vectors(static_cast<int>(dimensions), 1500, 1);
    const TestVectors queries(static_cast<int>(dimensions), 10, 5);
    const BuiltSegment built = build(vectors, dimensions);
    for (std::size_t q = 0; q < queries.size(); ++q) {
      const SegmentScan scan(*built.segment, kernels_, codes_, queries[q].data());
      std::size_t rows = 0;
      double squared = 0;
      scan.scan_all([&](float estimate, std::uint32_t row, float slack) {
        const float truth = kernels_.dot(queries[q].data(), vectors[row].data(), dimensions);
        EXPECT_LE(truth, estimate + slack);
        EXPECT_GE(truth, estimate - slack);
        squared += double{truth - estimate} * (truth - estimate);
        ++rows;
      });
      EXPECT_EQ(rows, 1500U);
      EXPECT_LT(std::sqrt(squared / 1500), 0.06) << dimensions;
    }
  }
}

TEST_F(SegmentTest, ScansOfSlotsAgreeWithScansOfLists) {
  const TestVectors vectors(20, 600, 1);
  const BuiltSegment built = build(vectors, 20);
  SegmentScan scan(*built.segment, kernels_, codes_, vectors[3].data());
  std::vector<float> by_row(600, 9);
  scan.rank(1000);
  EXPECT_EQ(scan.ranked(), built.segment->lists().size());
  scan.scan(0, 1000, [&](float estimate, std::uint32_t row) { by_row[row] = estimate; });
  EXPECT_TRUE(std::ranges::none_of(by_row, [](float one) { return one == 9; }));
  std::vector<int> times(600);
  SegmentScan stepwise(*built.segment, kernels_, codes_, vectors[3].data());
  std::size_t begin = 0;
  for (const std::size_t lists : {1, 2, 7, 1000}) {
    stepwise.rank(lists);
    stepwise.scan(begin, lists, [&](float, std::uint32_t row) { ++times[row]; });
    begin = lists;
  }
  EXPECT_TRUE(std::ranges::all_of(times, [](int count_of_row) { return count_of_row == 1; }));
  std::vector<std::uint32_t> slots(built.segment->slots_by_item().begin(),
                                   built.segment->slots_by_item().end());
  std::ranges::sort(slots);
  std::size_t count = 0;
  scan.scan_slots(slots, [&](float estimate, std::uint32_t row) {
    EXPECT_NEAR(estimate, by_row[row], 1e-6);
    ++count;
  });
  EXPECT_EQ(count, 600U);
}

TEST_F(SegmentTest, ManyListsAreRankedByCodesAsTheyAreByTheirCentroids) {
  const TestVectors vectors(24, 40'000, 1, 2000);
  const BuiltSegment built = build(vectors, 24);
  const Lists& lists = built.segment->lists();
  ASSERT_GE(lists.size(), 512U);
  ASSERT_FALSE(built.segment->list_codes().empty());
  const TestVectors queries(24, 50, 2, 2000, 0.9F);
  std::size_t found = 0;
  std::vector<float> rotated(built.segment->codec().axes());
  for (std::size_t q = 0; q < queries.size(); ++q) {
    built.segment->codec().rotate(kernels_, queries[q].data(), rotated.data());
    const float reach = 2 * built.segment->codec().spread(rotated.data());
    const auto exact = lists.rank(kernels_, queries[q].data(), reach, 64);
    SegmentScan scan(*built.segment, kernels_, codes_, queries[q].data());
    scan.rank(20);  // in two steps
    scan.rank(64);
    ASSERT_EQ(scan.ranked(), 64U);
    std::set<std::uint32_t> ranked;
    for (std::size_t rank = 0; rank < 64; ++rank) ranked.insert(scan.ranked_list(rank));
    EXPECT_EQ(ranked.size(), 64U) << "no list twice";
    for (const Lists::Ranked& one : exact) found += ranked.contains(one.list);
    scan.rank(lists.size());
    EXPECT_EQ(scan.ranked(), lists.size());
  }
  EXPECT_GE(found, queries.size() * 64 * 95 / 100);
}

TEST_F(SegmentTest, IsCalibratedForTheRecallThatWasMeasured) {
  const TestVectors vectors(32, 6000, 1);
  const BuiltSegment built = build(vectors, 32);
  EXPECT_GE(built.held.size(), 50U);
  const Calibration calibration = calibrate(*built.segment, kernels_, codes_, built.held, 2);
  EXPECT_GE(calibration.recall(), 0.98F);
  for (std::size_t level = 0; level < Calibration::kLevels; ++level) {
    const Calibration::Level& one = calibration.levels[level];
    EXPECT_GE(one.probes, 4U);
    EXPECT_GE(one.reads, 60U);
    if (level == 0) continue;
    EXPECT_GE(one.nearness, calibration.levels[level - 1].nearness);
    EXPECT_LE(one.probes, calibration.levels[level - 1].probes) << "queries that lie nearer need no more";
  }
  for (const Held& held : built.held) {
    EXPECT_EQ(held.nearest_rows.size(), 20U);
    EXPECT_TRUE(std::ranges::find(held.nearest_rows, held.itself) == held.nearest_rows.end());
  }
}

TEST_F(SegmentTest, EveryFlippedBitAndTruncationIsNoticed) {
  build(TestVectors(12, 300, 1), 12, kPackedBits);
  const std::string whole = content_of(file());
  const auto expect_malformed = [&](const std::string& bytes, std::size_t where) {
    std::ofstream(file(), std::ios::binary | std::ios::trunc) << bytes;
    const auto opened = Segment::open(file(), 12);
    const auto loaded = opened ? (*opened)->load() : Result<void>(opened.error());
    const auto verified = loaded ? (*opened)->verify_rows({}) : loaded;
    ASSERT_FALSE(verified) << where;
    EXPECT_EQ(verified.error().code, ErrorCode::kMalformed) << where << ": " << verified.error().describe();
    EXPECT_TRUE(!opened || (*opened)->is_damaged()) << where;
  };
  std::mt19937 random(3);
  for (std::size_t byte = 0; byte < whole.size();
       byte += byte < 260 ? 1 : 1 + random() % (whole.size() / 300)) {
    std::string damaged = whole;
    damaged[byte] = static_cast<char>(damaged[byte] ^ (1 << (random() % 8)));
    expect_malformed(damaged, byte);
  }
  for (std::size_t part = 0; part < 40; ++part)
    expect_malformed(whole.substr(0, part * whole.size() / 40), part);
  expect_malformed(whole.substr(0, whole.size() - 1), whole.size());
  expect_malformed(whole + "x", whole.size());
}

TEST_F(SegmentTest, OtherDimensionsAndAMissingFileAreRefused) {
  build(TestVectors(12, 100, 1), 12);
  EXPECT_EQ(Segment::open(file(), 13).error().code, ErrorCode::kMalformed);
  std::filesystem::remove(file());
  EXPECT_EQ(Segment::open(file(), 12).error().code, ErrorCode::kMalformed);
}

TEST_F(SegmentTest, AFailedReadLeavesNoFile) {
  SegmentPlan plan{.path = file(), .dimensions = 4, .threads = 1, .rows = {{1, 1, 0, 0}}};
  const auto built =
      build_segment(kernels_, std::move(plan),
                    [](const SourceRow&, float*) -> Result<std::uint64_t> { return internal("no", {}); });
  ASSERT_FALSE(built);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

// The bytes that docs/formats.md describes. Equal vectors leave nothing to the codec, so that every number is
// the same on every processor.
TEST_F(SegmentTest, TheBytesArePinned) {
  std::vector<float> vector(16);
  vector[0] = 1;
  SegmentPlan plan{.path = file(), .dimensions = 16, .threads = 1};
  plan.rows = {{30, 5, 0, 0}, {10, 9, 0, 0}, {std::int64_t{1} << 40, 5, 0, 0}};
  ASSERT_TRUE(
      build_segment(kernels_, std::move(plan), [&](const SourceRow&, float* into) -> Result<std::uint64_t> {
        std::ranges::copy(vector, into);
        return 0;
      }));
  const std::string bytes = content_of(file());
  EXPECT_EQ(bytes.substr(0, 8), "FITSEGMT");
  EXPECT_EQ(at<std::uint32_t>(bytes, 8), 2U) << "the format version";
  EXPECT_EQ(at<std::uint32_t>(bytes, 12), 16U) << "dimensions";
  EXPECT_EQ(at<std::uint32_t>(bytes, 16), 16U) << "bytes of a code";
  EXPECT_EQ(at<std::uint32_t>(bytes, 20), 8U) << "bytes of an image";
  EXPECT_EQ(at<std::uint32_t>(bytes, 24), 4U) << "bytes of an item";
  EXPECT_EQ(at<std::uint32_t>(bytes, 28), 32U) << "bits of a number";
  EXPECT_EQ(at<std::uint64_t>(bytes, 32), 3U) << "rows";
  EXPECT_EQ(at<std::uint64_t>(bytes, 40), 1U) << "blocks";
  EXPECT_EQ(at<std::uint64_t>(bytes, 48), 2U) << "items";
  const std::array<std::uint64_t, kSegmentSections> sizes = {3 * 64, 3 * 8, 3 * 4, 556, 164,
                                                             2 * 4,  4,     320,   64,  3 * 4};
  std::size_t total = kSegmentHeaderBytes;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    EXPECT_EQ(at<std::uint64_t>(bytes, 56 + 8 * i), sizes[i]) << "section " << i;
    total += sizes[i];
  }
  EXPECT_EQ(bytes.size(), total);
  std::size_t offset = kSegmentHeaderBytes;
  for (std::size_t row = 0; row < 3; ++row) EXPECT_EQ(at<float>(bytes, offset + row * 64), 1.0F);
  offset += 3 * 64;
  EXPECT_EQ(at<std::int64_t>(bytes, offset), 10) << "images ascend";
  EXPECT_EQ(at<std::int64_t>(bytes, offset + 8), 30);
  EXPECT_EQ(at<std::int64_t>(bytes, offset + 16), std::int64_t{1} << 40);
  offset += 3 * 8;
  EXPECT_EQ(at<std::uint32_t>(bytes, offset), 9U) << "the items of the images";
  EXPECT_EQ(at<std::uint32_t>(bytes, offset + 4), 5U);
  offset = total - 3 * 4;
  EXPECT_EQ(at<std::uint32_t>(bytes, offset), 1U) << "slots by item: item 5 first";
  EXPECT_EQ(at<std::uint32_t>(bytes, offset + 4), 2U);
  EXPECT_EQ(at<std::uint32_t>(bytes, offset + 8), 0U);
  EXPECT_EQ(at<std::uint32_t>(bytes, offset - 64 + 12), kNoRow) << "padding";
  EXPECT_EQ(at<std::uint64_t>(bytes, kSegmentHeaderBytes - 8),
            xxh3(as_bytes(std::string_view(bytes).substr(0, kSegmentHeaderBytes - 8))));
}

}  // namespace
}  // namespace fit::index
