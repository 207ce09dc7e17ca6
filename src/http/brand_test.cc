#include "http/brand.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/json.h"
#include "base/temp_dir.h"
#include "http/app_files.h"

namespace fit::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kPageBuiltIn =
    "<head><title>Find This Fit</title>"
    "<link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\" />"
    "<link rel=\"apple-touch-icon\" href=\"/icons/icon-192.png\" /></head><body></body>";

std::string field_of(const Brand& brand) {
  const auto checked = brand.check();
  return checked ? "" : checked.error().field;
}

TEST(Brand, WhatIsNotAsDescribedIsNamed) {
  EXPECT_EQ(field_of({}), "");
  EXPECT_EQ(field_of({.name = "Möbel & Mode", .color = "#0A5cb2", .currency = "EUR"}), "");
  EXPECT_EQ(field_of({.imprint_url = "https://shop.example/imprint", .privacy_url = "/privacy"}), "");
  EXPECT_EQ(field_of({.name = std::string(61, 'x')}), "BRAND_NAME");
  EXPECT_EQ(field_of({.name = "two\nlines"}), "BRAND_NAME");
  EXPECT_EQ(field_of({.name = "\xff"}), "BRAND_NAME");
  for (const char* color : {"0a5cb2", "#0a5cb", "#0a5cbg", "red", "#0a5cb2;"}) {
    EXPECT_EQ(field_of({.color = color}), "BRAND_COLOR") << color;
  }
  EXPECT_EQ(field_of({.currency = "eur"}), "BRAND_CURRENCY");
  EXPECT_EQ(field_of({.currency = "EURO"}), "BRAND_CURRENCY");
  EXPECT_EQ(field_of({.languages = "de, FR,ar"}), "");
  for (const char* languages : {"nl", "de,de", "de,,fr", ",", "de;fr", "<script>"}) {
    EXPECT_EQ(field_of({.languages = languages}), "BRAND_LANGUAGES") << languages;
  }
  for (const char* url :
       {"javascript:alert(1)", "//evil.example", "/\\evil.example", "imprint", "https://a b"}) {
    EXPECT_EQ(field_of({.imprint_url = url}), "IMPRINT_URL") << url;
    EXPECT_EQ(field_of({.privacy_url = url}), "PRIVACY_URL") << url;
  }
}

TEST(Brand, ThePageHasItsNameAndTheRestForScripts) {
  const Brand brand{
      .name = "Ann's \"A&B\" <shop>", .color = "#0a5cb2", .languages = "de, fr", .imprint_url = "/imprint"};
  const std::string page = branded_page(kPageBuiltIn, brand);
  EXPECT_THAT(page, HasSubstr("<title>Ann&#39;s &quot;A&amp;B&quot; &lt;shop&gt;</title>"));
  EXPECT_THAT(page, HasSubstr("<meta name=\"brand\" content=\"{&quot;name&quot;:&quot;Ann&#39;s "));
  EXPECT_THAT(page, HasSubstr("&quot;languages&quot;:[&quot;de&quot;,&quot;fr&quot;]"));
  EXPECT_THAT(page, HasSubstr("&quot;imprint&quot;:&quot;/imprint&quot;"));
  EXPECT_THAT(page, Not(HasSubstr("<shop>")));
  EXPECT_THAT(page, HasSubstr("/favicon.svg"));
  EXPECT_THAT(page, Not(HasSubstr("currency")));
}

TEST(Brand, ThePageAndTheManifestHaveItsLogo) {
  const Brand brand{.name = "Shop", .logo = {.content = "png", .content_type = "image/png"}};
  const std::string page = branded_page(kPageBuiltIn, brand);
  EXPECT_THAT(page, HasSubstr("<link rel=\"icon\" href=\"/brand/logo\" type=\"image/png\""));
  EXPECT_THAT(page, Not(HasSubstr("apple-touch-icon")));
  const auto manifest = parse_json(
      "manifest", branded_manifest(R"({"name": "x", "start_url": "/", "icons": [{}, {}]})", brand));
  ASSERT_TRUE(manifest);
  EXPECT_EQ((*manifest)["name"], "Shop");
  EXPECT_EQ((*manifest)["start_url"], "/");
  ASSERT_EQ((*manifest)["icons"].size(), 1U);
  EXPECT_EQ((*manifest)["icons"][0]["src"], "/brand/logo");
}

TEST(Brand, ALogoIsAPictureOfModestSize) {
  const TempDir dir;
  const auto field = [&dir](const std::string& name, const std::string& content) {
    std::ofstream(dir.path() / name) << content;
    const auto logo = read_logo("BRAND_LOGO", dir.path() / name);
    return logo ? logo->content_type : logo.error().field;
  };
  EXPECT_EQ(field("a.SVG", "<svg/>"), "image/svg+xml");
  EXPECT_EQ(field("a.png", "x"), "image/png");
  EXPECT_EQ(field("a.html", "x"), "BRAND_LOGO");
  EXPECT_EQ(field("empty.png", ""), "BRAND_LOGO");
  EXPECT_EQ(field("large.png", std::string((512 << 10) + 1, 'x')), "BRAND_LOGO");
  EXPECT_EQ(read_logo("BRAND_LOGO", dir.path() / "none.png").error().field, "BRAND_LOGO");
}

TEST(AppFiles, OnlyABrandChangesThePage) {
  const AppFiles own;
  const AppFiles branded(
      Brand{.name = "Shop", .logo = {.content = "<svg/>", .content_type = "image/svg+xml"}});
  ASSERT_NE(own.find("index.html"), nullptr);
  EXPECT_FALSE(own.find("index.html")->brotli.empty());
  EXPECT_EQ(own.find("brand/logo"), nullptr);
  EXPECT_THAT(std::string(branded.find("index.html")->content), HasSubstr("<title>Shop</title>"));
  EXPECT_NE(branded.find("index.html")->tag, own.find("index.html")->tag);
  EXPECT_EQ(branded.find("brand/logo")->content, "<svg/>");
  EXPECT_EQ(branded.find("sw.js"), own.find("sw.js"));
  EXPECT_EQ(branded.find("nothing"), nullptr);
}

}  // namespace
}  // namespace fit::http
