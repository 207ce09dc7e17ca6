// Tests of the HNSW index beyond the index contract: recall, cases that are hard for graphs, and updates that
// run beside searches.

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "base/temp_dir.h"
#include "index/exact_index.h"
#include "index/graph/graph.h"
#include "index/graph/hnsw_index.h"
#include "index/test_vectors.h"

namespace fit::index {
namespace {

std::unique_ptr<HnswIndex> make_hnsw(const IndexOptions& options) {
  return std::make_unique<HnswIndex>(options);
}

double mean_recall(const VectorIndex& truth, const VectorIndex& index, const TestVectors& queries,
                   const SearchOptions& options) {
  double found = 0;
  double wanted = 0;
  for (std::size_t q = 0; q < queries.size(); ++q) {
    const auto right = *truth.search(queries[q], options);
    const auto got = *index.search(queries[q], options);
    EXPECT_EQ(got.size(), right.size());
    // An item with a vector equal to a true neighbour's counts as found.
    for (std::size_t i = 0; i < got.size(); ++i)
      found += got[i].similarity >= right.back().similarity - 1e-6F;
    wanted += static_cast<double>(right.size());
  }
  return found / wanted;
}

TEST(HnswIndex, FindsTheNearestOfManyAtTheDefaultEffort) {
  constexpr int kDimensions = 48;
  const TestVectors vectors(kDimensions, 12'000, 1, 500);
  const TestVectors queries(kDimensions, 100, 2, 500);
  const auto index = make_hnsw({.dimensions = kDimensions});
  const auto exact = std::make_unique<ExactIndex>(kDimensions);
  ASSERT_TRUE(index->upsert(vectors.entries(0, vectors.size())));
  ASSERT_TRUE(exact->upsert(vectors.entries(0, vectors.size())));
  EXPECT_GE(mean_recall(*exact, *index, queries, {}), 0.97);
  const double narrow = mean_recall(*exact, *index, queries, {.effort = 20});
  const double wide = mean_recall(*exact, *index, queries, {.effort = 400});
  EXPECT_GE(wide, narrow);
  EXPECT_GE(wide, 0.99);
}

TEST(HnswIndex, FindsNeighborsOfOutlyingQueriesAtTheDefaultEffort) {
  constexpr int kDimensions = 48;
  const TestVectors vectors(kDimensions, 20'000, 11, 50);
  const TestVectors alike(kDimensions, 60, 12, 50);
  const TestVectors unlike(kDimensions, 60, 13, 50, 1.5F);
  const auto index = make_hnsw({.dimensions = kDimensions});
  const auto exact = std::make_unique<ExactIndex>(kDimensions);
  ASSERT_TRUE(index->upsert(vectors.entries(0, vectors.size())));
  ASSERT_TRUE(exact->upsert(vectors.entries(0, vectors.size())));
  ItemSet filter;
  for (std::int64_t item = 1; item <= 20'000; item += 6) filter.insert({item});
  for (const std::size_t limit : {1, 5, 20, 100}) {
    EXPECT_GE(mean_recall(*exact, *index, alike, {.limit = limit}), 0.97) << limit;
    EXPECT_GE(mean_recall(*exact, *index, unlike, {.limit = limit}), 0.95) << limit;
    EXPECT_GE(mean_recall(*exact, *index, unlike, {.limit = limit, .filter = &filter}), 0.95) << limit;
  }
  // With the paper's stopping rule these queries need a far greater width.
  EXPECT_GE(mean_recall(*exact, *index, alike, {.effort = 20}), 0.92);
  EXPECT_LT(mean_recall(*exact, *index, unlike, {.effort = 20}), 0.88);
}

TEST(HnswIndex, FindsItemsOfManyImagesAtTheDefaultEffort) {
  constexpr int kDimensions = 48;
  const TestVectors vectors(kDimensions, 12'000, 14, 500);
  const TestVectors queries(kDimensions, 60, 15, 500);
  const auto index = make_hnsw({.dimensions = kDimensions});
  const auto exact = std::make_unique<ExactIndex>(kDimensions);
  ASSERT_TRUE(index->upsert(vectors.entries(0, vectors.size(), 4)));
  ASSERT_TRUE(exact->upsert(vectors.entries(0, vectors.size(), 4)));
  EXPECT_GE(mean_recall(*exact, *index, queries, {}), 0.97);
}

TEST(HnswIndex, GroupsOfEqualVectorsAreFound) {
  constexpr int kDimensions = 32;
  constexpr std::size_t kGroups = 50;
  constexpr std::size_t kEach = 100;
  const TestVectors distinct(kDimensions, kGroups, 3, 400);
  const TestVectors queries(kDimensions, 60, 4, 400);
  for (const bool mixed : {false, true}) {
    std::vector<Entry> entries;
    for (std::size_t i = 0; i < kGroups * kEach; ++i) {
      const auto id = static_cast<std::int64_t>(i + 1);
      entries.push_back({{id}, {id}, distinct[mixed ? i % kGroups : i / kEach]});
    }
    const auto index = make_hnsw({.dimensions = kDimensions});
    const auto exact = std::make_unique<ExactIndex>(kDimensions);
    ASSERT_TRUE(index->upsert(entries));
    ASSERT_TRUE(exact->upsert(entries));
    EXPECT_GE(mean_recall(*exact, *index, queries, {}), 0.98);
    ItemSet filter;
    for (std::int64_t item = 1; item <= 5000; item += 3) filter.insert({item});
    EXPECT_GE(mean_recall(*exact, *index, queries, {.filter = &filter}), 0.98);
    // The hosts of the groups are removed, and the rest is compacted.
    std::vector<ImageId> gone;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (i % 5 < 2 || i < 100) gone.push_back(entries[i].image);
    }
    index->remove(gone);
    exact->remove(gone);
    EXPECT_LT(index->stats().deleted, 256U);
    EXPECT_GE(mean_recall(*exact, *index, queries, {}), 0.98);
    EXPECT_GE(mean_recall(*exact, *index, queries, {.limit = 150}), 0.98);
  }
}

TEST(HnswIndex, RealVectorsAreFound) {
  std::filesystem::path path = FIT_SOURCE_DIR;
  path = path.parent_path() / "shared/data/products/clip_vit_b32.f32";
  std::ifstream file(path, std::ios::binary);
  if (!file) GTEST_SKIP() << path << " is not there";
  std::vector<float> numbers(std::filesystem::file_size(path) / sizeof(float));
  file.read(reinterpret_cast<char*>(numbers.data()),
            static_cast<std::streamsize>(numbers.size() * sizeof(float)));
  const auto index = make_hnsw({.dimensions = 512});
  const auto exact = std::make_unique<ExactIndex>(512);
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < numbers.size() / 512; ++i) {
    const std::span<float> vector(numbers.data() + 512 * i, 512);
    double sum = 0;
    for (const float x : vector) sum += double{x} * x;
    for (float& x : vector) x /= static_cast<float>(std::sqrt(sum));
    const auto id = static_cast<std::int64_t>(i + 1);
    entries.push_back({{id}, {id}, vector});
  }
  ASSERT_TRUE(index->upsert(entries));
  ASSERT_TRUE(exact->upsert(entries));
  double total = 0;
  for (const Entry& entry : entries) {
    total += recall(*exact->search(entry.vector, {}), *index->search(entry.vector, {.effort = 24}));
  }
  EXPECT_GE(total / static_cast<double>(entries.size()), 0.97);
}

TEST(HnswIndex, RecallSurvivesChurn) {
  constexpr int kDimensions = 24;
  const TestVectors vectors(kDimensions, 20'000, 5, 200);
  const TestVectors queries(kDimensions, 60, 6, 200);
  const auto index = make_hnsw({.dimensions = kDimensions, .m = 12, .ef_construction = 100});
  const auto exact = std::make_unique<ExactIndex>(kDimensions);
  for (std::size_t round = 0; round < 8; ++round) {  // each round replaces half of 4,000 live images
    const auto batch = vectors.entries(2000 * round, 2000 * round + 4000);
    ASSERT_TRUE(index->upsert(batch));
    ASSERT_TRUE(exact->upsert(batch));
    std::vector<ImageId> gone;
    for (std::size_t i = 2000 * round; i < 2000 * round + 2000; ++i)
      gone.push_back({static_cast<std::int64_t>(i + 1)});
    index->remove(gone);
    exact->remove(gone);
    EXPECT_GE(mean_recall(*exact, *index, queries, {.effort = 60}), 0.95) << "round " << round;
  }
}

TEST(HnswIndex, SearchesUpdatesAndSavesRunTogether) {
  constexpr int kDimensions = 16;
  constexpr std::size_t kSteady = 600;
  const TestVectors vectors(kDimensions, 4000, 7);
  const TempDir folder;
  const auto index = make_hnsw(
      {.dimensions = kDimensions, .capacity = 1, .m = 6, .ef_construction = 40, .build_threads = 2});
  ASSERT_TRUE(index->upsert(vectors.entries(0, kSteady)));  // never removed: every search must find them
  std::atomic<bool> done{false};
  std::atomic<int> searches{0};
  std::vector<std::jthread> threads;
  ItemSet steady;
  for (std::size_t i = 0; i < kSteady; ++i) steady.insert({static_cast<std::int64_t>(i + 1)});
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(static_cast<unsigned>(t));
      while (!done || searches < 300) {
        const std::size_t i = random() % kSteady;
        const auto found =
            index->search(vectors[i], {.limit = 10, .filter = random() % 2 ? &steady : nullptr});
        ASSERT_TRUE(found);
        ASSERT_EQ(found->size(), 10U);
        EXPECT_GT((*found)[0].similarity, 0.5F);
        ++searches;
      }
    });
  }
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&, t] {
      const std::size_t begin = kSteady + 1700 * static_cast<std::size_t>(t);
      for (std::size_t at = begin; at + 170 <= begin + 1700; at += 170) {
        ASSERT_TRUE(index->upsert(vectors.entries(at, at + 170)));
        std::vector<ImageId> gone;
        for (std::size_t i = at; i < at + 120; ++i) gone.push_back({static_cast<std::int64_t>(i + 1)});
        index->remove(gone);
        EXPECT_TRUE(index->stats().images >= kSteady);
      }
    });
  }
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(index->save(folder.path(), i, "v"));
  for (std::size_t t = 3; t < threads.size(); ++t) threads[t].join();
  done = true;
  for (std::size_t t = 0; t < 3; ++t) threads[t].join();
  EXPECT_EQ(index->stats().images, kSteady + 2 * 10 * 50);
  std::size_t missed = 0;
  for (std::size_t i = 0; i < kSteady; ++i) {
    const auto all = index->search(vectors[i], {.limit = 5, .filter = &steady});
    ASSERT_EQ(all->size(), 5U);
    if ((*all)[0].image.value != static_cast<std::int64_t>(i + 1)) ++missed;
  }
  EXPECT_LE(missed, kSteady / 100) << "a graph of 6 neighbours does not reach quite every vector";
}

TEST(Graph, EachLevelHoldsAnMthOfTheLevelBelow) {
  const Graph graph({.dimensions = 4, .m = 16, .ef_construction = 10}, best_kernels());
  std::array<int, 8> at_least{};
  for (std::int64_t image = 1; image <= 100'000; ++image) {
    for (int level = 0; level <= std::min(7, graph.level_of({image})); ++level)
      ++at_least[static_cast<std::size_t>(level)];
  }
  EXPECT_EQ(at_least[0], 100'000);
  EXPECT_NEAR(at_least[1], 100'000 / 16, 400);
  EXPECT_NEAR(at_least[2], 100'000 / 256, 100);
}

// A tenth of the slots match the filter: the copies of vectors, which are satellites of nodes that do not.
TEST(Graph, TwoHopsFindMatchingSatellites) {
  constexpr Slot kNodes = 2000;
  constexpr Slot kCopies = 220;
  const TestVectors vectors(16, kNodes, 9);
  Graph graph({.dimensions = 16, .m = 8, .ef_construction = 40}, best_kernels());
  SlotTable table;
  graph.reserve(kNodes + kCopies);
  graph.begin_links(kNodes + kCopies);
  ItemSet filter;
  for (Slot i = 0; i < kNodes + kCopies; ++i) {
    table.publish(table.append({i + 1}, {i + 1}));
    if (i >= kNodes) filter.insert({i + 1});
    graph.link(i, vectors[i < kNodes ? i : (i - kNodes) * 9].data(), graph.level_of({i + 1}));
  }
  graph.end_links();
  std::size_t found = 0;
  for (Slot copy = 0; copy < kCopies; ++copy) {
    const auto result = graph.search({.vector = vectors[std::size_t{copy} * 9].data(),
                                      .width = 20,
                                      .filter = &filter,
                                      .two_hops = true,
                                      .reach = 1.05F},
                                     table);
    for (const auto& hit : result.hits) EXPECT_TRUE(table.matches(hit.node, &filter));
    EXPECT_GE(result.hits.size(), 20U);
    found += std::ranges::contains(result.hits, kNodes + copy, &Graph::Hit::node) ? 1 : 0;
  }
  EXPECT_GE(found, kCopies * 98 / 100);
}

TEST(Graph, GivesUpWithinItsBudget) {
  const TestVectors vectors(16, 2000, 8);
  Graph graph({.dimensions = 16, .m = 8, .ef_construction = 40}, best_kernels());
  SlotTable table;
  graph.reserve(2000);
  graph.begin_links(2000);
  for (Slot i = 0; i < 2000; ++i) {
    table.publish(table.append({i + 1}, {i + 1}));
    graph.link(i, vectors[i].data(), graph.level_of({i + 1}));
  }
  graph.end_links();
  const auto free = graph.search({.vector = vectors[0].data(), .width = 1000}, table);
  EXPECT_FALSE(free.gave_up);
  EXPECT_GE(free.hits.size(), 990U);
  const auto bound = graph.search({.vector = vectors[0].data(), .width = 1000, .max_distances = 200}, table);
  EXPECT_TRUE(bound.gave_up);
  EXPECT_LT(bound.distances, 260U);

  // An unlimited reach visits every node, until the search has computed reach_distances.
  const auto all = graph.search({.vector = vectors[0].data(), .width = 5, .reach = 100}, table);
  EXPECT_EQ(all.hits.size(), 5U);
  EXPECT_GE(all.distances, 1990U);
  const auto far =
      graph.search({.vector = vectors[0].data(), .width = 5, .reach = 100, .reach_distances = 200}, table);
  EXPECT_FALSE(far.gave_up);
  EXPECT_EQ(far.hits.size(), 5U);
  EXPECT_LT(far.distances, 400U);
}

}  // namespace
}  // namespace fit::index
