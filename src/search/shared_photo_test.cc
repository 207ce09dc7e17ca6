#include "search/shared_photo.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

namespace fit::search {
namespace {

const embed::Space kOneSpace{.name = "one", .model = "one", .version = "1", .dimensions = 1};

TEST(SharedPhoto, EachModelEmbedsItOnce) {
  SharedPhoto photo;
  std::atomic<int> calls = 0;
  constexpr int kThreads = 8;
  std::latch begin(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      begin.arrive_and_wait();
      const auto vector = photo.vector(kOneSpace, {}, [&]() -> Result<embed::Vector> {
        ++calls;
        return embed::Vector{1};
      });
      ASSERT_TRUE(vector);
      EXPECT_EQ(vector->front(), 1);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(calls, 1);
  const auto count = [&]() -> Result<embed::Vector> {
    ++calls;
    return embed::Vector{1};
  };
  embed::Space newer = kOneSpace;
  newer.version = "2";
  EXPECT_TRUE(photo.vector(newer, {}, count));
  EXPECT_EQ(calls, 2) << "another model embeds it itself";
  media::Limits smaller;
  smaller.max_bytes = 5;
  EXPECT_TRUE(photo.vector(kOneSpace, smaller, count));
  EXPECT_EQ(calls, 3) << "a photo that one tenant takes may be too large for another";
}

TEST(SharedPhoto, AFailureIsSharedToo) {
  SharedPhoto photo;
  int calls = 0;
  const auto fail = [&]() -> Result<std::uint64_t> {
    ++calls;
    return malformed("image", "is broken");
  };
  EXPECT_EQ(photo.hash(224, fail).error().message, "is broken");
  EXPECT_EQ(photo.hash(224, fail).error().message, "is broken");
  EXPECT_EQ(calls, 1);
}

TEST(SharedPhoto, ItIsDecodedOnceForEachReduction) {
  SharedPhoto photo;
  const media::ImageInfo info{.format = media::Format::kJpeg, .width = 1600, .height = 1200};
  int decodes = 0;
  const auto at = [&](int short_side, const media::Limits& limits = {}) {
    return photo.pixels(info, short_side, limits, [&]() -> Result<media::Image> {
      ++decodes;
      return media::Image{1, 1, {1, 2, 3}};
    });
  };
  ASSERT_TRUE(at(150));
  EXPECT_EQ(*at(140), *at(150)) << "1200 / 8 is enough for both";
  EXPECT_EQ(decodes, 1);
  EXPECT_TRUE(at(300));
  EXPECT_EQ(decodes, 2) << "the same pixels as without sharing";
  media::Limits smaller;
  smaller.max_bytes = 5;
  EXPECT_TRUE(at(300, smaller));
  EXPECT_EQ(decodes, 3);
}

}  // namespace
}  // namespace fit::search
