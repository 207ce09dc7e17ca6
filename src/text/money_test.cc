#include "text/money.h"

#include <gtest/gtest.h>

#include <random>
#include <tuple>

namespace fit::text {
namespace {

TEST(Money, AsShopsAndPeopleWriteIt) {
  const std::tuple<const char*, double, const char*> cases[] = {
      {"19.99", 19.99, ""},
      {"19.99 USD", 19.99, "USD"},
      {"$45", 45, "USD"},
      {"1,299.00", 1299, ""},
      {"1.299,00 €", 1299, "EUR"},
      {"12,50", 12.5, ""},
      {"£20.00", 20, "GBP"},
      {"\u00A025.00", 25, ""},
      {"\u200B25.00\u200B", 25, ""},
      {"€1.000", 1000, "EUR"},
      {"1 000 €", 1000, "EUR"},
      {"1\u202F299,90\u00A0€", 1299.9, "EUR"},
      {"1.000.000", 1'000'000, ""},
      {"1,29,900.50", 129'900.5, ""},
      {"CHF 1'200.-", 1200, "CHF"},
      {"CHF 1’200.50", 1200.5, "CHF"},
      {"20,- EUR", 20, "EUR"},
      {"20,– €", 20, "EUR"},
      {"kr 500", 500, ""},
      {"500 kr.", 500, ""},
      {"499:-", 499, ""},
      {"₹2000", 2000, "INR"},
      {"Rs. 2,000", 2000, "INR"},
      {"$1k", 1000, "USD"},
      {"1.5k €", 1500, "EUR"},
      {"US $20.50", 20.5, "USD"},
      {"US$20", 20, "USD"},
      {"USD 20", 20, "USD"},
      {"$20 USD", 20, "USD"},
      {"$20 CAD", 20, "CAD"},
      {"C$ 20", 20, "CAD"},
      {"45 zł", 45, "PLN"},
      {"250 Kč", 250, "CZK"},
      {"¥3,500", 3500, "JPY"},
      {"３５００円", 3500, "JPY"},
      {"20 euros", 20, "EUR"},
      {"0.500", 0.5, ""},
      {"0,5", 0.5, ""},
      {".50", 0.5, ""},
      {"1299.000", 1299, ""},
      {"12.5", 12.5, ""},
      {"Free", 0, ""},
      {"gratis", 0, ""},
      {"20 € VB", 20, "EUR"},
      {"from $20", 20, "USD"},
      {"$20 or best offer", 20, "USD"},
      {"0", 0, ""},
  };
  for (const auto& [text, amount, currency] : cases) {
    const auto money = parse_money(text);
    ASSERT_TRUE(money) << text;
    EXPECT_DOUBLE_EQ(money->amount, amount) << text;
    EXPECT_EQ(money->currency, currency) << text;
  }
}

TEST(Money, OtherTextsAreNone) {
  for (const char* text : {"",
                           " ",
                           "abc",
                           "-5",
                           "$-5",
                           "20 - 40 €",
                           "20/40",
                           "1.2.3",
                           "1,2,3",
                           "12 34",
                           "1'23",
                           "nan",
                           "inf",
                           "1e5",
                           "20 apples",
                           "price on request",
                           "20 EUR 30 USD",
                           "$",
                           "1.000,00.00",
                           "12..5",
                           "5%",
                           "M",
                           "W32 L34",
                           "€ USD 20"}) {
    EXPECT_FALSE(parse_money(text)) << text;
  }
}

TEST(Money, Amounts) {
  EXPECT_EQ(parse_amount("1.000"), 1000);
  EXPECT_EQ(parse_amount("1k"), 1000);
  EXPECT_EQ(parse_amount("1 299,5"), 1299.5);
  EXPECT_FALSE(parse_amount("$5"));
  EXPECT_FALSE(parse_amount("k"));
}

TEST(Money, Numbers) {
  const auto number = parse_number("1.299,50");
  ASSERT_TRUE(number);
  EXPECT_EQ(number->value, 1299.5);
  EXPECT_EQ(number->whole_digits, 4U);
  EXPECT_EQ(parse_number("0050")->whole_digits, 4U);
  EXPECT_FALSE(parse_number("12.05.2023"));
}

TEST(Money, RandomBytesAreNoTrouble) {
  std::mt19937_64 random(7);
  const std::string_view pool = "0123456789.,' -k$\xE2\x82\xAC\xC2\xA0(free)\xFF:USD";
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (std::uint64_t size = random() % 20; size > 0; --size) text.push_back(pool[random() % pool.size()]);
    const auto money = parse_money(text);
    if (money) {
      EXPECT_GE(money->amount, 0) << text;
    }
  }
}

}  // namespace
}  // namespace fit::text
