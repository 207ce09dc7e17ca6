#include "base/zip.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/files.h"
#include "base/temp_dir.h"

namespace fit {
namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

Bytes zipped(const Files& files, ZipWriter::Packing packing = ZipWriter::Packing::kDeflated) {
  const TempDir dir;
  const auto path = dir.path() / "archive.zip";
  auto writer = ZipWriter::create(path);
  EXPECT_TRUE(writer) << writer.error().describe();
  for (const auto& [name, content] : files) EXPECT_TRUE(writer->add(name, as_bytes(content), packing));
  EXPECT_TRUE(writer->finish());
  return *read_file(path, 100u << 20);
}

ZipLimits zip_limits() {
  return {.max_entries = 10, .max_entry_bytes = 1u << 20, .max_bytes = 4u << 20};
}

Result<Files> unzipped(ByteView archive, const ZipLimits& limits = zip_limits()) {
  Files files;
  FIT_CHECK(read_zip("body", archive, limits, [&](const std::string& name, ByteView content) -> Result<void> {
    files.emplace_back(name, as_text(content));
    return {};
  }));
  return files;
}

void expect_refused(const Bytes& archive, ErrorCode code, const std::string& field,
                    const ZipLimits& limits = zip_limits()) {
  const auto files = unzipped(archive, limits);
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().code, code) << files.error().describe();
  EXPECT_EQ(files.error().field, field) << files.error().describe();
}

TEST(Zip, FilesComeBack) {
  const Files files = {{"table.csv", std::string(100'000, 'x')}, {"photos/1.jpg", "abc"}, {"empty", ""}};
  for (const auto packing : {ZipWriter::Packing::kStored, ZipWriter::Packing::kDeflated}) {
    const Bytes archive = zipped(files, packing);
    EXPECT_TRUE(is_zip(archive));
    const auto read = unzipped(archive);
    ASSERT_TRUE(read) << read.error().describe();
    EXPECT_EQ(*read, files);
  }
}

TEST(Zip, AnArchiveMayBeEmpty) {
  const auto read = unzipped(zipped({}));
  ASSERT_TRUE(read) << read.error().describe();
  EXPECT_TRUE(read->empty());
}

TEST(Zip, UnsafeNamesAreRefused) {
  for (const char* name : {"../a", "/a", "a/../b", "a//b", "./a", "C:/a"}) {
    expect_refused(zipped({{name, "x"}}), ErrorCode::kInvalid, name);
  }
}

TEST(Zip, ANameComesOnce) {
  expect_refused(zipped({{"a", "1"}, {"b", "2"}, {"a", "3"}}), ErrorCode::kInvalid, "a");
}

TEST(Zip, LimitsHold) {
  Files many;
  for (int i = 0; i < 11; ++i) many.emplace_back(std::to_string(i), "x");
  expect_refused(zipped(many), ErrorCode::kTooLarge, "body");
  expect_refused(zipped({{"a", std::string((1u << 20) + 1, 'x')}}), ErrorCode::kTooLarge, "a");
  const std::string large(900'000, 'x');
  expect_refused(zipped({{"a", large}, {"b", large}, {"c", large}, {"d", large}, {"e", large}}),
                 ErrorCode::kTooLarge, "body");
  ZipLimits limits = zip_limits();
  limits.small_bytes = 1000;
  expect_refused(zipped({{"a", "x"}, {"bomb", std::string(1u << 20, 'x')}}), ErrorCode::kTooLarge, "bomb",
                 limits);
}

TEST(Zip, OtherBytesAndDamageAreRefused) {
  expect_refused({}, ErrorCode::kInvalid, "body");
  const std::string text = "PK, but no archive";
  expect_refused(Bytes(as_bytes(text).begin(), as_bytes(text).end()), ErrorCode::kInvalid, "body");
  const Bytes whole = zipped({{"a", std::string(5000, 'x') + "y"}, {"b", "z"}}, ZipWriter::Packing::kStored);
  for (std::size_t size = 4; size < whole.size(); size += 97) {
    const auto files = unzipped(ByteView(whole).first(size));
    ASSERT_FALSE(files) << size;
    EXPECT_EQ(files.error().code, ErrorCode::kInvalid) << size;
  }
  Bytes changed = whole;
  changed[1000] = std::byte{'q'};
  expect_refused(changed, ErrorCode::kInvalid, "a");
}

TEST(Zip, TheFirstErrorOfTheVisitorEndsIt) {
  int visits = 0;
  const auto read = read_zip("body", zipped({{"a", "1"}, {"b", "2"}}), zip_limits(),
                             [&](const std::string& name, ByteView) -> Result<void> {
                               ++visits;
                               return invalid(name, "is not liked");
                             });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().field, "a");
  EXPECT_EQ(visits, 1);
}

}  // namespace
}  // namespace fit
