#include "base/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <thread>

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

TEST(Files, WriteAllGoesOnUntilEverythingIsWritten) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const Fd reader(ends[0]);
  Fd writer(ends[1]);
  const Bytes sent(300'000, std::byte{7});  // more than a pipe holds
  Result<void> written;
  std::thread writing([&] {
    written = write_all(writer.get(), sent, "write to a pipe");
    writer.close();
  });
  std::size_t received = 0;
  Bytes piece(4096);
  for (ssize_t count = 1; count > 0; received += static_cast<std::size_t>(count))
    count = ::read(reader.get(), piece.data(), piece.size());
  writing.join();
  EXPECT_TRUE(written);
  EXPECT_EQ(received, sent.size());
  const auto refused = write_all(reader.get(), sent, "write to a pipe");
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().message.starts_with("write to a pipe: ")) << refused.error().message;
  EXPECT_TRUE(write_all(reader.get(), {}, "write nothing"));
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
