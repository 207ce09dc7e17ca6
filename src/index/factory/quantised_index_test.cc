// What the quantised kind does beyond the contract: segments on disk, merges and filters.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <set>
#include <thread>

#include "base/temp_dir.h"
#include "index/factory/open_index.h"
#include "index/factory/quantised_test.h"

namespace fit::index {
namespace {

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
  index.settle();
  const auto calibrations = index.calibrations();
  EXPECT_GE(calibrations.size(), 2U);
  EXPECT_LE(calibrations.size(), 7U) << "segments of like size are merged";
  for (const Calibration& calibration : calibrations) EXPECT_GE(calibration.recall(), 0.97F);
  EXPECT_EQ(segment_files(folder.path()).size(), calibrations.size()) << "merged ones were removed";
  EXPECT_EQ(index.stats().images, 20'000U);
  EXPECT_GE(recall_against(*exact, index, TestVectors(kWide, 100, 2)), 0.97);
}

// Merged several times, each number is rounded as often.
TEST(QuantisedIndex, PackedVectorsAreFoundAndAnUnchangedOneCostsNothing) {
  const TempDir folder;
  IndexOptions options = small_options(500);
  options.packed_from = 0;
  QuantisedIndex index(options, folder.path());
  const auto exact = make_index({.kind = IndexKind::kExact, .dimensions = kWide});
  const TestVectors vectors(kWide, 10'000, 1);
  for (std::size_t i = 0; i < 10'000; i += 500) {
    ASSERT_TRUE(index.upsert(vectors.entries(i, i + 500)));
    index.settle();
  }
  ASSERT_TRUE(exact->upsert(vectors.entries(0, 10'000)));
  const TestVectors queries(kWide, 50, 2);
  EXPECT_GE(recall_against(*exact, index, queries), 0.97);
  for (std::size_t q = 0; q < queries.size(); ++q) {
    const auto truth = found_by(*exact, queries[q], {.limit = 1});
    EXPECT_NEAR(found_by(index, queries[q], {.limit = 1})[0].similarity, truth[0].similarity, 5e-4);
  }
  const auto before = index.stats();
  std::vector<ItemId> items;
  for (std::int64_t item = 1; item <= 400; ++item) items.push_back({item});
  ASSERT_TRUE(index.replace_items(items, vectors.entries(0, 400)));
  EXPECT_EQ(index.stats().deleted, before.deleted) << "all are there unchanged";
  std::vector<float> other(vectors[9000].begin(), vectors[9000].end());
  ASSERT_TRUE(index.replace_items(std::vector<ItemId>{{7}}, std::vector<Entry>{{{7}, {7}, other}}));
  EXPECT_EQ(index.stats().deleted, before.deleted + 1);
  EXPECT_NEAR(found_by(index, other, {.limit = 2})[1].similarity, 1, 5e-4);
}

TEST(QuantisedIndex, WideFiltersGoThroughTheListsAndNarrowOnesThroughTheirItems) {
  QuantisedIndex index(small_options(1000), {});
  const auto exact = make_index({.kind = IndexKind::kExact, .dimensions = kWide});
  const TestVectors vectors(kWide, 12'000, 1);
  const TestVectors queries(kWide, 30, 2);
  ASSERT_TRUE(index.upsert(vectors.entries(0, 12'000)));
  index.settle();
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
  index.settle();
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
  index.settle();
  const auto before = segment_files(folder.path());
  ASSERT_EQ(before.size(), 1U);
  std::vector<ImageId> gone;
  for (std::int64_t image = 1; image <= 150; ++image) gone.push_back({image});
  index.remove(gone);
  index.settle();
  EXPECT_EQ(index.stats().deleted, 150U);
  EXPECT_EQ(segment_files(folder.path()), before);
  index.remove(std::vector<ImageId>(60, {0}));
  gone.clear();
  for (std::int64_t image = 151; image <= 200; ++image) gone.push_back({image});
  index.remove(gone);
  index.settle();
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
  index.settle();
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
  index.settle();
  const auto nearest = found_by(index, vectors[5], {.limit = 1});
  ASSERT_EQ(nearest.size(), 1U);
  EXPECT_EQ(nearest[0].image.value, 100'006);

  for (const int dimensions : {1, 16, 17, 100}) {
    IndexOptions options = small_options(200);
    options.dimensions = dimensions;
    QuantisedIndex other(options, {});
    const TestVectors few(dimensions, 300, 3);
    ASSERT_TRUE(other.upsert(few.entries(0, 300)));
    other.settle();
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
  index.settle();
  const auto found = found_by(index, query, {.limit = 20});
  ASSERT_EQ(found.size(), 20U);
  EXPECT_EQ(found[0].item.value, 1);
  EXPECT_EQ(found[1].item.value, 3000);
}

// Every update is found at once, whatever the threads of the index are doing.
TEST(QuantisedIndex, UpdatesAreFoundAtOnceWhileSegmentsAreWrittenAndMerged) {
  const TempDir folder;
  QuantisedIndex index(small_options(500), folder.path());
  const TestVectors vectors(kWide, 12'000, 1);
  std::atomic<bool> is_done = false;
  std::atomic<std::size_t> searches = 0;
  std::atomic<std::size_t> wrong = 0;
  const auto is_first = [&](std::size_t i) {
    const auto found = index.search(vectors[i], {.limit = 1, .effort = 1000});  // thoroughly
    return found && found->size() == 1 && found->front().image.value == static_cast<std::int64_t>(i + 1);
  };
  ASSERT_TRUE(index.upsert(vectors.entries(0, 100)));
  std::thread searcher([&] {
    for (std::size_t i = 0; !is_done; i = (i + 7) % 100, ++searches) wrong += is_first(i) ? 0 : 1;
  });
  std::set<std::size_t> dead;
  std::size_t checkpoints = 0;
  for (std::size_t begin = 100; begin < 12'000; begin += 100) {
    ASSERT_TRUE(index.upsert(vectors.entries(begin, begin + 100)));
    EXPECT_TRUE(is_first(begin + begin / 100 % 100)) << begin;
    // Some of every age die, and one comes again.
    for (const std::size_t factor : {1, 7, 13}) {
      const std::size_t one = 100 + (begin * factor * 31 + begin / 3) % begin;
      if (!dead.insert(one).second) continue;
      index.remove(std::vector{ImageId{static_cast<std::int64_t>(one + 1)}});
      EXPECT_FALSE(is_first(one)) << begin;
    }
    if (dead.size() > 20) {
      const std::size_t again = *dead.begin();
      dead.erase(dead.begin());
      ASSERT_TRUE(index.upsert(vectors.entries(again, again + 1)));
      EXPECT_TRUE(is_first(again)) << begin;
    }
    EXPECT_EQ(index.stats().images, begin + 100 - dead.size());
    if (begin % 1500 == 100) {
      ASSERT_TRUE(index.checkpoint(static_cast<std::int64_t>(++checkpoints), "v"));
    }
  }
  is_done = true;
  searcher.join();
  EXPECT_EQ(wrong, 0U);
  EXPECT_GT(searches, 0U);
  index.settle();
  EXPECT_EQ(index.stats().images, 12'000 - dead.size());
  for (std::size_t i = 0; i < 12'000; i += 11) EXPECT_EQ(is_first(i), !dead.contains(i)) << i;
  ASSERT_TRUE(index.checkpoint(100, "v"));
  EXPECT_EQ(segment_files(folder.path()).size(), index.calibrations().size());
}

TEST(QuantisedIndex, ACopyOutlivesTheIndexItWasSavedFrom) {
  const TempDir folder;
  const TempDir copy;
  const TestVectors vectors(kWide, 900, 1);
  {
    QuantisedIndex index(small_options(400), folder.path());
    ASSERT_TRUE(index.upsert(vectors.entries(0, 800)));
    index.settle();
    ASSERT_TRUE(index.upsert(vectors.entries(800, 900)));
    ASSERT_TRUE(index.save(copy.path(), 4, "v"));
  }
  EXPECT_TRUE(segment_files(folder.path()).empty()) << "no checkpoint names the segment";
  const auto opened = open_index(copy.path(), small_options(400));
  ASSERT_TRUE(opened) << opened.error().describe();
  EXPECT_EQ(opened->index->stats().images, 900U);
  EXPECT_EQ(found_by(*opened->index, vectors[77], {.limit = 1})[0].image.value, 78);
}

}  // namespace
}  // namespace fit::index
