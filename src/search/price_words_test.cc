#include "search/price_words.h"

#include <gtest/gtest.h>

#include "base/format.h"

namespace fit::search {
namespace {

std::string read(std::string_view text) {
  const PriceWords price = parse_price(text);
  const auto end = [](const std::optional<double>& bound) { return bound ? fit::format("{}", *bound) : "-"; };
  return fit::format("{}|{}|{}", price.rest, end(price.min), end(price.max));
}

TEST(PriceWords, ReadsBounds) {
  EXPECT_EQ(read("blue denim jacket under $50"), "blue denim jacket|-|50");
  EXPECT_EQ(read("dress between 20 and 40"), "dress|20|40");
  EXPECT_EQ(read("dress between $40 and $20, red"), "dress red|20|40");
  EXPECT_EQ(read("coat over 100 eur"), "coat|100|-");
  EXPECT_EQ(read("Coat ABOVE €99.50 with hood"), "Coat with hood|99.5|-");
  EXPECT_EQ(read("up to 1,000 dollars"), "|-|1000");
  EXPECT_EQ(read("less than 49,99€ boots"), "boots|-|49.99");
  EXPECT_EQ(read("at least £20 at most £30"), "|20|30");
  EXPECT_EQ(read("shoes <50"), "shoes|-|50");
  EXPECT_EQ(read("shoes >= 50 usd"), "shoes|50|-");
  EXPECT_EQ(read("$20-$40 bag"), "bag|20|40");
  EXPECT_EQ(read("bag 20-40 eur"), "bag|20|40");
  EXPECT_EQ(read("from 20 to 40 jeans"), "jeans|20|40");
  EXPECT_EQ(read("$ 15 max $ 15"), "$ 15|-|15");
}

TEST(PriceWords, LeavesOtherNumbersAlone) {
  for (const std::string text :
       {"levi's 501 jeans", "size 40-42", "over the knee boots", "under", "between", "between 20",
        "from paris to london", "under armour", "80s jacket under", "<", "$", "-", ""}) {
    EXPECT_EQ(read(text), text + "|-|-");
  }
}

TEST(PriceWords, AcceptsAnyText) {
  EXPECT_EQ(read("under 99999999999999999999"), "under 99999999999999999999|-|-");
  EXPECT_EQ(read("under -5"), "under -5|-|-");
  EXPECT_EQ(read("under nan"), "under nan|-|-");
  EXPECT_EQ(read("under 1e5"), "under 1e5|-|-");
  EXPECT_EQ(read("under 50 over 100"), "|50|100") << "bounds that cross are put in order";
  EXPECT_EQ(read("大衣 under 50 👗"), "大衣 👗|-|50");
  std::string longest(100'000, 'x');
  longest += " under 5";
  EXPECT_EQ(parse_price(longest).max, 5);
}

}  // namespace
}  // namespace fit::search
