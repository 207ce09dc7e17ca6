#include "text/currency.h"

#include <gtest/gtest.h>

namespace fit::text {
namespace {

TEST(Currency, Codes) {
  EXPECT_EQ(currency_code("eur"), "EUR");
  EXPECT_EQ(currency_code("€"), "EUR");
  EXPECT_EQ(currency_code("Pounds"), "GBP");
  EXPECT_TRUE(is_currency("kr"));
  EXPECT_EQ(currency_code("kr"), "");
  EXPECT_TRUE(is_currency("pesos"));
  EXPECT_EQ(currency_code("pesos"), "") << "of several countries";
  EXPECT_FALSE(is_currency("max"));
  EXPECT_FALSE(is_currency("d e"));
  EXPECT_FALSE(is_currency(""));
}

TEST(Currency, FormOfCodes) {
  EXPECT_TRUE(has_code_form("EUR"));
  EXPECT_TRUE(has_code_form("QQQ")) << "no currency has this code";
  EXPECT_FALSE(has_code_form("eur"));
  EXPECT_FALSE(has_code_form("EU"));
  EXPECT_FALSE(has_code_form("EURO"));
  EXPECT_FALSE(has_code_form("E1R"));
  EXPECT_FALSE(has_code_form("\u00c4R")) << "an umlaut has two bytes";
  EXPECT_FALSE(has_code_form(""));
}

TEST(Currency, InQueries) {
  EXPECT_TRUE(is_currency_in_query("cad", Casing::kAny));
  EXPECT_TRUE(is_currency_in_query("euros", Casing::kAny));
  EXPECT_FALSE(is_currency_in_query("try", Casing::kAny));
  EXPECT_TRUE(is_currency_in_query("try", Casing::kUpperInMixed));
  EXPECT_FALSE(is_currency_in_query("ft", Casing::kUpperInMixed)) << "feet";
  EXPECT_FALSE(is_currency_in_query("max", Casing::kUpperInMixed));
}

}  // namespace
}  // namespace fit::text
