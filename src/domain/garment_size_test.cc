#include "domain/garment_size.h"

#include <gmock/gmock.h>

#include <random>
#include <string>
#include <vector>

#include "base/format.h"

namespace fit::domain {
namespace {

using testing::ElementsAre;

// "letters M"; "-" for a text that is no size.
std::string read(std::string_view text) {
  const auto size = read_size(text);
  return size ? fit::format("{} {}", name_of(size->system), size->text) : "-";
}

TEST(GarmentSize, IsReadFromWhatSellersWrite) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> spellings = {
      {"letters M", {"M", "m", "Medium", "Size M", "Gr. M", "Größe m", "taille M"}},
      {"letters XS", {"xs", "X-Small", "extra small", "x small"}},
      {"letters XXL", {"2XL", "XXL", "xx-large", "2 xl"}},
      {"letters 3XL", {"XXXL", "3xl"}},
      {"letters XXS", {"xxs", "2XS"}},
      {"letters S/M", {"s/m", "S - M", "small/medium"}},
      {"eu EU 38", {"38", "EU 38", "eu38", "38 EU", "EUR 38", "EU-38", "Size 38", "38,0"}},
      {"eu EU 39/42", {"39-42", "EU 39/42", "39\u201342"}},
      {"uk UK 10", {"UK 10", "uk10", "10 UK", "GB 10"}},
      {"us US 8", {"US 8", "8 us", "USA 8"}},
      {"it IT 42", {"IT 42", "42 it"}},
      {"shoes EU 42.5", {"42.5", "42,5", "EU 42.5", "42\u00bd", "42 1/2"}},
      {"shoes EU 38 2/3", {"38 2/3", "EU 38\u2154"}},
      {"shoes UK 8.5", {"UK 8.5", "8.5 UK"}},
      {"waist W32 L34", {"W32/L34", "w32 l34", "32/34", "32x34", "32 \u00d7 34", "W32L34", "32W 34L"}},
      {"waist W32", {"W32", "w 32", "32W"}},
      {"kids 6-7 years", {"6-7 years", "6-7Y", "6/7 ans", "6-7 Jahre", "age 6-7", "6-7 yrs."}},
      {"kids 12 months", {"12 months", "12m", "12 M", "12 Monate", "12 mois"}},
      {"kids 122-128 cm", {"122/128", "122-128 cm"}},
      {"kids 104 cm", {"104", "104 cm", "104cm"}},
      {"kids 3T", {"3T"}},
      {"number 10", {"10", "Size 10"}},
      {"one_size One size",
       {"One size", "one-size", "O/S", "os", "Taille unique", "taglia unica", "Einheitsgröße"}}};
  for (const auto& [size, texts] : spellings) {
    for (const std::string& text : texts) EXPECT_EQ(read(text), size) << text;
  }
}

TEST(GarmentSize, OtherTextsAreNone) {
  for (const char* text : {"",
                           " ",
                           "M (38)",
                           "EU 38 / UK 10",
                           "38 M",
                           "red",
                           "10-20 EU",
                           "99",
                           "120",
                           "W99 L34",
                           "-",
                           "/",

                           "1234",
                           "38.7",
                           "0x10",
                           "1e5",
                           "nan",
                           "EU",
                           "size",
                           "W",
                           "age",
                           "99 years",
                           "M; DROP TABLE items",
                           "\xff\xfe",
                           "38\u202e",
                           "\u0663\u0668",
                           "1 2 3 4 5 6 7 8 9",
                           "xxxxxxxxl"}) {
    EXPECT_EQ(read(text), "-") << text;
  }
  EXPECT_EQ(read(std::string(10'000, '3')), "-");
  EXPECT_EQ(read(std::string(41, ' ') + "M"), "-") << "too long";
}

// What is shown is read as the same size again, whatever was read.
TEST(GarmentSize, ItsTextIsReadAsItself) {
  const std::vector<std::string> parts = {"EU",    "uk", "w",    "l",  "x",   "xl",  "s",      "m",
                                          "years", "cm", "size", "/",  "-",   " ",   "3",      "6",
                                          "7",     "32", "34",   "38", "122", "128", "1/2",    ".5",
                                          "t",     ".",  ",",    "(",  "0",   "one", "\u00bd", "\xc3"};
  std::mt19937 random(20);
  std::size_t sizes = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t i = 1 + random() % 6; i > 0; --i) text += parts[random() % parts.size()];
    const auto size = read_size(text);
    if (!size) continue;
    ++sizes;
    const auto again = read_size(size->text);
    ASSERT_TRUE(again) << text << " -> " << size->text;
    EXPECT_EQ(again->text, size->text) << text;
    EXPECT_EQ(again->system, size->system) << text;
    EXPECT_EQ(again->rank, size->rank) << text;
  }
  EXPECT_GT(sizes, 100U);
}

TEST(GarmentSize, AreEqualInAnySpelling) {
  EXPECT_TRUE(is_same_size("EU 38", "38"));
  EXPECT_TRUE(is_same_size("Medium", "m"));
  EXPECT_TRUE(is_same_size("Tall", "TALL")) << "no size";
  EXPECT_FALSE(is_same_size("EU 38", "UK 10")) << "systems are not converted";
  EXPECT_FALSE(is_same_size("M", "L"));
}

TEST(GarmentSize, AFacetIsInNaturalOrder) {
  Facet facet{.name = "size",
              .values = {{"38", 5},
                         {"M", 4},
                         {"Tall", 4},
                         {"S", 3},
                         {"EU 38", 2},
                         {"36", 2},
                         {"XL", 1},
                         {"W32 L34", 1},
                         {"6-7 years", 1},
                         {"12m", 1},
                         {"42.5", 1},
                         {"s/m", 1},
                         {"Petite", 5}}};
  unite_sizes(facet, 100);
  std::vector<std::string> found;
  for (const auto& [value, count] : facet.values) found.push_back(fit::format("{} {}", value, count));
  EXPECT_THAT(found, ElementsAre("S 3", "S/M 1", "M 4", "XL 1", "EU 36 2", "EU 38 7", "W32 L34 1",
                                 "EU 42.5 1", "12 months 1", "6-7 years 1", "Petite 5", "Tall 4"));
  unite_sizes(facet, 2);
  EXPECT_EQ(facet.values.size(), 2U);
  EXPECT_EQ(facet.values[0].value, "EU 38") << "the commonest stay";
  EXPECT_EQ(facet.others, 19U);
}

}  // namespace
}  // namespace fit::domain
