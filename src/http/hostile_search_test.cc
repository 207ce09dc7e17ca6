// The parsers of search requests return a value or an error for any input, in bounded time.
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "http/search_request.h"
#include "search/filter.h"
#include "search/memory_columns.h"
#include "search/price_words.h"
#include "search/query_parser.h"
#include "search/test_names.h"
#include "text/characters.h"

namespace fit::http {
namespace {

using Random = std::mt19937;

constexpr std::size_t kMaxImage = 1000;

std::size_t below(Random& random, std::size_t end) {
  return random() % end;
}

// Queries with the first letters of every block of 128 code points, without surrogates.
std::vector<std::string> texts_of_every_script() {
  std::vector<std::string> texts;
  for (std::uint32_t block = 0x80; block < 0x110000; block += 0x80) {
    if (block >= 0xD800 && block < 0xE000) continue;
    std::string letters = "red ";
    for (std::uint32_t code = block; code < block + 8; ++code) text::append_code(letters, code);
    texts.push_back(letters + " dress under 50");
  }
  return texts;
}

const std::vector<std::string>& injections() {
  static const std::vector<std::string> kTexts = {
      "'; DROP TABLE items; --",
      "\" OR 1=1 --",
      "red' UNION SELECT value FROM store_meta --",
      "title MATCH 'x*' NEAR(a b, 99999)",
      "((((((((((((((((((((((((((((((((",
      "\"\"\"\"\"\"\"\" * ^ : - NOT AND OR",
      "{\"$ne\": null}",
      "../../../../etc/passwd",
      "%s%s%s%n%n%n {} {:>999999999}",
      "<script>alert(1)</script>",
      "${jndi:ldap://x/y}",
      "$(reboot) `reboot` | reboot",
      "\\u0000\\ud800\\\\",
      std::string("a\0b", 3),
      "\xff\xfe\xfd red \xc0\x80 \xed\xa0\x80",
      "under $99999999999999999999999999999999999999999999 over $-1 between nan and inf",
      "1e999 1e-999 0x1p99999 ,,,,.... $$$$ €€€€ £.£.£",
  };
  return kTexts;
}

std::string many_words(std::size_t count) {
  constexpr std::array kWords = {"red",    "not",     "without", "under",   "$50",
                                 "dress,", "between", "and",     "stripes", "."};
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += std::string(kWords[i * 7 % kWords.size()]) + " ";
  return text;
}

class HostileSearch : public testing::Test {
 protected:
  HostileSearch() {
    domain::FilterColumns item{.id = ItemId{1},
                               .source = "shop",
                               .brand = "Maker",
                               .size = "M",
                               .status = "active",
                               .price = 5,
                               .currency = {},
                               .listed_at = {},
                               .properties = {}};
    item.properties[*domain::property_index("primary_color")] = "red";
    item.properties[*domain::property_index("subcategory")] = "dress";
    item.properties[*domain::property_index("pattern")] = "striped";
    columns_.upsert(std::span(&item, 1));
    parser_ = std::make_unique<search::QueryParser>(item_columns_, names_, *ontology::Ontology::load());
  }

  // Passes the text to every parser of search requests.
  void parse_everywhere(const std::string& text) const {
    const search::ParsedText parsed = parser_->parse(text).value();
    EXPECT_LE(parsed.properties.size(), 2 * domain::kProperties.size());
    EXPECT_LE(parsed.rest.size(), text.size());
    if (parsed.min_price) {
      EXPECT_GE(*parsed.min_price, 0);
    }
    if (parsed.max_price) {
      EXPECT_GE(*parsed.max_price, 0);
    }

    Json quoted = {{"text", text}, {"filters", {{"brand", text}, {"primary_color", {{"not", {text}}}}}}};
    const std::string body = dump_json(quoted);
    check(parse_search_json(body, SearchForm::kAny, kMaxImage));
    check(parse_search_json(text, SearchForm::kAny, kMaxImage));
    check(parse_search_json("{\"text\":\"" + text + "\"}", SearchForm::kAny, kMaxImage));
    check(parse_search_form("multipart/form-data; boundary=B", text, SearchForm::kAny, kMaxImage));
    check(parse_search_form(
        "multipart/form-data; boundary=B",
        "--B\r\nContent-Disposition: form-data; name=\"filters\"\r\n\r\n" + text + "\r\n--B--\r\n",
        SearchForm::kAny, kMaxImage));
    check(
        parse_search_form("multipart/form-data; boundary=B",
                          "--B\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a\"\r\n\r\nx\r\n"
                          "--B\r\nContent-Disposition: form-data; name=\"box\"\r\n\r\n" +
                              text + "\r\n--B--\r\n",
                          SearchForm::kAny, kMaxImage));
    const auto filter = search::parse_filter({{text, text}, {"price_range", text}, {"listed_after", text}});
    EXPECT_FALSE(filter);
    check_message(filter.error());
    EXPECT_TRUE(item_columns_.explain_empty({.any_of = {{"brand", {text}}}}));
  }

  static void check(const Result<SearchRequest>& request) {
    if (!request) check_message(request.error());
  }
  // Error messages are bounded, however long the request is.
  static void check_message(const Error& error) {
    EXPECT_FALSE(error.message.empty());
    EXPECT_LT(error.message.size(), 2000U) << error.message.substr(0, 200);
  }

  index::ColumnStore columns_;
  search::MemoryColumns item_columns_{columns_};
  search::TestNames names_;
  std::unique_ptr<search::QueryParser> parser_;
};

TEST_F(HostileSearch, InjectionsAreTexts) {
  for (const std::string& text : injections()) parse_everywhere(text);
}

TEST_F(HostileSearch, ParsesEveryScript) {
  for (const std::string& text : texts_of_every_script()) {
    parse_everywhere(text);
    const search::ParsedText parsed = parser_->parse(text).value();
    EXPECT_EQ(parsed.max_price, 50) << text;
    ASSERT_FALSE(parsed.properties.empty()) << text;
    EXPECT_EQ(parsed.properties[0].value, "red") << text;
  }
}

TEST_F(HostileSearch, ParsesLongTexts) {
  parse_everywhere(many_words(10'000));
  parse_everywhere(std::string(1 << 20, 'x'));
  parse_everywhere(std::string(1 << 18, ' '));
  parse_everywhere(std::string(1 << 16, '$'));
  parse_everywhere(std::string(1 << 16, '['));
  std::string nested;
  for (int i = 0; i < 20'000; ++i) nested += "{\"filters\":";
  parse_everywhere(nested);
}

TEST_F(HostileSearch, RandomBytesAreRejectedOrParsed) {
  Random random(20261122);
  for (int round = 0; round < 3000; ++round) {
    std::string noise(below(random, 200), '\0');
    for (char& c : noise) c = static_cast<char>(random());
    parse_everywhere(noise);
  }
}

// Valid requests in which some bytes are changed, removed and repeated.
TEST_F(HostileSearch, DamagedRequestsAreRejectedOrParsed) {
  const std::vector<std::string> valid = {
      R"({"text":"red dress under $50","filters":{"brand":["a","b"],"price_range":[5,null],"size":{"not":"m"}},"limit":5})",
      R"({"item_id":"1","weights":{"image":0.5,"properties":2},"explain":true,"facets":["brand","price"],"cursor":"abc"})",
      R"({"image_base64":"aGVsbG8=","like":["1","2"],"unlike":["3"],"min_similarity":-0.5,"collapse_duplicates":true})",
      "--B\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nred dress\r\n--B\r\nContent-Disposition: "
      "form-data; "
      "name=\"filters\"\r\n\r\n{\"brand\":\"x\"}\r\n--B--\r\n",
  };
  Random random(4);
  for (int round = 0; round < 4000; ++round) {
    std::string text = valid[below(random, valid.size())];
    for (std::size_t change = 0; change <= below(random, 4); ++change) {
      const std::size_t at = below(random, text.size());
      switch (below(random, 3)) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.erase(at, 1 + below(random, 9));
          break;
        default:
          text.insert(at, text.substr(at, 1 + below(random, 9)));
      }
      if (text.empty()) text = "x";
    }
    parse_everywhere(text);
  }
}

}  // namespace
}  // namespace fit::http
