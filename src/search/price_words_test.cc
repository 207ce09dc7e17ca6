#include "search/price_words.h"

#include <gtest/gtest.h>

#include "base/format.h"

namespace fit::search {
namespace {

// Returns the result as "rest|min|max".
std::string read(std::string_view text, const IsPhrase& is_phrase = {}) {
  const PriceWords price = parse_price(text, is_phrase);
  const auto bound = [](const std::optional<double>& value) {
    return value ? fit::format("{}", *value) : "-";
  };
  return price.rest + "|" + bound(price.min) + "|" + bound(price.max);
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
  EXPECT_EQ(read("dress not over 50"), "dress|-|50");
  EXPECT_EQ(read("dress no more than 50"), "dress|-|50");
  EXPECT_EQ(read("jeans max 40"), "jeans|-|40");
  EXPECT_EQ(read("50 or less shoes"), "shoes|-|50");
}

TEST(PriceWords, ReadsAmountsAsPeopleWriteThem) {
  EXPECT_EQ(read("coat under €1.000"), "coat|-|1000");
  EXPECT_EQ(read("coat 1 000 €"), "coat|-|1000");
  EXPECT_EQ(read("coat under 1\u00a0000 €"), "coat|-|1000");
  EXPECT_EQ(read("coat unter 1.299,00 €"), "coat|-|1299");
  EXPECT_EQ(read("coat under $1,299.00"), "coat|-|1299");
  EXPECT_EQ(read("coat under 1'299 chf"), "coat|-|1299");
  EXPECT_EQ(read("$50 or less"), "|-|50");
  EXPECT_EQ(read("dress (under $50)"), "dress|-|50");
  EXPECT_EQ(read("dress under$50"), "dress|-|50");
  EXPECT_EQ(read("$20 to $40"), "|20|40");
  EXPECT_EQ(read("20 - 40 €"), "|20|40");
  EXPECT_EQ(read("20–40€ bag"), "bag|20|40");
  EXPECT_EQ(read("coat $1k"), "coat|-|1000");
  EXPECT_EQ(read("coat under 1.5k"), "coat|-|1500");
  EXPECT_EQ(read("tröja kr 500"), "tröja|-|500");
  EXPECT_EQ(read("tröja 500 kr"), "tröja|-|500");
  EXPECT_EQ(read("saree ₹2000"), "saree|-|2000");
  EXPECT_EQ(read("US$50 bag"), "bag|-|50");
  EXPECT_EQ(read("bag $50 and up"), "bag|50|-");
  EXPECT_EQ(read("bag $50+"), "bag|50|-");
  EXPECT_EQ(read("シャツ 5000円"), "シャツ|-|5000");
}

TEST(PriceWords, ReadsEveryCurrency) {
  for (const std::string code : {"cad", "CAD", "twd", "ars", "clp", "egp", "ngn", "kes", "pkr", "uah", "bgn",
                                 "isk", "kwd", "qar", "usd", "eur", "rub", "ron"}) {
    EXPECT_EQ(read("coat 50 " + code), "coat|-|50") << code;
    EXPECT_EQ(read("coat " + code + " 50"), "coat|-|50") << code;
    EXPECT_EQ(read("coat over 50" + code), "coat|50|-") << code;
  }
  EXPECT_EQ(read("coat 50 грн"), "coat|-|50");
  EXPECT_EQ(read("coat under 50 dirhams"), "coat|-|50");
  EXPECT_EQ(read("robe 50 francs"), "robe|-|50");
  EXPECT_EQ(read("bolsa 500 pesos"), "bolsa|-|500");
}

TEST(PriceWords, NamesTheCurrency) {
  for (const auto& [text, currency] : std::vector<std::pair<std::string, std::string>>{
           {"coat under 50", ""},
           {"coat under 50 eur", "EUR"},
           {"coat under €50", "EUR"},
           {"coat €50", "EUR"},
           {"coat 50€", "EUR"},
           {"coat 1 000 €", "EUR"},
           {"coat under $50", "USD"},
           {"coat US$50", "USD"},
           {"coat C$50", "CAD"},
           {"coat $50 cad", "CAD"},
           {"coat 2k gbp", "GBP"},
           {"coat 50usd", "USD"},
           {"coat 50 euros or less", "EUR"},
           {"tröja kr 500", ""},
           {"tröja 500:-", ""},
           {"シャツ 5000円", "JPY"},
           {"dress between 20 and 40 eur", "EUR"},
           {"dress between $20 and 40", "USD"},
           {"at least £20 at most £30", "GBP"},
           {"over $20 under 30 eur", ""},
           {"dress from $20 to 40 eur", ""},
       }) {
    const PriceWords price = parse_price(text);
    EXPECT_TRUE(price.min || price.max || currency.empty()) << text;
    EXPECT_EQ(price.currency, currency) << text;
  }
}

TEST(PriceWords, TellsCodesFromWords) {
  EXPECT_EQ(read("coat 500 TRY"), "coat|-|500");
  EXPECT_EQ(read("coat MAD 500"), "coat|-|500");
  for (const std::string text :
       {"asics gel 50", "bra 75 cup", "501 top", "COAT 50 TOP", "top 50", "9 ft scarf"})
    EXPECT_EQ(read(text), text + "|-|-");
}

TEST(PriceWords, ReadsNoNumberWithOddSeparators) {
  EXPECT_EQ(read("jeans 30,32,34 eur"), "jeans 30,32,34 eur|-|-");
  EXPECT_EQ(read("under 12.05.2023"), "under 12.05.2023|-|-");
}

TEST(PriceWords, ReadsOtherLanguages) {
  EXPECT_EQ(read("kleid unter 50"), "kleid|-|50");
  EXPECT_EQ(read("kleid bis zu 50 euro"), "kleid|-|50");
  EXPECT_EQ(read("kleid höchstens 50"), "kleid|-|50");
  EXPECT_EQ(read("kleid nicht über 50"), "kleid|-|50");
  EXPECT_EQ(read("kleid zwischen 20 und 90"), "kleid|20|90");
  EXPECT_EQ(read("kleid ab 20 €"), "kleid|20|-");
  EXPECT_EQ(read("robe moins de 50 €"), "robe|-|50");
  EXPECT_EQ(read("robe jusqu'à 50"), "robe|-|50");
  EXPECT_EQ(read("robe entre 20 et 90 euros"), "robe|20|90");
  EXPECT_EQ(read("robe à partir de 20 €"), "robe|20|-");
  EXPECT_EQ(read("vestido menos de 50"), "vestido|-|50");
  EXPECT_EQ(read("vestido por debajo de 50 euros"), "vestido|-|50");
  EXPECT_EQ(read("vestido de 20 a 40 euros"), "vestido|20|40");
  EXPECT_EQ(read("vestito meno di 50"), "vestito|-|50");
  EXPECT_EQ(read("vestito fino a 50 €"), "vestito|-|50");
  EXPECT_EQ(read("vestito tra 20 e 90"), "vestito|20|90");
}

TEST(PriceWords, LeavesOtherNumbersAlone) {
  for (const std::string text : {"levi's 501 jeans",
                                 "size 40-42",
                                 "over the knee boots",
                                 "under",
                                 "between",
                                 "between 20",
                                 "from paris to london",
                                 "under armour",
                                 "80s jacket under",
                                 "<",
                                 "$",
                                 "-",
                                 "",
                                 "heels under 10 cm",
                                 "heels under 10cm",
                                 "waist under 80 cm",
                                 "waist under 80",
                                 "jacket from 1990 to 1999",
                                 "jeans between 30 and 32",
                                 "jacket over 1990",
                                 "dress > 2 pockets",
                                 "air max 90",
                                 "nike air max 97",
                                 "vest de 20 a 40",
                                 "boots from 36 to 41",
                                 "no. 21",
                                 "w32 l34",
                                 "eu 42",
                                 "80% wool",
                                 "chino 32/34",
                                 "under 25 years",
                                 "leggings over 80 denier",
                                 "size under 40",
                                 "top 10 bags",
                                 "1950 2020"}) {
    EXPECT_EQ(read(text), text + "|-|-");
  }
}

TEST(PriceWords, LeavesModelsAlone) {
  const auto is_phrase = [](std::string_view words) { return words == "max 90"; };
  EXPECT_EQ(read("nike max 90", is_phrase), "nike max 90|-|-");
  EXPECT_EQ(read("nike max 80", is_phrase), "nike|-|80");
  EXPECT_EQ(read("nike max 90 €", is_phrase), "nike|-|90");
}

TEST(PriceWords, AcceptsAnyText) {
  EXPECT_EQ(read("under 99999999999999999999"), "under 99999999999999999999|-|-");
  EXPECT_EQ(read("under -5"), "under -5|-|-");
  EXPECT_EQ(read("under nan"), "under nan|-|-");
  EXPECT_EQ(read("under 1e5"), "under 1e5|-|-");
  EXPECT_EQ(read("under 50 over 100"), "|50|100") << "bounds that cross are put in order";
  EXPECT_EQ(read("大衣 under 50 👗"), "大衣 👗|-|50");
  EXPECT_EQ(read("$ 15 max $ 15"), "|-|15");
  std::string longest(100'000, 'x');
  longest += " under 5";
  EXPECT_EQ(parse_price(longest).max, 5);
  EXPECT_EQ(parse_price("\xff\xe5 under 5").max, 5);
}

}  // namespace
}  // namespace fit::search
