// Kills, damage, full disks and other processes in the folder of a quantised index.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <fstream>
#include <random>
#include <thread>

#include "base/small_disk.h"
#include "base/temp_dir.h"
#include "index/factory/open_index.h"
#include "index/factory/quantised_test.h"

namespace fit::index {
namespace {

TEST(QuantisedFaults, LeftoversOfCrashesAreIgnoredAndRemovedByACheckpoint) {
  const TempDir folder;
  const TestVectors vectors(kWide, 1500, 1);
  {
    QuantisedIndex index(small_options(400), folder.path());
    ASSERT_TRUE(index.upsert(vectors.entries(0, 500)));
    index.settle();
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
  static_cast<QuantisedIndex&>(*opened->index).settle();
  ASSERT_TRUE(opened->index->checkpoint(2, "v"));
  EXPECT_EQ(segment_files(folder.path()).size(), 2U);
}

TEST(QuantisedFaults, DamageOfASegmentIsNoticedWhenItIsOpened) {
  const TempDir folder;
  const TestVectors vectors(kWide, 500, 1);
  {
    QuantisedIndex index(small_options(400), folder.path());
    ASSERT_TRUE(index.upsert(vectors.entries(0, 500)));
    index.settle();
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
    file.seekp(-3, std::ios::end);  // ids
    file.put('x');
  }
  expect_malformed();
  std::filesystem::remove(name);
  expect_malformed();
  // Another whole segment in its place.
  const TempDir other;
  {
    QuantisedIndex index(small_options(400), other.path());
    const TestVectors others(kWide, 500, 9);
    ASSERT_TRUE(index.upsert(others.entries(0, 500)));
    index.settle();
    std::filesystem::copy_file(other.path() / *segment_files(other.path()).begin(), name);
  }
  expect_malformed();
  std::filesystem::remove(name);
  std::filesystem::rename(folder.path() / "kept", name);
  EXPECT_TRUE(open_index(folder.path(), small_options(400)));
}

// Codes and vectors are verified behind the start: searches are right meanwhile, and the damage is repaired.
TEST(QuantisedFaults, DamageOfCodesAndVectorsIsFoundBehindTheStartAndRepaired) {
  const TestVectors vectors(kWide, 1500, 1);
  IndexOptions options = small_options(1000);
  options.read_elsewhere = [&](ItemId, ImageId image, std::span<float> vector) -> Result<void> {
    std::ranges::copy(vectors[static_cast<std::size_t>(image.value - 1)], vector.begin());
    return {};
  };
  for (const bool is_code : {false, true}) {
    const TempDir folder;
    {
      QuantisedIndex index(options, folder.path());
      ASSERT_TRUE(index.upsert(vectors.entries(0, 1500)));
      index.settle();
      ASSERT_TRUE(index.checkpoint(1, "v"));
    }
    const auto damaged = segment_files(folder.path());
    ASSERT_EQ(damaged.size(), 1U);
    {
      std::fstream file(folder.path() / *damaged.begin(), std::ios::binary | std::ios::in | std::ios::out);
      std::array<std::uint64_t, kSegmentSections> bytes{};
      file.seekg(56);
      file.read(reinterpret_cast<char*>(bytes.data()), sizeof bytes);
      std::uint64_t offset = kSegmentHeaderBytes;
      for (std::size_t i = 0; is_code && i < static_cast<std::size_t>(SegmentSection::kBlocks); ++i)
        offset += bytes[i];
      file.seekp(static_cast<std::streamoff>(offset + 64));
      file << "garbage";
    }
    const auto opened = open_index(folder.path(), options);
    ASSERT_TRUE(opened) << opened.error().describe();
    auto& index = static_cast<QuantisedIndex&>(*opened->index);
    EXPECT_EQ(found_by(index, vectors[1400], {.limit = 1})[0].image.value, 1401);
    while (segment_files(folder.path()) == damaged || segment_files(folder.path()).size() != 1) {
      index.settle();
      ASSERT_TRUE(index.checkpoint(2, "v"));
      std::this_thread::yield();
    }
    for (std::size_t i = 0; i < 1500; i += 50) {
      const auto found = found_by(index, vectors[i], {.limit = 1});
      EXPECT_EQ(found[0].image.value, static_cast<std::int64_t>(i + 1));
      EXPECT_NEAR(found[0].similarity, 1, 1e-5);
    }
    EXPECT_TRUE(open_index(folder.path(), options));
  }
}

TEST(QuantisedFaults, OneIndexWritesToAFolderAndOthersSearch) {
  const TempDir folder;
  const TestVectors vectors(kWide, 2000, 1);
  auto first = std::make_unique<QuantisedIndex>(small_options(400), folder.path());
  ASSERT_TRUE(first->upsert(vectors.entries(0, 500)));
  first->settle();
  ASSERT_TRUE(first->checkpoint(1, "v"));
  const auto files = segment_files(folder.path());
  const auto second = open_index(folder.path(), small_options(400));
  ASSERT_TRUE(second);
  auto& other = static_cast<QuantisedIndex&>(*second->index);
  ASSERT_TRUE(other.upsert(vectors.entries(500, 1000)));
  other.settle();
  EXPECT_EQ(other.calibrations().size(), 2U);
  EXPECT_EQ(segment_files(folder.path()), files) << "its segments are elsewhere";
  EXPECT_EQ(other.checkpoint(2, "v").error().code, ErrorCode::kConflict);
  EXPECT_EQ(found_by(other, vectors[700], {.limit = 1})[0].image.value, 701);
  ASSERT_TRUE(first->upsert(vectors.entries(1000, 1500)));
  first->settle();
  ASSERT_TRUE(first->checkpoint(3, "v"));
  // When the first is gone, the second may write, but nothing older than what is there.
  first.reset();
  EXPECT_EQ(other.checkpoint(2, "v").error().code, ErrorCode::kConflict);
  ASSERT_TRUE(other.checkpoint(4, "v"));
  const auto third = open_index(folder.path(), small_options(400));
  ASSERT_TRUE(third) << third.error().describe();
  EXPECT_EQ(third->position, 4);
  EXPECT_EQ(third->index->stats().images, 1000U);
  EXPECT_EQ(found_by(*third->index, vectors[700], {.limit = 1})[0].image.value, 701);
}

// A checkpoint while vectors are being written holds them too.
TEST(QuantisedFaults, ACheckpointDuringAFlushIsWhole) {
  const TestVectors vectors(kWide, 3000, 1);
  for (int round = 0; round < 5; ++round) {
    const TempDir folder;
    {
      QuantisedIndex index(small_options(1000), folder.path());
      ASSERT_TRUE(index.upsert(vectors.entries(0, 1500)));
      ASSERT_TRUE(index.upsert(vectors.entries(1500, 1800)));
      index.remove(std::vector{ImageId{7}, ImageId{1600}});
      ASSERT_TRUE(index.checkpoint(1, "v"));
    }
    const auto opened = open_index(folder.path(), small_options(1000));
    ASSERT_TRUE(opened) << opened.error().describe();
    EXPECT_EQ(opened->index->stats().images, 1798U);
    for (std::size_t i = 0; i < 1800; i += 50) {
      EXPECT_EQ(found_by(*opened->index, vectors[i], {.limit = 1})[0].image.value,
                static_cast<std::int64_t>(i + 1));
    }
    EXPECT_TRUE(opened->index->vectors_of(std::vector{ItemId{7}}).empty());
  }
}

TEST(QuantisedFaults, ADiskThatFillsInAFlushLosesNothing) {
  const TempDir folder;
  const SmallDisk disk(folder.path(), "3m");
  if (!disk.is_mounted()) GTEST_SKIP() << "this process may not mount";
  QuantisedIndex index(small_options(1000), folder.path());
  const TestVectors vectors(kWide, 4000, 1);
  ASSERT_TRUE(index.upsert(vectors.entries(0, 900)));
  ASSERT_TRUE(index.checkpoint(1, "v"));
  disk.fill(20'000);
  ASSERT_TRUE(index.upsert(vectors.entries(900, 1800)));
  index.settle();
  EXPECT_TRUE(index.calibrations().empty()) << "nothing could be written";
  EXPECT_TRUE(segment_files(folder.path()).empty()) << "the part is removed";
  EXPECT_EQ(index.checkpoint(2, "v").error().code, ErrorCode::kStorageFull);
  ASSERT_TRUE(index.upsert(vectors.entries(1800, 1900))) << "updates go on";
  for (std::size_t i = 0; i < 1900; i += 50) {
    EXPECT_EQ(found_by(index, vectors[i], {.limit = 1})[0].image.value, static_cast<std::int64_t>(i + 1));
  }
  {
    const auto opened = open_index(folder.path(), small_options(1000));
    ASSERT_TRUE(opened) << "the earlier checkpoint";
    EXPECT_EQ(opened->index->stats().images, 900U);
  }
  disk.make_room();
  ASSERT_TRUE(index.upsert(vectors.entries(1900, 2500)));
  index.settle();
  EXPECT_FALSE(index.calibrations().empty()) << "a quarter more is tried again";
  ASSERT_TRUE(index.checkpoint(3, "v"));
  for (std::size_t i = 0; i < 2500; i += 50) {
    EXPECT_EQ(found_by(index, vectors[i], {.limit = 1})[0].image.value, static_cast<std::int64_t>(i + 1));
  }
}

// A file system error in the vectors of a segment, made by cutting its file short.
TEST(QuantisedFaults, VectorsThatCannotBeReadComeFromElsewhereAndTheSegmentIsWrittenAnew) {
  const TempDir folder;
  const TestVectors vectors(kWide, 1500, 1);
  IndexOptions options = small_options(1000);
  std::atomic<int> asked = 0;
  options.read_elsewhere = [&](ItemId item, ImageId image, std::span<float> vector) -> Result<void> {
    EXPECT_EQ(item.value, image.value);
    ++asked;
    std::ranges::copy(vectors[static_cast<std::size_t>(image.value - 1)], vector.begin());
    return {};
  };
  QuantisedIndex index(options, folder.path());
  ASSERT_TRUE(index.upsert(vectors.entries(0, 1500)));
  index.settle();
  ASSERT_TRUE(index.checkpoint(1, "v"));
  const auto damaged = segment_files(folder.path());
  std::filesystem::resize_file(folder.path() / *damaged.begin(), 4096 + 700 * kWide * sizeof(float));
  EXPECT_EQ(found_by(index, vectors[100], {.limit = 1})[0].image.value, 101);
  const auto found = found_by(index, vectors[1200], {.limit = 3});
  EXPECT_EQ(found[0].image.value, 1201);
  EXPECT_NEAR(found[0].similarity, 1, 1e-5);
  EXPECT_GT(asked, 0);
  index.settle();
  ASSERT_TRUE(index.checkpoint(2, "v"));
  const auto after = segment_files(folder.path());
  ASSERT_EQ(after.size(), 1U);
  EXPECT_NE(after, damaged);
  const int before = asked;
  EXPECT_EQ(found_by(index, vectors[1300], {.limit = 1})[0].image.value, 1301);
  EXPECT_EQ(asked, before) << "the new segment has them";
  EXPECT_TRUE(open_index(folder.path(), options));
}

// A child process updates and checkpoints until it is killed. Whatever the moment, the folder then holds the
// last checkpoint, or the one that was being written.
TEST(QuantisedFaults, AKilledProcessLeavesAWholeCheckpoint) {
  const TempDir folder;
  const TestVectors vectors(kWide, 3000, 1);
  std::mt19937 random(5);
  std::int64_t last = 0;
  std::size_t most_segments = 0;
  for (int round = 0; round < 20; ++round) {
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
    most_segments =
        std::max(most_segments, static_cast<QuantisedIndex&>(*opened->index).calibrations().size());
    EXPECT_EQ(opened->index->stats().images, std::min<std::size_t>(58, static_cast<std::size_t>(last)) * 50);
    for (std::int64_t position = std::max<std::int64_t>(0, last - 58); position < last; position += 7) {
      const auto vector = static_cast<std::size_t>(position % 58) * 50 + 3;
      EXPECT_EQ(found_by(*opened->index, vectors[vector], {.limit = 1})[0].image.value,
                static_cast<std::int64_t>(vector) + 1);
    }
  }
  EXPECT_GT(last, 0);
  EXPECT_GE(most_segments, 1U);
}

}  // namespace
}  // namespace fit::index
