// What every FileTree promises.
#include "blobs/file_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/hash.h"
#include "base/secure_random.h"
#include "base/temp_dir.h"
#include "blobs/local_tree.h"
#include "blobs/s3_tree.h"
#include "blobs/test_s3.h"

namespace fit::blobs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr std::size_t kPartBytes = 5 << 20;

// A source of these bytes in pieces.
FileTree::Reader pieces_of(const Bytes& content, std::size_t piece_bytes) {
  return [&content, piece_bytes, at = std::size_t{0}]() mutable -> Result<Bytes> {
    const std::size_t count = std::min(piece_bytes, content.size() - at);
    const auto begin = content.begin() + static_cast<std::ptrdiff_t>(at);
    at += count;
    return Bytes(begin, begin + static_cast<std::ptrdiff_t>(count));
  };
}

// A way to make an empty tree, null where this run has no server for it.
struct TreeKind {
  const char* name;
  std::unique_ptr<FileTree> (*make)(const std::filesystem::path& folder);
};

class FileTreeContract : public ::testing::TestWithParam<TreeKind> {
 protected:
  void SetUp() override {
    if (!tree_) GTEST_SKIP() << "this run has no server for the tree";
  }

  Result<void> put(const std::string& path, std::string_view text) const {
    const Bytes content(as_bytes(text).begin(), as_bytes(text).end());
    return tree_->put(path, content.size(), pieces_of(content, 3));
  }
  std::string get(const std::string& path) const {
    std::string text;
    const auto read = tree_->read(path, [&text](ByteView piece) -> Result<void> {
      text += as_text(piece);
      return {};
    });
    return read ? text : std::string(to_string(read.error().code));
  }
  std::vector<std::string> list(const std::string& folder) const {
    std::vector<std::string> paths;
    EXPECT_TRUE(tree_->list(folder, [&paths](const TreeFile& file) -> Result<void> {
      paths.push_back(file.path);
      return {};
    }));
    return paths;
  }

  const TempDir temp_;
  const std::unique_ptr<FileTree> tree_ = GetParam().make(temp_.path() / "tree");
};

TEST_P(FileTreeContract, FilesAreWrittenReadAndReplaced) {
  EXPECT_EQ(get("a/b/one.txt"), "not_found");
  EXPECT_FALSE(tree_->exists("a/b/one.txt").value());
  ASSERT_TRUE(put("a/b/one.txt", "the first content"));
  ASSERT_TRUE(put("a/empty", ""));
  EXPECT_EQ(get("a/b/one.txt"), "the first content");
  // The S3 server of the tests fails for a range of an empty object; S3 answers 416.
  if (GetParam().name != std::string_view("S3")) {
    EXPECT_EQ(get("a/empty"), "");
  }
  EXPECT_TRUE(tree_->exists("a/empty").value());
  ASSERT_TRUE(put("a/b/one.txt", "other"));
  EXPECT_EQ(get("a/b/one.txt"), "other");
  EXPECT_TRUE(tree_->sync());
  EXPECT_THAT(tree_->name_of("a/b"), ::testing::EndsWith("/a/b"));
}

TEST_P(FileTreeContract, FoldersAndTheirFilesAreListed) {
  EXPECT_THAT(tree_->folders().value(), IsEmpty());
  EXPECT_THAT(list("a"), IsEmpty());
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(put("a/" + std::to_string(i), "x"));
  ASSERT_TRUE(put("aa/one", "x"));
  ASSERT_TRUE(put("a0/one", "x"));
  ASSERT_TRUE(put("b/deep/one", "x"));
  ASSERT_TRUE(put("file", "x"));
  EXPECT_THAT(tree_->folders().value(), UnorderedElementsAre("a", "a0", "aa", "b"));
  EXPECT_EQ(list("a").size(), 7U);
  EXPECT_THAT(list("b"), ElementsAre("b/deep/one"));
  const auto stopped = tree_->list("a", [](const TreeFile&) -> Result<void> { return cancelled(); });
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
}

TEST_P(FileTreeContract, AFolderIsRemovedWithItsFiles) {
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(put("a/deep/" + std::to_string(i), "x"));
  ASSERT_TRUE(put("a/first", "x"));
  ASSERT_TRUE(put("ab/one", "x"));
  ASSERT_TRUE(tree_->remove("a", "first"));
  EXPECT_THAT(tree_->folders().value(), ElementsAre("ab"));
  EXPECT_TRUE(tree_->remove("a", "first")) << "it is gone already";
}

TEST_P(FileTreeContract, FilesOfSeveralPartsComeBack) {
  for (const std::size_t size :
       {kPartBytes - 1, kPartBytes, kPartBytes + 1, 2 * kPartBytes, 2 * kPartBytes + 77}) {
    const Bytes content = secure_random(size);
    for (const std::size_t piece : {std::size_t{1} << 20, 3 * kPartBytes}) {
      ASSERT_TRUE(tree_->put("large", size, pieces_of(content, piece)));
      Sha256 sum;
      ASSERT_TRUE(tree_->read("large", [&sum](ByteView part) -> Result<void> {
        EXPECT_LE(part.size(), kPartBytes);
        sum.update(part);
        return {};
      }));
      EXPECT_EQ(sum.hex(), sha256_hex(content)) << size;
    }
  }
}

TEST_P(FileTreeContract, ASourceThatFailsLeavesNothing) {
  const Bytes content = secure_random(2 * kPartBytes);
  const FileTree::Reader whole = pieces_of(content, 1 << 20);
  int pieces = 0;
  const auto failed = tree_->put("a/large", content.size(), [&]() -> Result<Bytes> {
    if (++pieces == 9) return cancelled();
    return whole();
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kCancelled);
  EXPECT_FALSE(tree_->exists("a/large").value());
  EXPECT_THAT(list("a"), IsEmpty());
  ASSERT_TRUE(put("one", "x"));
  const auto stopped = tree_->read("one", [](ByteView) -> Result<void> { return cancelled(); });
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
}

TEST_P(FileTreeContract, OneHolderExcludesOthers) {
  auto held = tree_->hold();
  ASSERT_TRUE(held) << held.error().describe();
  EXPECT_EQ(tree_->hold().error().code, ErrorCode::kConflict);
  held->reset();
  EXPECT_TRUE(tree_->hold());
}

std::unique_ptr<FileTree> s3_tree(const std::string& prefix) {
  const auto server = TestS3::find();
  if (!server) return nullptr;
  S3Options options = server->options();
  options.part_bytes = kPartBytes;
  options.page = 3;
  return std::make_unique<S3Tree>(server->bucket(options), prefix, "s3://fit/" + prefix);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, FileTreeContract,
    ::testing::Values(TreeKind{"Local",
                               [](const std::filesystem::path& folder) -> std::unique_ptr<FileTree> {
                                 return std::make_unique<LocalTree>(folder);
                               }},
                      TreeKind{"S3",
                               [](const std::filesystem::path&) {
                                 return s3_tree("tree-" + sha256_hex(secure_random(8)).substr(0, 16));
                               }}),
    [](const ::testing::TestParamInfo<TreeKind>& kind) { return std::string(kind.param.name); });

}  // namespace
}  // namespace fit::blobs
