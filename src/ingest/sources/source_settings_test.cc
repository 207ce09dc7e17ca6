#include "ingest/sources/source_settings.h"

#include <gtest/gtest.h>

namespace fit::ingest {
namespace {

std::string field_of(SourceKind kind, const std::string& address, const Json& settings) {
  const auto read = parse_source_settings(kind, address, settings);
  return read ? "none" : read.error().field;
}

TEST(SourceSettings, AreReadAndWritten) {
  const Json json = {{"user_agents", {"a/1", "b/2"}},
                     {"min_delay_ms", 2500},
                     {"max_pages", 50},
                     {"currency", "eur"},
                     {"sitemaps", {"https://a.example/s.xml"}},
                     {"product_patterns", {"/p/*"}}};
  const auto read = parse_source_settings(SourceKind::kSite, "https://a.example", json);
  ASSERT_TRUE(read) << read.error().describe();
  EXPECT_EQ(read->min_delay, std::chrono::milliseconds(2500));
  EXPECT_EQ(read->currency, "EUR");
  const Json written = source_settings_json(*read, true);
  const auto again = parse_source_settings(SourceKind::kSite, "https://a.example", written);
  ASSERT_TRUE(again);
  EXPECT_EQ(source_settings_json(*again, true), written);
  EXPECT_EQ(source_settings_json(*parse_source_settings(SourceKind::kFeed, "/a.csv", nullptr), true),
            Json::object());
}

TEST(SourceSettings, SecretsCanBeLeftOut) {
  const Json json = {{"query", "coat"}, {"client_id", "id"}, {"client_secret", "s3cret"}};
  const auto read = parse_source_settings(SourceKind::kEbay, "", json);
  ASSERT_TRUE(read) << read.error().describe();
  EXPECT_EQ(source_settings_json(*read, true)["client_secret"], "s3cret");
  EXPECT_FALSE(source_settings_json(*read, false).dump().contains("s3cret"));
}

TEST(SourceSettings, BadOnesNameTheirMember) {
  const std::string shop = "https://a.example";
  EXPECT_EQ(field_of(SourceKind::kShopify, shop, {{"sitemaps", {"https://a.example/s.xml"}}}),
            "settings.sitemaps");
  EXPECT_EQ(field_of(SourceKind::kShopify, shop, {{"colour", "red"}}), "settings.colour");
  EXPECT_EQ(field_of(SourceKind::kShopify, shop, {{"user_agents", {"a\r\nHost: b"}}}),
            "settings.user_agents[0]");
  EXPECT_EQ(field_of(SourceKind::kShopify, shop, {{"min_delay_ms", -1}}), "settings.min_delay_ms");
  EXPECT_EQ(field_of(SourceKind::kShopify, shop, {{"max_pages", "many"}}), "settings.max_pages");
  EXPECT_EQ(field_of(SourceKind::kFeed, shop, {{"max_bytes", 1023}}), "settings.max_bytes");
  EXPECT_EQ(field_of(SourceKind::kFeed, shop, {{"max_bytes", (std::int64_t{8} << 30) + 1}}),
            "settings.max_bytes");
  EXPECT_EQ(field_of(SourceKind::kFeed, shop, {{"max_bytes", std::int64_t{8} << 30}}), "none");
  EXPECT_EQ(field_of(SourceKind::kShopify, shop, {{"currency", "gold"}}), "settings.currency");
  EXPECT_EQ(field_of(SourceKind::kShopify, "/etc/passwd", {}), "address");
  EXPECT_EQ(field_of(SourceKind::kFeed, "feed.csv", {}), "address");
  EXPECT_EQ(field_of(SourceKind::kFeed, shop, {{"shape", "cloud"}}), "settings.shape");
  EXPECT_EQ(field_of(SourceKind::kFeed, shop, {{"mapping", {"nothing"}}}), "settings.mapping");
  EXPECT_EQ(field_of(SourceKind::kSite, shop, {{"start_pages", {"here"}}}), "settings.start_pages[0]");
  EXPECT_EQ(field_of(SourceKind::kSite, shop, {{"start_pages", {shop}}}), "settings.product_patterns");
  EXPECT_EQ(field_of(SourceKind::kEbay, "", {{"client_id", "a"}}), "settings.query");
  const Json ebay = {{"query", "coat"}, {"client_id", "a"}, {"client_secret", "b"}};
  EXPECT_EQ(field_of(SourceKind::kEbay, "https://elsewhere.example", ebay), "address");
  EXPECT_EQ(field_of(SourceKind::kEbay, "http://api.ebay.com", ebay), "address");
  EXPECT_EQ(field_of(SourceKind::kEbay, "https://api.sandbox.ebay.com", ebay), "none");
  EXPECT_EQ(field_of(SourceKind::kRecipe, shop, {}), "settings.recipe");
  EXPECT_EQ(field_of(SourceKind::kRecipe, shop, {{"recipe", "nosuchsite"}}), "settings.recipe");
  EXPECT_EQ(field_of(SourceKind::kFeed, shop, Json::array()), "settings");
  EXPECT_FALSE(parse_source_kind("kind", "rss"));
  for (const auto kind : {SourceKind::kFeed, SourceKind::kShopify, SourceKind::kPush})
    EXPECT_EQ(*parse_source_kind("kind", to_string(kind)), kind);
}

}  // namespace
}  // namespace fit::ingest
