// The contract of VectorIndex, tested on every kind of index.

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/temp_dir.h"
#include "index/factory/open_index.h"
#include "index/quantised/quantised_index.h"
#include "index/test_vectors.h"

namespace fit::index {
namespace {

struct Kind {
  std::string name;
  IndexKind kind = IndexKind::kExact;
  double least_recall;
  std::size_t delta_images = 20'000;  // of the quantised kind
  std::size_t packed_from = 250'000;  // of the quantised kind

  // Whether dead vectors may leave the memory, and all vectors go to the disk, with an update.
  bool flushes() const { return delta_images < 1000; }

  // How far similarities may be from the exact ones: in a packed vector of 20 dimensions each number is off
  // by up to 2e-4.
  float error() const { return packed_from == 0 ? 5e-4F : 1e-5F; }
};

void PrintTo(const Kind& kind, std::ostream* out) {
  *out << kind.name;
}

class VectorIndexContract : public testing::TestWithParam<Kind> {
 protected:
  static constexpr int kDimensions = 20;

  static IndexOptions options(int dimensions = kDimensions) {
    return {.kind = GetParam().kind,
            .dimensions = dimensions,
            .capacity = 4,
            .m = 8,
            .ef_construction = 60,
            .build_threads = 2,
            .delta_images = GetParam().delta_images,
            .packed_from = GetParam().packed_from};
  }
  static std::unique_ptr<VectorIndex> make(int dimensions = kDimensions) {
    return make_index(options(dimensions));
  }

  static std::vector<domain::Neighbor> find(const VectorIndex& index, std::span<const float> query,
                                            SearchOptions options) {
    auto found = index.search(query, options);
    EXPECT_TRUE(found) << found.error().describe();
    return found ? *found : std::vector<domain::Neighbor>{};
  }
};

// A reference implementation that compares the query with every vector in a plain loop.
class Plain {
 public:
  void put(const Entry& entry) {
    images_[entry.image] = {entry.item, {entry.vector.begin(), entry.vector.end()}};
  }
  void remove(ImageId image) { images_.erase(image); }

  std::vector<domain::Neighbor> search(std::span<const float> query, const SearchOptions& options) const {
    std::map<ItemId, domain::Neighbor> best;
    for (const auto& [image, held] : images_) {
      if (options.filter && !options.filter->contains(held.first)) continue;
      double sum = 0;
      for (std::size_t i = 0; i < query.size(); ++i) sum += double{query[i]} * held.second[i];
      const auto similarity = static_cast<float>(sum);
      const auto [entry, fresh] =
          best.try_emplace(held.first, domain::Neighbor{held.first, image, similarity});
      if (!fresh && similarity > entry->second.similarity) entry->second = {held.first, image, similarity};
    }
    std::vector<domain::Neighbor> all;
    for (const auto& [item, neighbor] : best) {
      if (neighbor.similarity >= options.min_similarity) all.push_back(neighbor);
    }
    std::ranges::stable_sort(all, std::greater{}, &domain::Neighbor::similarity);
    if (all.size() > options.limit) all.resize(options.limit);
    return all;
  }

 private:
  std::map<ImageId, std::pair<ItemId, std::vector<float>>> images_;
};

void expect_ordered_and_distinct(const std::vector<domain::Neighbor>& found) {
  std::set<ItemId> items;
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_TRUE(items.insert(found[i].item).second) << "item " << found[i].item.value << " twice";
    if (i == 0) continue;
    EXPECT_GE(found[i - 1].similarity, found[i].similarity);
    if (found[i - 1].similarity == found[i].similarity) {
      EXPECT_LT(found[i - 1].item, found[i].item);
    }
  }
}

TEST_P(VectorIndexContract, AnEmptyIndexFindsNothing) {
  const auto index = make();
  const TestVectors vectors(kDimensions, 1, 1);
  EXPECT_TRUE(find(*index, vectors[0], {}).empty());
  const ItemSet none;
  EXPECT_TRUE(find(*index, vectors[0], {.filter = &none}).empty());
  EXPECT_EQ(index->stats().images, 0U);
  EXPECT_EQ(index->dimensions(), kDimensions);
  index->remove(std::vector<ImageId>{{1}, {2}});
  EXPECT_TRUE(index->upsert({}));
}

TEST_P(VectorIndexContract, ReturnsItsVectorsByItem) {
  const auto index = make();
  const TestVectors vectors(kDimensions, 9, 21);
  ASSERT_TRUE(index->upsert(vectors.entries(0, 9, 3)));
  index->remove(std::vector<ImageId>{{5}});
  const auto found = index->vectors_of(std::vector<ItemId>{{2}, {99}, {1}, {-1}, {0}});
  std::vector<std::pair<std::int64_t, std::set<std::int64_t>>>
      shown;  // images by item, in the order of items
  for (const domain::ImageVector& one : found) {
    if (shown.empty() || shown.back().first != one.item.value) shown.push_back({one.item.value, {}});
    shown.back().second.insert(one.image.value);
    EXPECT_TRUE(std::ranges::equal(one.values, vectors[static_cast<std::size_t>(one.image.value - 1)]));
  }
  EXPECT_EQ(shown, (decltype(shown){{2, {4, 6}}, {1, {1, 2, 3}}}));
  EXPECT_TRUE(index->vectors_of({}).empty());
}

TEST(ItemSet, IsMadeOfWholeWords) {
  std::vector<std::uint64_t> words(3);
  words[0] = ~std::uint64_t{0};  // there is no item 0
  words[1] = 0b101;
  ItemSet set = ItemSet::of_words(std::move(words));
  EXPECT_EQ(set.size(), 65U);
  EXPECT_FALSE(set.contains({0}));
  EXPECT_TRUE(set.contains({1}));
  EXPECT_TRUE(set.contains({64}));
  EXPECT_FALSE(set.contains({65}));
  set.insert({64});
  EXPECT_EQ(set.size(), 65U);
  set.insert({65});
  EXPECT_TRUE(set.contains({65}));
  EXPECT_EQ(set.size(), 66U);
  EXPECT_FALSE(set.contains({6400}));
  EXPECT_EQ(ItemSet::of_words({}).size(), 0U);
}

TEST_P(VectorIndexContract, FindsEachVectorByItself) {
  const auto index = make();
  const TestVectors vectors(kDimensions, 500, 2);
  ASSERT_TRUE(index->upsert(vectors.entries(0, 500)));
  for (std::size_t i = 0; i < 500; ++i) {
    const auto found = find(*index, vectors[i], {.limit = 1});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].image.value, static_cast<std::int64_t>(i + 1));
    EXPECT_EQ(found[0].item.value, static_cast<std::int64_t>(i + 1));
    EXPECT_NEAR(found[0].similarity, 1, GetParam().error());
    EXPECT_LE(found[0].similarity, 1.0F);
  }
}

TEST_P(VectorIndexContract, AgreesWithPlainSearchForEveryLimitFilterAndThreshold) {
  const TestVectors vectors(kDimensions, 3000, 3);
  const TestVectors queries(kDimensions, 10, 4);
  for (const std::size_t images_per_item : {1, 3}) {
    const auto index = make();
    Plain plain;
    ASSERT_TRUE(index->upsert(vectors.entries(0, 3000, images_per_item)));
    for (const Entry& entry : vectors.entries(0, 3000, images_per_item)) plain.put(entry);
    std::mt19937 random(5);
    double total = 0;
    int searches = 0;
    for (const double share : {1.0, 0.5, 0.1, 0.01, 0.002, 0.0}) {
      ItemSet filter;
      for (std::int64_t item = 1; item <= 3000; ++item) {
        if (std::uniform_real_distribution<>()(random) < share) filter.insert({item});
      }
      filter.insert({1'000'000});  // an item that no image belongs to
      for (const std::size_t limit : {1, 20, 150, 5000}) {
        for (const float least : {-2.0F, 0.3F, 0.8F, 0.999F}) {
          for (std::size_t q = 0; q < queries.size(); ++q) {
            const SearchOptions options{.limit = limit,
                                        .filter = share == 1.0 && q % 2 == 0 ? nullptr : &filter,
                                        .min_similarity = least};
            const auto truth = plain.search(queries[q], options);
            const auto found = find(*index, queries[q], options);
            const auto with = [&](float threshold) {
              SearchOptions changed = options;
              changed.min_similarity = threshold;
              return plain.search(queries[q], changed).size();
            };
            // A similarity that is not exact may be on the other side of the threshold.
            const bool is_exact = GetParam().packed_from > 0;
            ASSERT_GE(found.size(), is_exact ? truth.size() : with(least + GetParam().error()))
                << "share " << share << " limit " << limit << " least " << least << " query " << q;
            ASSERT_LE(found.size(), is_exact ? truth.size() : with(least - GetParam().error()));
            expect_ordered_and_distinct(found);
            for (const domain::Neighbor& neighbor : found) {
              EXPECT_GE(neighbor.similarity, least);
              if (options.filter) {
                EXPECT_TRUE(filter.contains(neighbor.item));
              }
              EXPECT_EQ((neighbor.image.value - 1) / static_cast<std::int64_t>(images_per_item) + 1,
                        neighbor.item.value);
            }
            total += recall(truth, found);
            ++searches;
          }
        }
      }
    }
    EXPECT_GE(total / searches, GetParam().least_recall);
  }
}

TEST_P(VectorIndexContract, CandidateSearchesReturnTheLimitAndTheSameFirstItems) {
  const TestVectors vectors(kDimensions, 3000, 3);
  const TestVectors queries(kDimensions, 20, 4);
  const auto index = make();
  Plain plain;
  ASSERT_TRUE(index->upsert(vectors.entries(0, 3000)));
  for (const Entry& entry : vectors.entries(0, 3000)) plain.put(entry);
  std::mt19937 random(5);
  for (const double share : {1.0, 0.5, 0.1, 0.01}) {
    ItemSet filter;
    for (std::int64_t item = 1; item <= 3000; ++item) {
      if (std::uniform_real_distribution<>()(random) < share) filter.insert({item});
    }
    double total = 0;
    for (std::size_t q = 0; q < queries.size(); ++q) {
      SearchOptions options{.limit = 100, .filter = &filter, .are_candidates = true};
      const auto found = find(*index, queries[q], options);
      EXPECT_EQ(found.size(), std::min<std::size_t>(100, filter.size()));
      expect_ordered_and_distinct(found);
      options.limit = 20;
      total += recall(plain.search(queries[q], options), found);
    }
    EXPECT_GE(total / static_cast<double>(queries.size()), GetParam().least_recall) << "share " << share;
  }
}

TEST_P(VectorIndexContract, ReturnsAnItemOnceByItsBestImage) {
  const auto index = make();
  // 30 items of 100 images each, one item's images all nearer to the query than any other's.
  const TestVectors vectors(kDimensions, 3000, 6);
  std::vector<Entry> entries;
  const auto query = vectors[0];
  std::vector<std::size_t> order(3000);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, std::greater{}, [&](std::size_t i) {
    return std::inner_product(query.begin(), query.end(), vectors[i].begin(), 0.0);
  });
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    entries.push_back({{static_cast<std::int64_t>(rank + 1)},
                       {static_cast<std::int64_t>(rank / 100 + 1)},
                       vectors[order[rank]]});
  }
  ASSERT_TRUE(index->upsert(entries));
  const auto found = find(*index, query, {.limit = 30});
  ASSERT_EQ(found.size(), 30U);
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].item.value, static_cast<std::int64_t>(i + 1));
  }
  EXPECT_EQ(find(*index, query, {.limit = 31}).size(), 30U);
}

TEST_P(VectorIndexContract, EqualSimilaritiesAreOrderedByItem) {
  const auto index = make(4);
  const std::vector<float> same = {0.5F, 0.5F, 0.5F, 0.5F};
  std::vector<Entry> entries;
  for (std::int64_t i = 300; i >= 1; --i) entries.push_back({{i}, {i}, same});
  ASSERT_TRUE(index->upsert(entries));
  for (const auto& neighbor : find(*index, same, {.limit = 300})) EXPECT_EQ(neighbor.similarity, 1.0F);
  const auto found = find(*index, same, {.limit = 300});
  ASSERT_EQ(found.size(), 300U);
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].item.value, static_cast<std::int64_t>(i + 1));
  }
  EXPECT_EQ(find(*index, same, {.limit = 40}).size(), 40U);
}

TEST_P(VectorIndexContract, UpsertReplacesVectorsAndItemsAndRemoveDeletes) {
  const auto index = make();
  const TestVectors vectors(kDimensions, 1200, 8);
  Plain plain;
  std::mt19937 random(9);
  std::vector<ImageId> live;
  for (int round = 0; round < 40; ++round) {
    std::vector<Entry> batch;
    std::set<std::int64_t> images;
    while (images.size() < 60) images.insert(1 + static_cast<std::int64_t>(random() % 400));
    for (const std::int64_t image : images) {
      batch.push_back({{image}, {1 + static_cast<std::int64_t>(random() % 150)}, vectors[random() % 1200]});
      plain.put(batch.back());
    }
    ASSERT_TRUE(index->upsert(batch));
    std::vector<ImageId> gone;
    for (int i = 0; i < 20; ++i) gone.push_back({1 + static_cast<std::int64_t>(random() % 400)});
    index->remove(gone);
    for (const ImageId image : gone) plain.remove(image);

    const auto query = vectors[random() % 1200];
    const auto all = find(*index, query, {.limit = 1000});
    const auto truth = plain.search(query, {.limit = 1000});
    ASSERT_EQ(all.size(), truth.size());
    EXPECT_EQ(recall(truth, all), 1);
    const auto few = find(*index, query, {.limit = 15});
    EXPECT_EQ(few.size(), std::min<std::size_t>(15, truth.size()));
    EXPECT_GE(recall(plain.search(query, {.limit = 15}), few), GetParam().least_recall - 0.2);
  }
}

TEST_P(VectorIndexContract, ReplaceItemsRemovesImagesThatAreNotAmongTheEntries) {
  const auto index = make();
  const TestVectors vectors(kDimensions, 20, 10);
  const auto entry = [&](std::int64_t image, std::int64_t item, std::size_t vector) {
    return Entry{{image}, {item}, vectors[vector]};
  };
  ASSERT_TRUE(
      index->upsert(std::vector<Entry>{entry(1, 1, 0), entry(2, 1, 1), entry(3, 2, 2), entry(4, 3, 3)}));
  // Item 1 keeps image 1, loses image 2 and gains image 5; item 2 loses all; item 3 is not named.
  ASSERT_TRUE(index->replace_items(std::vector<ItemId>{{1}, {2}, {99}},
                                   std::vector<Entry>{entry(1, 1, 0), entry(5, 1, 4)}));
  std::map<std::int64_t, std::int64_t> image_of_item;
  for (const auto& found : find(*index, vectors[4], {})) image_of_item[found.item.value] = found.image.value;
  EXPECT_EQ(image_of_item, (std::map<std::int64_t, std::int64_t>{{1, 5}, {3, 4}}));
  EXPECT_EQ(index->stats().images, 3U);
  EXPECT_EQ(find(*index, vectors[0], {.limit = 1})[0].image.value, 1);
  const std::size_t dead = index->stats().deleted;
  ASSERT_TRUE(
      index->replace_items(std::vector<ItemId>{{1}}, std::vector<Entry>{entry(1, 1, 0), entry(5, 1, 4)}));
  EXPECT_EQ(index->stats().deleted, dead) << "nothing changed, so nothing was written";
  // Image 4 moves from item 3, which is not named, to item 1.
  ASSERT_TRUE(index->replace_items(std::vector<ItemId>{{1}}, std::vector<Entry>{entry(4, 1, 3)}));
  const auto found = find(*index, vectors[3], {});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].item.value, 1);
  EXPECT_EQ(found[0].image.value, 4);

  const auto foreign = index->replace_items(std::vector<ItemId>{{1}}, std::vector<Entry>{entry(9, 2, 3)});
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, ErrorCode::kInvalid);
  ASSERT_TRUE(index->replace_items(std::vector<ItemId>{{1}}, {}));
  EXPECT_TRUE(find(*index, vectors[0], {}).empty());
}

TEST_P(VectorIndexContract, BadUpdatesAreRefusedWhole) {
  const auto index = make();
  const TestVectors vectors(kDimensions, 4, 11);
  ASSERT_TRUE(index->upsert(vectors.entries(0, 2)));
  const auto expect_refused = [&](const Entry& bad, const std::string& field) {
    const auto result = index->upsert(std::vector<Entry>{{{3}, {3}, vectors[2]}, bad});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(result.error().field, field) << result.error().describe();
    EXPECT_EQ(index->stats().images, 2U);
  };
  const auto changed = [&](auto change) {
    std::vector<float> vector(vectors[3].begin(), vectors[3].end());
    change(vector);
    return vector;
  };
  const auto nan = changed([](auto& v) { v[7] = std::numeric_limits<float>::quiet_NaN(); });
  const auto infinite = changed([](auto& v) { v[0] = -std::numeric_limits<float>::infinity(); });
  const auto huge = changed([](auto& v) { v[3] = std::numeric_limits<float>::max(); });
  const auto zero = changed([](auto& v) { std::ranges::fill(v, 0.0F); });
  const auto twice = changed([](auto& v) {
    for (float& x : v) x *= 2;
  });
  for (const auto& vector : {nan, infinite, huge, zero, twice}) expect_refused({{4}, {4}, vector}, "vector");
  expect_refused({{4}, {4}, vectors[3].first(19)}, "vector");
  expect_refused({{4}, {4}, {}}, "vector");
  expect_refused({{3}, {4}, vectors[3]}, "image");
  expect_refused({{0}, {4}, vectors[3]}, "id");
  expect_refused({{4}, {-1}, vectors[3]}, "id");
}

TEST_P(VectorIndexContract, BadQueriesAreRefused) {
  const auto index = make();
  const TestVectors vectors(kDimensions, 2, 12);
  ASSERT_TRUE(index->upsert(vectors.entries(0, 2)));
  const auto expect_refused = [&](std::span<const float> query, SearchOptions options,
                                  const std::string& field) {
    const auto result = index->search(query, options);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(result.error().field, field);
  };
  expect_refused(vectors[0], {.limit = 0}, "limit");
  expect_refused(vectors[0].first(3), {}, "query");
  expect_refused({}, {}, "query");
  expect_refused(std::vector<float>(kDimensions, std::numeric_limits<float>::quiet_NaN()), {}, "query");
  expect_refused(std::vector<float>(kDimensions, std::numeric_limits<float>::infinity()), {}, "query");
  expect_refused(std::vector<float>(kDimensions, 0.0F), {}, "query");
}

TEST_P(VectorIndexContract, SimilaritiesAreCosinesForQueriesOfAnyLength) {
  const auto index = make();
  const TestVectors vectors(kDimensions, 50, 13);
  ASSERT_TRUE(index->upsert(vectors.entries(0, 50)));
  std::vector<float> longer(vectors[7].begin(), vectors[7].end());
  for (float& number : longer) number *= 1e15F;
  const auto found = find(*index, longer, {.limit = 5});
  ASSERT_EQ(found.size(), 5U);
  EXPECT_EQ(found[0].image.value, 8);
  EXPECT_NEAR(found[0].similarity, 1, GetParam().error());
}

TEST_P(VectorIndexContract, ExtremeOptionsReturnResults) {
  const auto index = make();
  const TestVectors vectors(kDimensions, 400, 14);
  auto entries = vectors.entries(0, 400);
  entries[0].item = {std::int64_t{1} << 40};
  entries[1].item = {std::numeric_limits<std::int64_t>::max()};
  entries[2].image = {std::numeric_limits<std::int64_t>::max()};
  ASSERT_TRUE(index->upsert(entries));
  constexpr auto kMost = std::numeric_limits<std::size_t>::max();
  EXPECT_EQ(find(*index, vectors[0], {.limit = kMost}).size(), 400U);
  EXPECT_EQ(find(*index, vectors[0], {.limit = 3, .effort = kMost}).size(), 3U);
  EXPECT_EQ(find(*index, vectors[0], {.limit = 3, .effort = 1}).size(), 3U);
  EXPECT_TRUE(find(*index, vectors[0], {.min_similarity = std::numeric_limits<float>::infinity()}).empty());
  EXPECT_TRUE(find(*index, vectors[0], {.min_similarity = std::numeric_limits<float>::quiet_NaN()}).empty());
  EXPECT_EQ(find(*index, vectors[1], {.limit = 1})[0].item.value, std::numeric_limits<std::int64_t>::max());
}

TEST_P(VectorIndexContract, EveryDimensionWorks) {
  for (const int dimensions : {1, 2, 3, 17, 512, 1000}) {
    const auto index = make(dimensions);
    const TestVectors vectors(dimensions, 60, 15);
    ASSERT_TRUE(index->upsert(vectors.entries(0, 60)));
    EXPECT_EQ(find(*index, vectors[3], {.limit = 60}).size(), 60U);
    EXPECT_EQ(find(*index, vectors[3], {.limit = 7}).size(), 7U);
  }
}

TEST_P(VectorIndexContract, StatsCountLiveAndDeadAndMemoryGrows) {
  const auto index = make();
  const TestVectors vectors(kDimensions, 2000, 16);
  ASSERT_TRUE(index->upsert(vectors.entries(0, 100)));
  const auto before = index->stats();
  EXPECT_EQ(before.images, 100U);
  EXPECT_EQ(before.deleted, 0U);
  ASSERT_TRUE(index->upsert(vectors.entries(0, 2000)));
  const auto after = index->stats();
  EXPECT_EQ(after.images, 2000U);
  EXPECT_GT(after.memory_bytes, before.memory_bytes);
  if (GetParam().flushes()) return;
  EXPECT_EQ(after.deleted, 100U);
  EXPECT_GE(after.memory_bytes, before.memory_bytes + 1900 * kDimensions * sizeof(float));
}

TEST_P(VectorIndexContract, CompactingKeepsTheResultsAndFreesMemory) {
  const auto index = make();
  const TestVectors vectors(kDimensions, 4000, 17);
  const TestVectors queries(kDimensions, 40, 18);
  Plain plain;
  ASSERT_TRUE(index->upsert(vectors.entries(0, 4000, 2)));
  for (const Entry& entry : vectors.entries(0, 4000, 2)) plain.put(entry);
  std::mt19937 random(19);
  for (const double share : {0.2, 0.2, 0.5, 0.9}) {
    std::vector<ImageId> gone;
    for (std::int64_t image = 1; image <= 4000; ++image) {
      if (std::uniform_real_distribution<>()(random) < share) gone.push_back({image});
    }
    index->remove(gone);
    for (const ImageId image : gone) plain.remove(image);
    if (auto* const quantised = dynamic_cast<QuantisedIndex*>(index.get())) quantised->settle();
    EXPECT_LE(index->stats().deleted, std::max<std::size_t>(256, index->stats().images)) << "compacted";
    double total = 0;
    for (std::size_t q = 0; q < queries.size(); ++q) {
      const auto truth = plain.search(queries[q], {});
      const auto found = find(*index, queries[q], {});
      ASSERT_EQ(found.size(), truth.size());
      total += recall(truth, found);
    }
    EXPECT_GE(total / static_cast<double>(queries.size()), GetParam().least_recall - 0.02);
  }
  // A compacted index takes more images.
  ASSERT_TRUE(index->upsert(vectors.entries(0, 4000, 2)));
  for (const Entry& entry : vectors.entries(0, 4000, 2)) plain.put(entry);
  for (std::size_t q = 0; q < queries.size(); ++q) {
    EXPECT_GE(recall(plain.search(queries[q], {}), find(*index, queries[q], {})),
              GetParam().least_recall - 0.3);
  }
}

TEST_P(VectorIndexContract, RemovingAllLeavesAnEmptyIndexThatCanBeFilledAgain) {
  const auto index = make();
  const TestVectors vectors(kDimensions, 600, 20);
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(index->upsert(vectors.entries(0, 600)));
    EXPECT_EQ(find(*index, vectors[5], {.limit = 1})[0].image.value, 6);
    std::vector<ImageId> all;
    for (std::int64_t image = 1; image <= 600; ++image) all.push_back({image});
    index->remove(all);
    EXPECT_EQ(index->stats().images, 0U);
    EXPECT_TRUE(find(*index, vectors[5], {}).empty());
  }
}

TEST_P(VectorIndexContract, ASnapshotRestoresTheSameIndex) {
  const TempDir folder;
  const auto index = make();
  const TestVectors vectors(kDimensions, 1500, 21);
  const TestVectors queries(kDimensions, 20, 22);
  ASSERT_TRUE(index->upsert(vectors.entries(0, 1500, 3)));
  index->remove(std::vector<ImageId>{{3}, {4}, {5}, {1000}});
  ASSERT_TRUE(index->save(folder.path() / "a" / "b", 77, "model-1"));
  auto loaded = open_index(folder.path() / "a" / "b", options());
  ASSERT_TRUE(loaded) << loaded.error().describe();
  EXPECT_EQ(loaded->position, 77);
  EXPECT_EQ(loaded->space_version, "model-1");
  EXPECT_EQ(loaded->index->stats().kind, index->stats().kind);
  EXPECT_EQ(loaded->index->stats().images, 1496U);
  EXPECT_EQ(loaded->index->stats().deleted, 4U);
  const auto expect_same = [&] {
    for (std::size_t q = 0; q < queries.size(); ++q) {
      const auto before = find(*index, queries[q], {});
      const auto after = find(*loaded->index, queries[q], {});
      ASSERT_EQ(before.size(), after.size());
      for (std::size_t i = 0; i < before.size(); ++i) {
        EXPECT_EQ(before[i].item, after[i].item);
        EXPECT_EQ(before[i].image, after[i].image);
        EXPECT_EQ(before[i].similarity, after[i].similarity);
      }
    }
  };
  expect_same();
  // A loaded index takes updates, and can be saved again.
  ASSERT_TRUE(loaded->index->upsert(vectors.entries(0, 10, 3)));
  loaded->index->remove(std::vector<ImageId>{{7}});
  EXPECT_EQ(loaded->index->stats().images, 1498U);
  EXPECT_NE(find(*loaded->index, vectors[6], {.limit = 1})[0].image.value, 7);
  ASSERT_TRUE(loaded->index->save(folder.path() / "a" / "b", 78, ""));
  loaded = open_index(folder.path() / "a" / "b", options());
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->position, 78);
  EXPECT_EQ(loaded->index->stats().images, 1498U);
}

TEST_P(VectorIndexContract, AnEmptyIndexCanBeSaved) {
  const TempDir folder;
  ASSERT_TRUE(make()->save(folder.path(), 0, "v"));
  auto loaded = open_index(folder.path(), options());
  ASSERT_TRUE(loaded) << loaded.error().describe();
  const TestVectors vectors(kDimensions, 10, 23);
  ASSERT_TRUE(loaded->index->upsert(vectors.entries(0, 10)));
  EXPECT_EQ(find(*loaded->index, vectors[2], {}).size(), 10U);
}

// The item of each live image.
std::map<std::int64_t, std::int64_t> items_by_image(const VectorIndex& index, std::size_t items) {
  std::vector<ItemId> all;
  for (std::size_t i = 1; i <= items; ++i) all.push_back({static_cast<std::int64_t>(i)});
  std::map<std::int64_t, std::int64_t> found;
  for (const auto& one : index.vectors_of(all)) found[one.image.value] = one.item.value;
  return found;
}

TEST_P(VectorIndexContract, ACheckpointHoldsEveryUpdateBeforeItAndItsPosition) {
  const TempDir folder;
  const auto home = folder.path() / "index";
  const auto index = make_index(options(), home);
  EXPECT_EQ(open_index(home, options()).error().code, ErrorCode::kNotFound) << "nothing is durable yet";
  const TestVectors vectors(kDimensions, 60, 31);
  ASSERT_TRUE(index->upsert(vectors.entries(0, 40)));
  index->remove(std::vector<ImageId>{{7}});
  ASSERT_TRUE(index->checkpoint(5, "model-1"));
  const auto at_checkpoint = items_by_image(*index, 60);
  ASSERT_TRUE(index->upsert(vectors.entries(40, 60)));  // too late for the checkpoint

  const auto opened = open_index(home, options());
  ASSERT_TRUE(opened) << opened.error().describe();
  EXPECT_EQ(opened->position, 5);
  EXPECT_EQ(opened->space_version, "model-1");
  EXPECT_EQ(items_by_image(*opened->index, 60), at_checkpoint);
}

TEST_P(VectorIndexContract, AnOpenedIndexContinuesFromItsCheckpoint) {
  const TempDir folder;
  const TestVectors vectors(kDimensions, 60, 32);
  {
    const auto index = make_index(options(), folder.path());
    ASSERT_TRUE(index->upsert(vectors.entries(0, 40)));
    ASSERT_TRUE(index->checkpoint(5, "model-1"));
  }
  {
    const auto opened = open_index(folder.path(), options());
    ASSERT_TRUE(opened);
    ASSERT_TRUE(opened->index->upsert(vectors.entries(40, 60)));
    ASSERT_TRUE(opened->index->checkpoint(9, "model-1")) << "its folder is the one that it was opened from";
  }
  const auto opened = open_index(folder.path(), options());
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->position, 9);
  EXPECT_EQ(opened->index->stats().images, 60U);
}

TEST_P(VectorIndexContract, AFailedCheckpointLeavesThePreviousOne) {
  const TempDir folder;
  const auto index = make_index(options(), folder.path());
  const TestVectors vectors(kDimensions, 20, 33);
  ASSERT_TRUE(index->upsert(vectors.entries(0, 10)));
  ASSERT_TRUE(index->checkpoint(5, "model-1"));
  ASSERT_TRUE(index->upsert(vectors.entries(10, 20)));
  const auto failed = index->checkpoint(6, std::string(256, 'v'));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kInvalid);
  const auto opened = open_index(folder.path(), options());
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->position, 5);
  EXPECT_EQ(opened->index->stats().images, 10U);
}

TEST_P(VectorIndexContract, WithoutAFolderThereAreNoCheckpoints) {
  EXPECT_EQ(make()->checkpoint(1, "v").error().code, ErrorCode::kInvalid);
}

INSTANTIATE_TEST_SUITE_P(Kinds, VectorIndexContract,
                         testing::Values(Kind{"exact", IndexKind::kExact, 1.0},
                                         Kind{"hnsw", IndexKind::kHnsw, 0.95},
                                         Kind{"quantised", IndexKind::kQuantised, 0.95},
                                         Kind{"quantised_segments", IndexKind::kQuantised, 0.95, 256},
                                         Kind{"quantised_packed", IndexKind::kQuantised, 0.95, 256, 0}),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace fit::index
