#include "http/request_body.h"

#include <gtest/gtest.h>

#include "base/small_disk.h"
#include "base/temp_dir.h"

namespace fit::http {
namespace {

constexpr std::size_t kMiB = 1 << 20;

Result<void> append(RequestBody& body, std::string_view data) {
  if (body.try_append(data)) return {};
  return body.append_to_file(data);
}

std::size_t files_in(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

TEST(RequestBody, SmallOnesAreInMemoryAndLargeOnesInAFile) {
  const TempDir dir;
  BodySpace space(dir.path(), {});
  RequestBody small(space);
  ASSERT_TRUE(append(small, "abc"));
  ASSERT_TRUE(append(small, "def"));
  ASSERT_TRUE(small.finish());
  EXPECT_EQ(small.view(), "abcdef");
  EXPECT_TRUE(small.file().empty());
  {
    RequestBody large(space);
    std::string all;
    for (int i = 0; i < 20; ++i) {
      const std::string piece(kMiB / 2 + 1, static_cast<char>('a' + i));
      ASSERT_TRUE(append(large, piece));
      all += piece;
    }
    ASSERT_TRUE(large.finish());
    EXPECT_TRUE(large.view() == all);
    EXPECT_EQ(large.size(), all.size());
    EXPECT_EQ(std::filesystem::file_size(large.file()), all.size());
  }
  EXPECT_EQ(files_in(dir.path()), 0U);
}

TEST(RequestBody, WithoutMemoryEvenSmallOnesGoToAFile) {
  const TempDir dir;
  BodySpace space(dir.path(), {.memory_bytes = 100'000});
  RequestBody first(space);
  ASSERT_TRUE(append(first, std::string(60'000, 'x')));
  {
    RequestBody second(space);
    EXPECT_FALSE(second.try_append(std::string(60'000, 'y')));
    ASSERT_TRUE(second.append_to_file("y"));
    ASSERT_TRUE(second.finish());
    EXPECT_EQ(second.view(), "y");
  }
  RequestBody empty(space);
  ASSERT_TRUE(empty.finish());
  EXPECT_EQ(empty.view(), "");
}

TEST(RequestBody, ScratchFilesHaveALimitTogether) {
  const TempDir dir;
  BodySpace space(dir.path(), {.memory_bytes = 0, .scratch_bytes = 10 * kMiB});
  const std::string piece(3 * kMiB, 'x');
  RequestBody kept(space);
  ASSERT_TRUE(append(kept, piece));
  {
    RequestBody second(space);
    ASSERT_TRUE(append(second, piece));
    RequestBody third(space);
    const auto refused = append(third, piece);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  }
  RequestBody later(space);
  EXPECT_TRUE(append(later, piece));  // the other bodies have returned their space
}

TEST(RequestBody, BodiesLeaveHalfOfTheDisk) {
  const TempDir dir;
  const SmallDisk disk(dir.path(), "32m");
  if (!disk.is_mounted()) GTEST_SKIP() << "this user may not mount a small file system";
  BodySpace space(dir.path(), {.memory_bytes = 0});
  const std::string piece(kMiB, 'x');
  RequestBody body(space);
  Result<void> appended;
  std::size_t pieces = 0;
  while ((appended = append(body, piece)) && pieces < 100) ++pieces;
  ASSERT_FALSE(appended);
  EXPECT_EQ(appended.error().code, ErrorCode::kStorageFull);
  EXPECT_EQ(pieces, 16U);
}

TEST(RequestBody, AFullDiskIsAnError) {
  const TempDir dir;
  const SmallDisk disk(dir.path(), "32m");
  if (!disk.is_mounted()) GTEST_SKIP() << "this user may not mount a small file system";
  BodySpace space(dir.path(), {.memory_bytes = 0});
  RequestBody body(space);
  ASSERT_TRUE(append(body, "x"));
  disk.fill();  // after the space was taken
  const auto refused = append(body, std::string(2 * kMiB, 'x'));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kStorageFull);
}

}  // namespace
}  // namespace fit::http
