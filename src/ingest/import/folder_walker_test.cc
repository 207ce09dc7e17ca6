#include "ingest/import/folder_walker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/temp_dir.h"
#include "catalog/test_support.h"

namespace fit::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> walk(const std::filesystem::path& root) {
  auto walker = FolderWalker::open(root);
  EXPECT_TRUE(walker);
  std::vector<std::string> names;
  while (auto found = walker->next())
    names.push_back(found->path.lexically_relative(root).generic_string() + found->problem);
  return names;
}

TEST(FolderWalkerTest, SortedImagesOfAllLevels) {
  const TempDir folder;
  for (const char* name : {"z.jpg", "b/2.PNG", "b/10.webp", "a/x/deep.heic", "a/1.jpeg", "notes.txt",
                           ".hidden/a.jpg", "b/.hidden.jpg", "c.d/e.gif", "LICENSE", "empty.jpg/in.avif"}) {
    catalog::testing::write_file(folder.path() / name, std::string_view("x"));
  }
  EXPECT_THAT(walk(folder.path()), ElementsAre("a/1.jpeg", "a/x/deep.heic", "b/10.webp", "b/2.PNG",
                                               "c.d/e.gif", "empty.jpg/in.avif", "z.jpg"));
}

TEST(FolderWalkerTest, LinksAreFollowedAndLoopsEnd) {
  const TempDir folder;
  const TempDir elsewhere;
  catalog::testing::write_file(folder.path() / "a/1.jpg", std::string_view("x"));
  catalog::testing::write_file(elsewhere.path() / "2.jpg", std::string_view("x"));
  std::filesystem::create_directory_symlink(folder.path(), folder.path() / "a/up");
  std::filesystem::create_directory_symlink(".", folder.path() / "self");
  std::filesystem::create_directory_symlink(elsewhere.path(), folder.path() / "b");
  std::filesystem::create_symlink("nowhere", folder.path() / "broken.jpg");
  std::filesystem::create_symlink("loop.jpg", folder.path() / "loop.jpg");
  std::filesystem::create_symlink(folder.path() / "a/1.jpg", folder.path() / "c.jpg");
  EXPECT_THAT(walk(folder.path()), ElementsAre("a/1.jpg", "b/2.jpg", "broken.jpg", "c.jpg", "loop.jpg"));
}

TEST(FolderWalkerTest, VeryDeepFolders) {
  const TempDir folder;
  std::filesystem::path deep = folder.path();
  for (int i = 0; i < 500; ++i) deep /= "d";
  catalog::testing::write_file(deep / "a.jpg", std::string_view("x"));
  EXPECT_EQ(walk(folder.path()).size(), 1U);
}

TEST(FolderWalkerTest, EmptyMissingAndNoFolder) {
  const TempDir folder;
  EXPECT_THAT(walk(folder.path()), IsEmpty());
  EXPECT_EQ(FolderWalker::open(folder.path() / "no").error().code, ErrorCode::kNotFound);
  catalog::testing::write_file(folder.path() / "f", std::string_view("x"));
  EXPECT_EQ(FolderWalker::open(folder.path() / "f").error().code, ErrorCode::kInvalid);
}

TEST(FolderWalkerTest, FolderThatCannotBeListedIsReported) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may list everything";
  const TempDir folder;
  catalog::testing::write_file(folder.path() / "a/1.jpg", std::string_view("x"));
  catalog::testing::write_file(folder.path() / "b.jpg", std::string_view("x"));
  ::chmod((folder.path() / "a").c_str(), 0);
  EXPECT_THAT(walk(folder.path()), ElementsAre("athe folder cannot be listed", "b.jpg"));
  ::chmod((folder.path() / "a").c_str(), 0755);
}

}  // namespace
}  // namespace fit::ingest
