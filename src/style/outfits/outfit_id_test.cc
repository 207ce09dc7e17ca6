#include "style/outfits/outfit_id.h"

#include <gtest/gtest.h>

#include <string>

namespace fit::style {
namespace {

TEST(OutfitIds, NameThePiecesInAnyOrder) {
  const std::vector<OutfitPieceId> pieces = {
      {PieceKind::kGarment, 5}, {PieceKind::kItem, 77}, {PieceKind::kItem, 12}};
  EXPECT_EQ(outfit_id(pieces), "i12-i77-g5");
  const auto read = pieces_of_outfit_id("i12-i77-g5");
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 3U);
  EXPECT_EQ((*read)[2], pieces[0]);
  EXPECT_EQ(outfit_id(*read), "i12-i77-g5");
}

TEST(OutfitIds, AreToldFromOtherTexts) {
  for (const std::string text : {"", "17", "i", "i0", "i-1", "g5-i12", "i12-", "-i12", "i012", "i12--g5",
                                 "x12", "i1 ", "i1-i1-", "i99999999999999999999", "I12"}) {
    EXPECT_FALSE(pieces_of_outfit_id(text)) << text;
  }
  std::string long_one = "i1";
  for (int i = 2; i < 20; ++i) long_one += "-i" + std::to_string(i);
  EXPECT_FALSE(pieces_of_outfit_id(long_one));
}

}  // namespace
}  // namespace fit::style
