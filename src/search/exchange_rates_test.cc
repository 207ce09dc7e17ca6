#include "search/exchange_rates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "base/format.h"

namespace fit::search {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::SizeIs;

// A file as the European Central Bank has it.
constexpr std::string_view kBank = R"(<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
	<gesmes:subject>Reference rates</gesmes:subject>
	<gesmes:Sender>
		<gesmes:name>European Central Bank</gesmes:name>
	</gesmes:Sender>
	<Cube>
		<Cube time='2026-11-27'>
			<Cube currency='USD' rate='1.25'/>
			<Cube currency="JPY" rate="160.5" />
			<Cube currency='GBP' rate='0.8'/></Cube>
	</Cube>
</gesmes:Envelope>)";

ExchangeRates table_of(std::string_view text) {
  return ExchangeRates::parse("EXCHANGE_RATES", text).value();
}

Error error_of(std::string_view text) {
  const auto read = ExchangeRates::parse("EXCHANGE_RATES", text);
  EXPECT_FALSE(read) << text.substr(0, 200);
  return read ? Error{} : read.error();
}

std::string bank(std::string_view cubes) {
  return fit::format("<Envelope><Cube><Cube time=\"2026-11-27\">{}</Cube></Cube></Envelope>", cubes);
}

TEST(ExchangeRates, ReadsTheBanksTable) {
  const ExchangeRates table = table_of(kBank);
  EXPECT_EQ(table.size(), 4U);
  EXPECT_EQ(table.date(), "2026-11-27");
  EXPECT_THAT(table.factor("EUR", "USD"), Optional(1.25));
  EXPECT_THAT(table.factor("USD", "EUR"), Optional(0.8));
  EXPECT_THAT(table.factor("GBP", "JPY"), Optional(160.5 / 0.8));
  EXPECT_EQ(table.factor("EUR", "CHF"), std::nullopt);
  EXPECT_EQ(table.factor("", "EUR"), std::nullopt);
}

TEST(ExchangeRates, ReadsLines) {
  const ExchangeRates table = table_of(
      "\xEF\xBB\xBF"
      "Currency, Rate\r\n# of today\r\n\r\nUSD,1\r\n EUR , 0.8\r\nJPY,128");
  EXPECT_EQ(table.size(), 3U);
  EXPECT_EQ(table.date(), "");
  EXPECT_THAT(table.factor("EUR", "JPY"), Optional(160.0));
  EXPECT_EQ(table_of("EUR,1\nUSD,1.25\nJPY,160.5\nGBP,0.8").fingerprint(), table_of(kBank).fingerprint())
      << "the base, the order and the day do not change what is converted";
  EXPECT_NE(table_of("EUR,1\nUSD,1.25").fingerprint(), table_of("EUR,1\nUSD,1.24").fingerprint());
}

TEST(ExchangeRates, RefusesLinesThatAreNoRates) {
  EXPECT_EQ(error_of("EUR,1\nUSD,0").field, "EXCHANGE_RATES");
  EXPECT_EQ(error_of("EUR,1\nUSD,0").code, ErrorCode::kInvalid);
  for (const std::string_view rate : {"0", "-1", "nan", "inf", "-inf", "1e300", "1e-300", "1e10", "1e-10",
                                      "0x10", "+2", "", "1.2.3", "1,2", "1.2 EUR", "one", "1e", "\"1.2\""}) {
    EXPECT_THAT(error_of(fit::format("EUR,1\n\nUSD,{}", rate)).message, HasSubstr("line 3 has no rate"))
        << rate;
  }
  for (const std::string_view code : {"", "usd", "US", "USDT", "U5D", "U\xC3\x9C", "€", "U D", "currency"}) {
    EXPECT_THAT(error_of(fit::format("EUR,1\n{},2", code)).message, HasSubstr("line 2 has no currency code"))
        << code;
  }
  EXPECT_THAT(error_of(std::string("EUR,1\nUS\0,2", 11)).message, HasSubstr("line 2"));
  EXPECT_THAT(error_of("EUR,1\nUSD,2\nUSD,2").message, HasSubstr("line 3 has the rate of USD a second time"));
  EXPECT_THAT(error_of("EUR,1\ncurrency,rate\nUSD,2").message, HasSubstr("line 2"));
  EXPECT_THAT(error_of("").message, HasSubstr("no base"));
  EXPECT_THAT(error_of("EUR,0.9\nUSD,1.1").message, HasSubstr("no base"));
  EXPECT_THAT(error_of("EUR,1").message, HasSubstr("no rate besides"));
  EXPECT_THAT(error_of("{\"EUR\": 1, \"USD\": 1.1}").message, HasSubstr("line 1"));
}

TEST(ExchangeRates, RefusesXmlThatIsNotTheBanks) {
  constexpr std::string_view kDollar = "<Cube currency=\"USD\" rate=\"1.1\"/>";
  EXPECT_EQ(table_of(bank(kDollar)).size(), 2U);
  for (const std::string_view rate : {"0", "-1.1", "nan", "1e300", "", "1,1", "&e;", " 1.1"}) {
    EXPECT_THAT(error_of(bank(fit::format("<Cube currency='USD' rate='{}'/>", rate))).message,
                HasSubstr("element 1 has no rate"))
        << rate;
  }
  EXPECT_THAT(error_of(bank("<Cube currency='usd' rate='1.1'/>")).message, HasSubstr("no currency code"));
  EXPECT_THAT(error_of(bank("<Cube rate='1.1'/>")).message, HasSubstr("no currency code"));
  EXPECT_THAT(error_of(bank("<Cube currency='USD'/>")).message, HasSubstr("no rate"));
  EXPECT_THAT(error_of(bank(fit::format("{}{}", kDollar, kDollar))).message, HasSubstr("USD a second time"));
  EXPECT_THAT(error_of(bank("<Cube currency='EUR' rate='1'/>")).message, HasSubstr("EUR a second time"));
  EXPECT_THAT(error_of(bank("<Cube currency='USD' currency='GBP' rate='1'/>")).message, HasSubstr("twice"));
  for (const std::string_view broken :
       {"<Cube currency=USD rate='1.1'/>", "<Cube currency/>", "<Cube currency= rate=/>",
        "<Cube ='1'/>=", "<Cube currency='USD' rate='1.1"}) {
    EXPECT_FALSE(ExchangeRates::parse("f", bank(broken))) << broken;
  }
  EXPECT_THAT(error_of("<html><body>Sign in</body></html>").message, HasSubstr("no rate besides"));
  EXPECT_THAT(error_of(bank("<Cube time='2026-11-26'/>")).message, HasSubstr("several days"));
  EXPECT_THAT(error_of("<Cube time='2026-13-27'/>").message, HasSubstr("invalid day"));
  EXPECT_THAT(error_of("<").message, HasSubstr("does not end"));
}

// Entities are the usual way to make a small document large, or to read files.
TEST(ExchangeRates, RefusesDeclarations) {
  const std::string table = bank("<Cube currency='USD' rate='1.1'/>");
  for (const std::string_view declared :
       {"<!DOCTYPE a [<!ENTITY b \"bbb\"><!ENTITY c \"&b;&b;&b;\">]>",
        "<!DOCTYPE a SYSTEM \"file:///etc/passwd\">", "<!-- -->", "<![CDATA[x]]>"}) {
    EXPECT_THAT(error_of(std::string(declared) + table).message, HasSubstr("declaration")) << declared;
  }
}

TEST(ExchangeRates, TablesAreBounded) {
  EXPECT_EQ(error_of(std::string(kMaxRatesBytes + 1, '<')).code, ErrorCode::kTooLarge);
  std::string many = "EUR,1\n";
  for (std::size_t i = 0; i < kMaxCurrencies; ++i) {
    many += fit::format("{}{}{},2\n", static_cast<char>('F' + i / 26), static_cast<char>('A' + i % 26), 'A');
  }
  EXPECT_THAT(error_of(many).message, HasSubstr("more than 300"));
  EXPECT_EQ(table_of(many.substr(0, many.rfind('\n', many.size() - 2))).size(), kMaxCurrencies);
}

TEST(ExchangeRates, AcceptsAnyBytes) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::string text(round % 2 == 0 ? kBank : "EUR,1\nUSD,1.1\nGBP,0.8\n");
    for (std::uint32_t changes = 1 + random() % 8; changes > 0; --changes) {
      const std::size_t at = random() % text.size();
      if (random() % 3 == 0)
        text.erase(at, 1 + random() % 20);
      else
        text[at] = random() % 2 == 0 ? static_cast<char>(random()) : "<>'\"=/,\n&!"[random() % 10];
      if (text.empty()) text = " ";
    }
    const auto read = ExchangeRates::parse("f", text);
    if (!read) continue;
    for (const auto& [currency, rate] : read->by_currency()) {
      EXPECT_THAT(currency, SizeIs(3));
      EXPECT_TRUE(rate >= kLeastRate && rate <= kGreatestRate) << rate;
    }
  }
}

TEST(ExchangeRates, ConvertsRanges) {
  const ExchangeRates table = table_of(kBank);
  const domain::PriceRange euros{.currency = "EUR", .min = 20, .max = 40};
  const auto dollars = in_currency(euros, "USD", &table).value();
  EXPECT_EQ(dollars.currency, "USD");
  EXPECT_LE(*dollars.min, 25) << "a price on the bound is in the range";
  EXPECT_GE(*dollars.max, 50);
  EXPECT_NEAR(*dollars.min, 25, 1e-6);
  EXPECT_NEAR(*dollars.max, 50, 1e-6);
  EXPECT_THAT(in_currency(euros, "EUR", nullptr)->max, Optional(40.0));
  EXPECT_FALSE(in_currency(euros, "USD", nullptr));
  EXPECT_FALSE(in_currency(euros, "CHF", &table));
  EXPECT_FALSE(in_currency({.currency = "CHF", .max = 5}, "EUR", &table));
  EXPECT_FALSE(in_currency({.currency = "EUR", .max = 5}, "USD", &table)->min);
}

TEST(ExchangeRates, ConvertsTheRangesOfAFilter) {
  const ExchangeRates table = table_of(kBank);
  Filter filter;
  convert_prices(filter, &table);
  EXPECT_FALSE(filter.converted);
  filter.price_in = {{.currency = "EUR", .max = 40}};
  convert_prices(filter, &table);
  ASSERT_THAT(filter.converted, Optional(SizeIs(4)));
  EXPECT_EQ(filter.converted->front().currency, "EUR") << "the range itself comes first";
  convert_prices(filter, nullptr);
  EXPECT_THAT(filter.converted, Optional(SizeIs(1)));

  filter.price_in.push_back({.currency = "USD", .min = 10});
  convert_prices(filter, &table);
  ASSERT_THAT(filter.converted, Optional(SizeIs(4)));
  EXPECT_NEAR(filter.converted->front().min.value(), 8, 1e-6);
  EXPECT_THAT(filter.converted->front().max, Optional(40.0));
  convert_prices(filter, nullptr);
  EXPECT_THAT(filter.converted, Optional(IsEmpty())) << "no currency is in both ranges";
  filter.price_in = {{.currency = "CHF", .max = 40}};
  convert_prices(filter, &table);
  EXPECT_THAT(filter.converted, Optional(SizeIs(1))) << "a currency without a rate has itself";
}

TEST(ExchangeRates, FindTheCurrencyInWhichPricesAreCompared) {
  const ExchangeRates table = table_of(kBank);
  const std::vector<domain::PriceRange> euros = {{.currency = "EUR", .max = 40}};
  const auto unit = price_unit_of(euros, "", &table);
  ASSERT_TRUE(unit);
  EXPECT_EQ(unit->currency, "EUR");
  EXPECT_EQ(unit->rates, table.fingerprint());
  EXPECT_THAT(unit->convert("USD", 50), Optional(40.0));
  EXPECT_THAT(unit->convert("EUR", 50), Optional(50.0));
  EXPECT_EQ(unit->convert("CHF", 50), std::nullopt);
  EXPECT_EQ(unit->convert("", 50), std::nullopt);
  EXPECT_EQ(price_unit_of({}, "USD", &table).value().currency, "USD") << "the words name it";
  EXPECT_EQ(price_unit_of(euros, "EUR", &table).value().currency, "EUR");
  EXPECT_FALSE(price_unit_of(euros, "USD", &table)) << "two currencies are none";
  EXPECT_FALSE(price_unit_of({}, "", &table));
  EXPECT_FALSE(price_unit_of({}, "CHF", &table));
  EXPECT_FALSE(price_unit_of(euros, "", nullptr));
}

}  // namespace
}  // namespace fit::search
