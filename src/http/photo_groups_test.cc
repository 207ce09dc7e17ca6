#include "http/photo_groups.h"

#include <gtest/gtest.h>

#include "base/format.h"

namespace fit::http {
namespace {

using Names = std::vector<std::pair<std::string, std::vector<std::size_t>>>;

Names grouped(const std::vector<std::string>& paths, bool by_folder) {
  Names names;
  const auto groups = group_photos(paths, by_folder);
  EXPECT_TRUE(groups) << groups.error().describe();
  if (!groups) return names;
  for (const PhotoGroup& group : *groups) names.emplace_back(group.name, group.photos);
  return names;
}

TEST(PhotoGroups, EachPhotoIsAGarment) {
  EXPECT_EQ(grouped({"shoes/red_boots.jpg", "IMG_0042.JPG", "hat"}, false),
            (Names{{"red boots", {0}}, {"", {1}}, {"hat", {2}}}));
}

TEST(PhotoGroups, AFolderIsAGarment) {
  EXPECT_EQ(grouped({"all/red coat/2.jpg", "all/hat/1.jpg", "all/red coat/1.jpg", "scarf.jpg"}, true),
            (Names{{"hat", {1}}, {"red coat", {2, 0}}, {"scarf", {3}}}));
}

TEST(PhotoGroups, AGarmentHasAFewPhotos) {
  std::vector<std::string> paths;
  for (int i = 0; i < 10; ++i) paths.push_back(fit::format("coat/{}.jpg", i));
  EXPECT_EQ(grouped(paths, true).size(), 1U);
  paths.push_back("coat/x.jpg");
  const auto groups = group_photos(paths, true);
  ASSERT_FALSE(groups);
  EXPECT_EQ(groups.error().field, "coat");
  EXPECT_EQ(grouped(paths, false).size(), 11U);
}

TEST(PhotoGroups, ClutterIsKnown) {
  for (const char* path :
       {".DS_Store", "a/.hidden.jpg", "__MACOSX/a/._1.jpg", "a/Thumbs.db", "desktop.ini"}) {
    EXPECT_TRUE(is_clutter(path)) << path;
  }
  for (const char* path : {"a.jpg", "a/b.jpg", "MACOSX/a.jpg"}) EXPECT_FALSE(is_clutter(path)) << path;
}

}  // namespace
}  // namespace fit::http
