// What the quantised kind does beyond the contract: segments on disk, merges, crashes and filters.
#include "index/quantised/quantised_index.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "base/temp_dir.h"
#include "index/factory/open_index.h"
#include "index/test_vectors.h"

namespace fit::index {
namespace {

constexpr int kWide = 32;

IndexOptions small_options(std::size_t delta_images) {
  return {
      .kind = IndexKind::kQuantised, .dimensions = kWide, .build_threads = 2, .delta_images = delta_images};
}

std::set<std::string> segment_files(const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const std::string name = file.path().filename().string();
    if (name.starts_with("segment-")) names.insert(name);
  }
  return names;
}

std::vector<domain::Neighbor> found_by(const VectorIndex& index, std::span<const float> query,
                                       const SearchOptions& options = {}) {
  auto found = index.search(query, options);
  EXPECT_TRUE(found) << found.error().describe();
  return found ? *found : std::vector<domain::Neighbor>{};
}

// The share of the exact index's answers that the other finds.
double recall_against(const VectorIndex& exact, const VectorIndex& index, const TestVectors& queries,
                      const SearchOptions& options = {}) {
  double total = 0;
  for (std::size_t q = 0; q < queries.size(); ++q) {
    const auto truth = found_by(exact, queries[q], options);
    const auto found = found_by(index, queries[q], options);
    EXPECT_EQ(found.size(), truth.size());
    total += recall(truth, found);
  }
  return total / static_cast<double>(queries.size());
}

TEST(QuantisedIndex, ManyBatchesBecomeFewSegmentsWithTheRecallThatTheyMeasured) {
  const TempDir folder;
  QuantisedIndex index(small_options(1000), folder.path());
  const auto exact = make_index({.kind = IndexKind::kExact, .dimensions = kWide});
  const TestVectors vectors(kWide, 20'000, 1);
  for (std::size_t i = 0; i < 20'000; i += 500) {
    ASSERT_TRUE(index.upsert(vectors.entries(i, i + 500)));
    ASSERT_TRUE(exact->upsert(vectors.entries(i, i + 500)));
  }
  const auto calibrations = index.calibrations();
  EXPECT_GE(calibrations.size(), 2U);
  EXPECT_LE(calibrations.size(), 7U) << "segments of like size are merged";
  for (const Calibration& calibration : calibrations) EXPECT_GE(calibration.recall(), 0.97F);
  EXPECT_EQ(segment_files(folder.path()).size(), calibrations.size()) << "merged ones were removed";
  EXPECT_EQ(index.stats().images, 20'000U);
  EXPECT_GE(recall_against(*exact, index, TestVectors(kWide, 100, 2)), 0.97);
}

TEST(QuantisedIndex, WideFiltersGoThroughTheListsAndNarrowOnesThroughTheirItems) {
  QuantisedIndex index(small_options(1000), {});
  const auto exact = make_index({.kind = IndexKind::kExact, .dimensions = kWide});
  const TestVectors vectors(kWide, 12'000, 1);
  const TestVectors queries(kWide, 30, 2);
  ASSERT_TRUE(index.upsert(vectors.entries(0, 12'000)));
  ASSERT_TRUE(exact->upsert(vectors.entries(0, 12'000)));
  for (const int every : {2, 10, 100, 1000}) {
    ItemSet filter;
    for (std::int64_t item = every; item <= 12'000; item += every) filter.insert({item});
    EXPECT_GE(recall_against(*exact, index, queries, {.filter = &filter}), 0.97) << "one in " << every;
    // Items that are not in the index make the filter too wide to be looked up item by item.
    for (std::int64_t item = 100'000; item < 160'000; ++item) filter.insert({item});
    EXPECT_GE(recall_against(*exact, index, queries, {.filter = &filter}), 0.95) << "wide, one in " << every;
  }
}

// Queries that lie far from all vectors, at a size where not every list is scanned.
TEST(QuantisedIndex, QueriesThatLieApartAreFoundAsWell) {
  QuantisedIndex index(small_options(20'000), {});
  const auto exact = make_index({.kind = IndexKind::kExact, .dimensions = kWide});
  const TestVectors vectors(kWide, 40'000, 1);
  ASSERT_TRUE(index.upsert(vectors.entries(0, 40'000)));
  ASSERT_TRUE(exact->upsert(vectors.entries(0, 40'000)));
  for (const float noise : {0.6F, 1.2F, 2.5F})
    EXPECT_GE(recall_against(*exact, index, TestVectors(kWide, 60, 2, 64, noise)), 0.97) << noise;
}

// The items of a filter lie together, near the query or far from it.
TEST(QuantisedIndex, FiltersThatAgreeWithTheVectorsFindWhatTheyAdmit) {
  QuantisedIndex index(small_options(20'000), {});
  const auto exact = make_index({.kind = IndexKind::kExact, .dimensions = kWide});
  const TestVectors vectors(kWide, 40'000, 1);
  const TestVectors queries(kWide, 30, 2);
  ASSERT_TRUE(index.upsert(vectors.entries(0, 40'000)));
  ASSERT_TRUE(exact->upsert(vectors.entries(0, 40'000)));
  const auto around = vectors[17];
  for (const float least : {0.2F, 0.4F, 0.6F}) {
    ItemSet filter;
    for (std::size_t i = 0; i < 40'000; ++i) {
      const auto vector = vectors[i];
      if (std::inner_product(around.begin(), around.end(), vector.begin(), 0.0F) >= least)
        filter.insert({static_cast<std::int64_t>(i + 1)});
    }
    ASSERT_GE(filter.size(), 100U);
    for (int round = 0; round < 2; ++round) {  // the second time with the bits of the first
      EXPECT_GE(recall_against(*exact, index, queries, {.filter = &filter}), 0.97) << least;
    }
    index.remove(std::vector<ImageId>{{18}});
    exact->remove(std::vector<ImageId>{{18}});
    EXPECT_GE(recall_against(*exact, index, queries, {.filter = &filter}), 0.97) << "without a dead row";
  }
}

TEST(QuantisedIndex, ThresholdsAnswerEveryItemAboveThem) {
  QuantisedIndex index(small_options(1000), {});
  const auto exact = make_index({.kind = IndexKind::kExact, .dimensions = kWide});
  const TestVectors vectors(kWide, 8000, 1);
  ASSERT_TRUE(index.upsert(vectors.entries(0, 8000)));
  ASSERT_TRUE(exact->upsert(vectors.entries(0, 8000)));
  const TestVectors queries(kWide, 10, 2);
  for (const float least : {0.0F, 0.5F, 0.7F, 0.9F}) {
    const SearchOptions options{.limit = 3000, .min_similarity = least};
    EXPECT_EQ(recall_against(*exact, index, queries, options), 1) << least;
  }
}

TEST(QuantisedIndex, SegmentsWithManyDeadRowsAreWrittenAnew) {
  const TempDir folder;
  QuantisedIndex index(small_options(500), folder.path());
  const TestVectors vectors(kWide, 1000, 1);
  ASSERT_TRUE(index.upsert(vectors.entries(0, 1000)));
  const auto before = segment_files(folder.path());
  ASSERT_EQ(before.size(), 1U);
  std::vector<ImageId> gone;
  for (std::int64_t image = 1; image <= 150; ++image) gone.push_back({image});
  index.remove(gone);
  EXPECT_EQ(index.stats().deleted, 150U);
  EXPECT_EQ(segment_files(folder.path()), before);
  index.remove(std::vector<ImageId>(60, {0}));
  gone.clear();
  for (std::int64_t image = 151; image <= 200; ++image) gone.push_back({image});
  index.remove(gone);
  EXPECT_EQ(index.stats().deleted, 0U);
  EXPECT_EQ(index.stats().images, 800U);
  const auto after = segment_files(folder.path());
  ASSERT_EQ(after.size(), 1U);
  EXPECT_NE(after, before);
  for (std::size_t i = 0; i < 1000; i += 37) {
    const auto found = found_by(index, vectors[i], {.limit = 1});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].image.value == static_cast<std::int64_t>(i + 1), i >= 200);
  }
}

TEST(QuantisedIndex, EqualImagesAndImagesOfManyDimensionsAreNoTrouble) {
  QuantisedIndex index(small_options(2000), {});
  std::vector<float> same(kWide);
  same[3] = 1;
  std::vector<Entry> entries;
  for (std::int64_t i = 1; i <= 20'000; ++i) entries.push_back({{i}, {i}, same});
  ASSERT_TRUE(index.upsert(entries));
  const auto found = found_by(index, same, {.limit = 50});
  ASSERT_EQ(found.size(), 50U);
  for (const auto& one : found) EXPECT_EQ(one.similarity, 1.0F);
  // Other vectors come later: the codec, which has seen no variance, is learned anew.
  const TestVectors vectors(kWide, 6000, 1);
  auto later = vectors.entries(0, 6000);
  for (Entry& entry : later) {
    entry.image.value += 100'000;
    entry.item.value += 100'000;
  }
  ASSERT_TRUE(index.upsert(later));
  const auto nearest = found_by(index, vectors[5], {.limit = 1});
  ASSERT_EQ(nearest.size(), 1U);
  EXPECT_EQ(nearest[0].image.value, 100'006);

  for (const int dimensions : {1, 16, 17, 100}) {
    IndexOptions options = small_options(200);
    options.dimensions = dimensions;
    QuantisedIndex other(options, {});
    const TestVectors few(dimensions, 300, 3);
    ASSERT_TRUE(other.upsert(few.entries(0, 300)));
    EXPECT_EQ(other.calibrations().size(), 1U);
    EXPECT_EQ(found_by(other, few[7], {.limit = 20}).size(), 20U);
  }
}

TEST(QuantisedIndex, ItemsOfManyImagesStillFillThePage) {
  QuantisedIndex index(small_options(1000), {});
  const TestVectors vectors(kWide, 9000, 1);
  // The nearest images of the query are all of one item.
  std::vector<std::size_t> order(9000);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto query = vectors[0];
  std::ranges::sort(order, std::greater{}, [&](std::size_t i) {
    return std::inner_product(query.begin(), query.end(), vectors[i].begin(), 0.0);
  });
  std::vector<Entry> entries;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const auto item = static_cast<std::int64_t>(rank < 3000 ? 1 : rank);
    entries.push_back({{static_cast<std::int64_t>(rank + 1)}, {item}, vectors[order[rank]]});
  }
  ASSERT_TRUE(index.upsert(entries));
  const auto found = found_by(index, query, {.limit = 20});
  ASSERT_EQ(found.size(), 20U);
  EXPECT_EQ(found[0].item.value, 1);
  EXPECT_EQ(found[1].item.value, 3000);
}

TEST(QuantisedIndex, LeftoversOfCrashesAreIgnoredAndRemovedByACheckpoint) {
  const TempDir folder;
  const TestVectors vectors(kWide, 1500, 1);
  {
    QuantisedIndex index(small_options(400), folder.path());
    ASSERT_TRUE(index.upsert(vectors.entries(0, 500)));
    ASSERT_TRUE(index.checkpoint(1, "v"));
  }
  std::ofstream(folder.path() / "segment-00000000000000aa.tmp") << "half";
  std::ofstream(folder.path() / "segment-00000000000000bb") << "not named by the manifest";
  std::ofstream(folder.path() / "vectors.fitindex.tmp") << "half";
  const auto opened = open_index(folder.path(), small_options(400));
  ASSERT_TRUE(opened) << opened.error().describe();
  EXPECT_EQ(opened->index->stats().images, 500U);
  EXPECT_EQ(segment_files(folder.path()).size(), 3U);
  ASSERT_TRUE(opened->index->upsert(vectors.entries(500, 1000)));
  ASSERT_TRUE(opened->index->checkpoint(2, "v"));
  EXPECT_EQ(segment_files(folder.path()).size(), 2U);
}

TEST(QuantisedIndex, DamageOfASegmentIsNoticedWhenItIsOpened) {
  const TempDir folder;
  const TestVectors vectors(kWide, 500, 1);
  {
    QuantisedIndex index(small_options(400), folder.path());
    ASSERT_TRUE(index.upsert(vectors.entries(0, 500)));
    ASSERT_TRUE(index.checkpoint(1, "v"));
  }
  const auto name = folder.path() / *segment_files(folder.path()).begin();
  const auto expect_malformed = [&] {
    const auto opened = open_index(folder.path(), small_options(400));
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::kMalformed) << opened.error().describe();
  };
  std::filesystem::copy_file(name, folder.path() / "kept");
  {
    std::fstream file(name, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(5000);
    file.put('x');
  }
  expect_malformed();
  std::filesystem::remove(name);
  expect_malformed();
  // Another whole segment in its place.
  const TempDir other;
  {
    QuantisedIndex index(small_options(400), other.path());
    ASSERT_TRUE(index.upsert(TestVectors(kWide, 500, 9).entries(0, 500)));
    std::filesystem::copy_file(other.path() / *segment_files(other.path()).begin(), name);
  }
  expect_malformed();
  std::filesystem::remove(name);
  std::filesystem::rename(folder.path() / "kept", name);
  EXPECT_TRUE(open_index(folder.path(), small_options(400)));
}

TEST(QuantisedIndex, TwoIndexesOnOneFolderDoNotOverwriteEachOther) {
  const TempDir folder;
  const TestVectors vectors(kWide, 2000, 1);
  QuantisedIndex first(small_options(400), folder.path());
  ASSERT_TRUE(first.upsert(vectors.entries(0, 500)));
  ASSERT_TRUE(first.checkpoint(1, "v"));
  const auto second = open_index(folder.path(), small_options(400));
  ASSERT_TRUE(second);
  ASSERT_TRUE(second->index->upsert(vectors.entries(500, 1000)));
  ASSERT_TRUE(first.upsert(vectors.entries(1000, 1500)));
  ASSERT_TRUE(second->index->checkpoint(2, "v"));
  EXPECT_EQ(first.checkpoint(3, "v").error().code, ErrorCode::kConflict);
  EXPECT_EQ(found_by(first, vectors[1200], {.limit = 1})[0].image.value, 1201) << "it still searches";
  const auto third = open_index(folder.path(), small_options(400));
  ASSERT_TRUE(third) << third.error().describe();
  EXPECT_EQ(third->position, 2);
  EXPECT_EQ(third->index->stats().images, 1000U);
}

TEST(QuantisedIndex, ACopyOutlivesTheIndexItWasSavedFrom) {
  const TempDir folder;
  const TempDir copy;
  const TestVectors vectors(kWide, 900, 1);
  {
    QuantisedIndex index(small_options(400), folder.path());
    ASSERT_TRUE(index.upsert(vectors.entries(0, 800)));
    ASSERT_TRUE(index.upsert(vectors.entries(800, 900)));
    ASSERT_TRUE(index.save(copy.path(), 4, "v"));
  }
  EXPECT_TRUE(segment_files(folder.path()).empty()) << "no checkpoint names the segment";
  const auto opened = open_index(copy.path(), small_options(400));
  ASSERT_TRUE(opened) << opened.error().describe();
  EXPECT_EQ(opened->index->stats().images, 900U);
  EXPECT_EQ(found_by(*opened->index, vectors[77], {.limit = 1})[0].image.value, 78);
}

// A child process updates and checkpoints until it is killed. Whatever the moment, the folder then holds the
// last checkpoint, or the one that was being written.
TEST(QuantisedIndex, AKilledProcessLeavesAWholeCheckpoint) {
  const TempDir folder;
  const TestVectors vectors(kWide, 3000, 1);
  std::mt19937 random(5);
  std::int64_t last = 0;
  for (int round = 0; round < 12; ++round) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      IndexOptions options = small_options(150);
      options.build_threads = 1;
      auto opened = open_index(folder.path(), options);
      std::unique_ptr<VectorIndex> index =
          opened ? std::move(opened->index) : make_index(options, folder.path());
      for (std::int64_t position = opened ? opened->position : 0;;) {
        const auto begin = static_cast<std::size_t>(position % 58) * 50;
        if (!index->upsert(vectors.entries(begin, begin + 50))) ::_exit(2);
        if (!index->checkpoint(++position, "v")) ::_exit(3);
      }
    }
    ::usleep(20'000 + random() % 200'000);
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child failed: " << WEXITSTATUS(status);
    const auto opened = open_index(folder.path(), small_options(150));
    if (!opened) {
      ASSERT_EQ(opened.error().code, ErrorCode::kNotFound) << opened.error().describe();
      ASSERT_EQ(last, 0);
      continue;
    }
    EXPECT_GE(opened->position, last);
    last = opened->position;
    EXPECT_EQ(opened->index->stats().images, std::min<std::size_t>(58, static_cast<std::size_t>(last)) * 50);
    for (std::int64_t position = std::max<std::int64_t>(0, last - 58); position < last; position += 7) {
      const auto vector = static_cast<std::size_t>(position % 58) * 50 + 3;
      EXPECT_EQ(found_by(*opened->index, vectors[vector], {.limit = 1})[0].image.value,
                static_cast<std::int64_t>(vector) + 1);
    }
  }
  EXPECT_GT(last, 0);
}

}  // namespace
}  // namespace fit::index
