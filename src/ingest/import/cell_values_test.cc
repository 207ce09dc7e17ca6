#include "ingest/import/cell_values.h"

#include <gtest/gtest.h>

namespace fit::ingest {
namespace {

std::string time_text(std::string_view text) {
  const auto time = read_time(text);
  if (!time) return "";
  const std::string whole = to_rfc3339(*time);
  return whole.substr(0, whole.find('.')) + "Z";
}

TEST(CellValues, NamesOfColumns) {
  EXPECT_EQ(normal_name("Image Src"), "image_src");
  EXPECT_EQ(normal_name("imageUrl"), "image_url");
  EXPECT_EQ(normal_name("g:price"), "price");
  EXPECT_EQ(normal_name("Body (HTML)"), "body_(html)");
  EXPECT_EQ(normal_name("Google Shopping / Gender"), "google_shopping_/_gender");
  EXPECT_EQ(normal_name("SKU"), "sku");
  EXPECT_EQ(normal_name("  \xEF\xBB\xBFID "), "id");
  EXPECT_EQ(normal_name(""), "");
}

TEST(CellValues, Times) {
  const std::pair<const char*, const char*> cases[] = {
      {"2026-11-22T12:30:00Z", "2026-11-22T12:30:00Z"},
      {"2026-11-22", "2026-11-22T00:00:00Z"},
      {"2026-11-22 12:30", "2026-11-22T12:30:00Z"},
      {"2026/11/22", "2026-11-22T00:00:00Z"},
      {"22.11.2026", "2026-11-22T00:00:00Z"},
      {"3.4.2026 08:15", "2026-04-03T08:15:00Z"},
      {"11/22/2026", "2026-11-22T00:00:00Z"},
      {"22/11/2026", "2026-11-22T00:00:00Z"},
      {"4/4/2026", "2026-04-04T00:00:00Z"},
      {"22 Nov 2026", "2026-11-22T00:00:00Z"},
      {"November 22, 2026", "2026-11-22T00:00:00Z"},
      {"Sun, 22 Nov 2026 12:30:15 GMT", "2026-11-22T12:30:15Z"},
      {"22. Dezember 2026", "2026-12-22T00:00:00Z"},
      {"11/22/2026 1:05 PM", "2026-11-22T13:05:00Z"},
      {"1795350600", "2026-11-22T12:30:00Z"},
      {"1795350600000", "2026-11-22T12:30:00Z"},
      {"20261122", "2026-11-22T00:00:00Z"},
      {"03/04/2026", ""},
      {"someday", ""},
      {"32.1.2026", ""},
      {"2026-13-01", ""},
      {"12", ""},
      {"", ""},
      {"12:30", ""},
      {"22 foo 2026", ""},
  };
  for (const auto& [text, time] : cases) EXPECT_EQ(time_text(text), time) << text;
}

TEST(CellValues, Statuses) {
  EXPECT_EQ(read_status("In Stock"), "active");
  EXPECT_EQ(read_status("out_of_stock"), "sold");
  EXPECT_EQ(read_status("https://schema.org/InStock"), "active");
  EXPECT_EQ(read_status("Draft"), "hidden");
  EXPECT_EQ(read_status("SOLD"), "sold");
  EXPECT_FALSE(read_status("very good"));
}

TEST(CellValues, SpoiledIds) {
  for (const char* id : {"6.93217E+12", "6,93217E+12", "1E+10", "4.0e+09"})
    EXPECT_TRUE(is_spoiled_id(id)) << id;
  for (const char* id : {"1E5", "12E+3X", "E+12", "00123", "6.93217", "shoe+12", "123E+10", ""}) {
    EXPECT_FALSE(is_spoiled_id(id)) << id;
  }
}

TEST(CellValues, TextsOnOneLine) {
  EXPECT_EQ(read_line("\xC2\xA0 Red\r\ncoat \x01"), "Red coat");
  EXPECT_EQ(read_line("a  b"), "a  b");
  EXPECT_EQ(read_line("<b>Red</b> &amp; blue"), "Red & blue");
  EXPECT_EQ(read_block("a\r\nb\rc\x03"), "a\nb\nc");
}

TEST(CellValues, ValuesThatAreNone) {
  domain::Listing listing;
  Warnings warnings;
  for (const char* none : {"NaN", "NULL", "N/A", "None", "nan"}) {
    set_listing_text(listing, "brand", none, warnings);
    EXPECT_EQ(listing.brand, "");
  }
  set_listing_text(listing, "brand", "Nanette", warnings);
  EXPECT_EQ(listing.brand, "Nanette");
  EXPECT_TRUE(warnings.empty());
}

}  // namespace
}  // namespace fit::ingest
