#include "index/factory/kind_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/temp_dir.h"
#include "index/factory/open_index.h"
#include "index/quantised/quantised_index.h"
#include "index/test_vectors.h"

namespace fit::index {
namespace {

constexpr std::uint64_t kOneGi = std::uint64_t{1} << 30;

TEST(KindPolicy, TheSizeAndTheMemorySelectTheKind) {
  const IndexOptions options{.dimensions = 512};
  const KindPolicy policy{.memory_bytes = 3 * kOneGi};
  EXPECT_EQ(wanted_kind(policy, options, 0), IndexKind::kExact);
  EXPECT_EQ(wanted_kind(policy, options, 19'999), IndexKind::kExact);
  EXPECT_EQ(wanted_kind(policy, options, 20'000), IndexKind::kHnsw);
  EXPECT_EQ(wanted_kind(policy, options, 1'000'000), IndexKind::kHnsw) << "2.2 GB";
  EXPECT_EQ(wanted_kind(policy, options, 2'000'000), IndexKind::kQuantised) << "4.4 GB";
  const KindPolicy little{.memory_bytes = 1 << 20};
  EXPECT_EQ(wanted_kind(little, options, 400), IndexKind::kExact);
  EXPECT_EQ(wanted_kind(little, options, 600), IndexKind::kQuantised) << "neither other kind fits 1 MiB";
  const KindPolicy fixed{.fixed = IndexKind::kHnsw, .memory_bytes = 1 << 20};
  EXPECT_EQ(wanted_kind(fixed, options, 2'000'000, IndexKind::kExact), IndexKind::kHnsw);
}

TEST(KindPolicy, NearABorderTheKindStays) {
  const IndexOptions options{.dimensions = 512};
  const KindPolicy policy{.memory_bytes = 3 * kOneGi};
  const auto next = [&](std::uint64_t vectors, IndexKind current) {
    return wanted_kind(policy, options, vectors, current);
  };
  EXPECT_EQ(next(20'000, IndexKind::kExact), IndexKind::kHnsw);
  EXPECT_EQ(next(19'000, IndexKind::kHnsw), IndexKind::kHnsw);
  EXPECT_EQ(next(15'500, IndexKind::kHnsw), IndexKind::kHnsw);
  EXPECT_EQ(next(14'500, IndexKind::kHnsw), IndexKind::kExact);
  EXPECT_EQ(next(1'200'000, IndexKind::kHnsw), IndexKind::kHnsw);
  EXPECT_EQ(next(1'200'000, IndexKind::kQuantised), IndexKind::kQuantised);
  EXPECT_EQ(next(900'000, IndexKind::kQuantised), IndexKind::kHnsw);
  EXPECT_EQ(next(10'000, IndexKind::kQuantised), IndexKind::kExact);
}

// The estimates are compared with what the indexes say of themselves.
TEST(KindPolicy, TheMemoryIsThatOfTheIndexes) {
  constexpr std::size_t kVectors = 6000;
  const TestVectors vectors(128, kVectors, 1);
  const IndexOptions options{.dimensions = 128, .build_threads = 2, .delta_images = 1000};
  for (const IndexKind kind : {IndexKind::kExact, IndexKind::kHnsw, IndexKind::kQuantised}) {
    const auto index = make_index(options_for(kind, {}, options));
    ASSERT_TRUE(index->upsert(vectors.entries(0, kVectors)));
    if (auto* const quantised = dynamic_cast<QuantisedIndex*>(index.get())) quantised->settle();
    const auto bytes = static_cast<double>(index->stats().memory_bytes);
    const auto needed = static_cast<double>(memory_needed(kind, options, kVectors));
    EXPECT_GT(needed, 0.8 * bytes) << static_cast<int>(kind);
    // A quantised index has room for vectors that gather in memory; here there are none.
    EXPECT_LT(needed, (kind == IndexKind::kQuantised ? 5 : 1.6) * bytes) << static_cast<int>(kind);
  }
}

TEST(KindPolicy, ABuildIsRefusedWhereItHasNoRoom) {
  const IndexOptions options{.dimensions = 512};
  const Room needed = room_needed(IndexKind::kQuantised, options, 1'000'000);
  EXPECT_GT(needed.disk_bytes, 2 * 2'048'000'000u);
  EXPECT_LT(room_needed(IndexKind::kQuantised, options, 50'000'000).disk_bytes, 92'000'000'000u)
      << "large segments are packed";
  EXPECT_TRUE(check_room(needed, {.memory_bytes = 8 * kOneGi, .disk_bytes = 8 * kOneGi}));
  const auto no_disk = check_room(needed, {.memory_bytes = 8 * kOneGi, .disk_bytes = kOneGi});
  ASSERT_FALSE(no_disk);
  EXPECT_EQ(no_disk.error().code, ErrorCode::kStorageFull);
  EXPECT_THAT(no_disk.error().message, testing::HasSubstr("GiB of disk space, and 1.0 GiB are left"));
  const auto no_memory = check_room(needed, {.memory_bytes = 1 << 20, .disk_bytes = 8 * kOneGi});
  ASSERT_FALSE(no_memory);
  EXPECT_THAT(no_memory.error().message, testing::HasSubstr("of memory, and 1 MiB are left"));

  const TempDir folder;
  const Room left = room_left(folder.path() / "not" / "there");
  EXPECT_GT(left.memory_bytes, 0U);
  EXPECT_GT(left.disk_bytes, 0U);
}

TEST(KindPolicy, FewerImagesGatherInLessMemory) {
  const IndexOptions options{.dimensions = 512};
  EXPECT_EQ(options_for(IndexKind::kQuantised, {}, options).delta_images, 20'000U);
  EXPECT_EQ(options_for(IndexKind::kQuantised, {.memory_bytes = 1 << 20}, options).delta_images, 1000U);
  const auto some = options_for(IndexKind::kQuantised, {.memory_bytes = 64 << 20}, options).delta_images;
  EXPECT_GT(some, 5000U);
  EXPECT_LT(some, 10'000U);
}

TEST(KindPolicy, TheKindOfASnapshotIsKnown) {
  const TempDir folder;
  EXPECT_EQ(saved_index(folder.path()).error().code, ErrorCode::kNotFound);
  for (const IndexKind kind : {IndexKind::kExact, IndexKind::kHnsw, IndexKind::kQuantised}) {
    const auto at = folder.path() / std::to_string(static_cast<int>(kind));
    const auto index = make_index({.kind = kind, .dimensions = 8}, at);
    ASSERT_TRUE(index->checkpoint(7, "v"));
    const auto saved = saved_index(at);
    ASSERT_TRUE(saved);
    EXPECT_EQ(saved->kind, kind);
    EXPECT_EQ(saved->position, 7);
  }
}

}  // namespace
}  // namespace fit::index
