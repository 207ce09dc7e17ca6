#include "index/quantised/lists.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "index/test_vectors.h"

namespace fit::index {
namespace {

std::vector<float> flat(const TestVectors& vectors) {
  std::vector<float> rows;
  for (std::size_t i = 0; i < vectors.size(); ++i)
    rows.insert(rows.end(), vectors[i].begin(), vectors[i].end());
  return rows;
}

TEST(Lists, EachVectorLiesNearItsCentroidAndRanksItsListHigh) {
  const Kernels kernels = best_kernels();
  const TestVectors vectors(24, 4000, 1);
  const Lists lists = Lists::train(kernels, flat(vectors), 24, 100, 2);
  EXPECT_GE(lists.size(), 60U);
  EXPECT_LE(lists.size(), 130U);
  std::size_t first = 0;
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    const std::uint32_t list = lists.nearest(kernels, vectors[i].data());
    ASSERT_LT(list, lists.size());
    const auto ranked = lists.rank(kernels, vectors[i].data(), 0, 10);
    ASSERT_EQ(ranked.size(), 10U);
    for (std::size_t r = 1; r < ranked.size(); ++r) EXPECT_GE(ranked[r - 1].score, ranked[r].score);
    first += std::ranges::any_of(ranked, [list](const auto& one) { return one.list == list; });
  }
  EXPECT_GE(first, vectors.size() * 95 / 100);
}

TEST(Lists, AreTheSameForEveryNumberOfThreads) {
  const Kernels kernels = best_kernels();
  const auto rows = flat(TestVectors(16, 2000, 3));
  ByteWriter one;
  ByteWriter three;
  Lists::train(kernels, rows, 16, 40, 1).write(one);
  Lists::train(kernels, rows, 16, 40, 3).write(three);
  EXPECT_EQ(one.bytes(), three.bytes());
}

TEST(Lists, EqualVectorsMakeOneList) {
  const Kernels kernels = best_kernels();
  std::vector<float> rows;
  for (int i = 0; i < 1000; ++i) rows.insert(rows.end(), {0.6F, 0.8F, 0.0F});
  const Lists lists = Lists::train(kernels, rows, 3, 50, 2);
  EXPECT_EQ(lists.size(), 1U);
  EXPECT_EQ(lists.nearest(kernels, rows.data()), 0U);
}

TEST(Lists, AreReadAsTheyWereWrittenAndDamageIsNoticed) {
  const Kernels kernels = best_kernels();
  const TestVectors vectors(8, 500, 3);
  const Lists lists = Lists::train(kernels, flat(vectors), 8, 20, 1);
  ByteWriter out;
  lists.write(out);
  Lists copy;
  ByteReader in(out.bytes());
  ASSERT_TRUE(copy.read(in));
  EXPECT_TRUE(in.is_done());
  for (std::size_t i = 0; i < vectors.size(); ++i)
    EXPECT_EQ(lists.nearest(kernels, vectors[i].data()), copy.nearest(kernels, vectors[i].data()));
  for (std::size_t size = 0; size < out.bytes().size(); size += 5) {
    ByteReader cut(ByteView(out.bytes()).first(size));
    EXPECT_FALSE(copy.read(cut)) << size;
  }
}

}  // namespace
}  // namespace fit::index
