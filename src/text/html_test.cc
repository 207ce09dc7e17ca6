#include "text/html.h"

#include <gtest/gtest.h>

#include <random>
#include <utility>

#include "base/text.h"

namespace fit::text {
namespace {

TEST(Html, WhatAReaderSees) {
  const std::pair<const char*, const char*> cases[] = {
      {"<p style=\"color: black\">A green linen dress</p>", "A green linen dress"},
      {"<div class=\"red-banner\">Blue straight jeans</div>", "Blue straight jeans"},
      {"H&amp;M Linen Dress", "H&M Linen Dress"},
      {"Levi&#39;s 501 Jeans", "Levi's 501 Jeans"},
      {"Caf&eacute; &#x2013; 20&nbsp;&euro;", "Café – 20 €"},
      {"<p>One</p><p>Two<br>Three</p>", "One\nTwo\nThree"},
      {"<ul><li>Linen</li>\n<li>Lined</li></ul>", "Linen\nLined"},
      {"Grey and\n  black, <b>but</b>toned", "Grey and\nblack, buttoned"},
      {"<div>Grey and\n  black</div>", "Grey and black"},
      {"<style>.red { color: red }</style><script>var black = 1;</script>Green", "Green"},
      {"<!-- black -->Green<img alt=\"red\" src=\"black.jpg\">", "Green"},
      {"<table><tr><td>Size</td><td>M</td></tr><tr><td>Colour</td><td>red</td></tr></table>",
       "Size M\nColour red"},
      {"&lt;p style=&quot;color: black&quot;&gt;A green dress&lt;/p&gt;", "A green dress"},
      {"one &amp; two\nthree", "one & two\nthree"},
      {"H&amp;amp;M", "H&M"},
      {"<p>unclosed <b>tags", "unclosed tags"},
      {"<P>capitals</P>", "capitals"},
  };
  for (const auto& [html, text] : cases) {
    EXPECT_TRUE(has_markup(html)) << html;
    EXPECT_EQ(plain_text(html), text) << html;
  }
}

TEST(Html, PlainTextStaysAsItIs) {
  for (const char* text : {"", "H&M", "I <3 this", "size < 40 > 30", "<Rare>", "A & B; C", "x &y z", "&;",
                           "&#;", "line\n\n  break", "a<b", "R&D; more", "<"}) {
    EXPECT_EQ(has_markup(text), std::string_view(text) == "R&D; more") << text;
    if (!has_markup(text)) {
      EXPECT_EQ(plain_text(text), text);
    }
  }
}

TEST(Html, DeepAndLongTextsAreBounded) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<div>";
  EXPECT_EQ(plain_text(deep + "end"), "");  // the text is after the cut
  std::string nested;
  for (int i = 0; i < 7'900; ++i) nested += "<b>";
  EXPECT_EQ(plain_text(nested + "end"), "end");
  EXPECT_LE(plain_text("<p>" + std::string(1 << 20, 'x')).size(), kMaxHtml);
}

TEST(Html, RandomMarkupIsNoTrouble) {
  const std::string_view pieces[] = {"<p>",  "</p>", "<b",       ">",        "<",    "&amp;", "&",     "#39;",
                                     "<!--", "-->",  "<script>", "</style>", "é",    "\xFF",  "text ", "\"",
                                     "'",    "=",    "<svg>",    "<table>",  "<td>", "\n"};
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    std::mt19937_64 random(seed);
    std::string html;
    for (std::uint64_t size = random() % 40; size > 0; --size) html += pieces[random() % std::size(pieces)];
    const std::string text = plain_text(html);
    if (is_utf8(html)) {
      EXPECT_TRUE(is_utf8(text)) << html;
    }
  }
}

TEST(Html, EscapesWhatHtmlAndXmlRead) {
  EXPECT_EQ(escape_markup("<a href=\"x\">'&'</a>"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
  EXPECT_EQ(escape_markup("Größe 大\U0001F457"), "Größe 大\U0001F457");
  EXPECT_EQ(escape_markup("a\x01\x1f"
                          "b\xff"
                          "c\xed\xa0\x80"
                          "d\n"),
            "abcd\n");
  EXPECT_EQ(escape_markup("\xEF\xBF\xBF"
                          "x"),
            "x");
  EXPECT_EQ(plain_text("<p>" + escape_markup("5 < 6 & 7 > 6") + "</p>"), "5 < 6 & 7 > 6");
}

}  // namespace
}  // namespace fit::text
