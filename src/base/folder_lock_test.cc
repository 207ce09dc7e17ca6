#include "base/folder_lock.h"

#include <gtest/gtest.h>

#include "base/temp_dir.h"

namespace fit {
namespace {

using Kind = FolderLock::Kind;

TEST(FolderLock, IsSharedOrExclusive) {
  const TempDir folder;
  {
    const auto first = FolderLock::take(folder.path(), Kind::kShared);
    const auto second = FolderLock::try_take(folder.path(), Kind::kShared);
    EXPECT_TRUE(first);
    EXPECT_TRUE(second);
    const auto alone = FolderLock::try_take(folder.path(), Kind::kAlone);
    ASSERT_FALSE(alone);
    EXPECT_EQ(alone.error().code, ErrorCode::kConflict);
  }
  auto alone = FolderLock::take(folder.path(), Kind::kAlone);
  ASSERT_TRUE(alone);
  const FolderLock moved = *std::move(alone);
  EXPECT_FALSE(FolderLock::try_take(folder.path(), Kind::kShared));
}

TEST(FolderLock, AMissingFolderIsNotFound) {
  const TempDir folder;
  EXPECT_EQ(FolderLock::take(folder.path() / "none", Kind::kAlone).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace fit
