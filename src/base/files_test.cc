#include "base/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "base/temp_dir.h"

namespace fit {
namespace {

TEST(Files, WritesAndReadsBack) {
  const TempDir dir;
  const auto path = dir.path() / "a" / "b.txt";
  ASSERT_TRUE(write_file_atomically(path, as_bytes("first")));
  ASSERT_TRUE(write_file_atomically(path, as_bytes("second")));
  const auto content = read_file(path, 100);
  ASSERT_TRUE(content);
  EXPECT_EQ(as_text(*content), "second");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(path.parent_path()), {}), 1);
}

TEST(Files, RefusesFilesAboveTheLimitAndNonRegularFiles) {
  const TempDir dir;
  ASSERT_TRUE(write_file_atomically(dir.path() / "x", as_bytes("12345")));
  EXPECT_EQ(read_file(dir.path() / "x", 4).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(read_file(dir.path() / "y", 4).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(read_file(dir.path(), 4).error().code, ErrorCode::kInvalid);
  ASSERT_EQ(mkfifo((dir.path() / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(read_file(dir.path() / "pipe", 4).error().code, ErrorCode::kInvalid)
      << "and does not wait for a writer";
}

TEST(Files, AReaderReadsParts) {
  const TempDir dir;
  ASSERT_TRUE(write_file_atomically(dir.path() / "x", as_bytes("12345")));
  const auto file = FileReader::open(dir.path() / "x");
  ASSERT_TRUE(file) << file.error().describe();
  EXPECT_EQ(file->size_bytes(), 5U);
  EXPECT_EQ(as_text(*file->read(0, 2)), "12");
  EXPECT_EQ(as_text(*file->read(3, 9)), "45");
  EXPECT_TRUE(file->read(5, 1)->empty());
  const auto age = std::chrono::system_clock::now().time_since_epoch() - file->modified_at();
  EXPECT_LT(std::chrono::abs(age), std::chrono::hours(1));
}

TEST(Files, AFailedWriteLeavesTheOldContent) {
  const TempDir dir;
  std::filesystem::create_directory(dir.path() / "taken");
  EXPECT_FALSE(write_file_atomically(dir.path() / "taken", as_bytes("x"))) << "a folder is in the way";
  EXPECT_TRUE(std::filesystem::is_directory(dir.path() / "taken"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir.path()), {}), 1)
      << "nothing left beside it";
}

TEST(Files, ErrnoBecomesACode) {
  EXPECT_EQ(from_errno("x", ENOSPC).code, ErrorCode::kStorageFull);
  EXPECT_EQ(from_errno("x", EROFS).code, ErrorCode::kStorageFull);
  EXPECT_EQ(from_errno("x", ENOENT).code, ErrorCode::kNotFound);
  EXPECT_EQ(from_errno("x", EIO).code, ErrorCode::kInternal);
}

}  // namespace
}  // namespace fit
