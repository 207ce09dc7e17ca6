#include "ingest/import/row_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/format.h"
#include "base/temp_dir.h"
#include "catalog/test_support.h"

namespace fit::ingest {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Reads inputs; nothing is stored.
class RowSourceTest : public ::testing::Test {
 protected:
  std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }

  // Reads all rows of a file with this content.
  std::vector<ImportRow> read(const std::string& name, std::string_view content, ImportOptions options = {}) {
    catalog::testing::write_file(path(name), content);
    return read_file(name, std::move(options));
  }

  std::vector<ImportRow> read_file(const std::string& name, ImportOptions options = {}) {
    std::vector<ImportRow> rows;
    auto format = import_format(path(name));
    EXPECT_TRUE(format) << format.error().describe();
    options.format = *format;
    auto source = open_rows(path(name), options, 1 << 20, {});
    EXPECT_TRUE(source) << source.error().describe();
    if (!source) return rows;
    for (;;) {
      auto row = (*source)->next();
      EXPECT_TRUE(row) << row.error().describe();
      if (!row || !*row) break;
      rows.push_back(**std::move(row));
    }
    read_as_ = (*source)->read_as();
    remarks_ = (*source)->remarks();
    return rows;
  }

  Error open_error(const std::string& name, std::string_view content, ImportOptions options = {}) {
    catalog::testing::write_file(path(name), content);
    options.format = import_format(path(name)).value();
    auto source = open_rows(path(name), options, 1 << 20, {});
    EXPECT_FALSE(source);
    return source ? Error{} : source.error();
  }

  static const domain::Listing& listing(const ImportRow& row) {
    EXPECT_TRUE(row.item) << row.item.error().describe();
    return row.item->listing;
  }
  static std::string property(const ImportRow& row, std::string_view name) {
    return listing(row).properties[*domain::property_index(name)];
  }
  std::vector<std::string> images(const ImportRow& row) const {
    std::vector<std::string> locations;
    for (const auto& image : row.item->images) {
      const std::string& location = image.location;
      const std::string folder = folder_.path().string() + "/";
      locations.push_back(location.starts_with(folder) ? location.substr(folder.size()) : location);
    }
    return locations;
  }
  static std::vector<std::string> warned_fields(const ImportRow& row) {
    std::vector<std::string> fields;
    for (const Warning& warning : row.warnings) fields.push_back(warning.field);
    return fields;
  }

  TempDir folder_;
  std::string read_as_;
  std::vector<std::string> remarks_;
};

TEST_F(RowSourceTest, SeparatorsAreFound) {
  for (const std::string separator : {",", ";", "\t", "|"}) {
    std::string text = "id_title_image_path\ns1_Kleid_1.jpg\n";
    for (std::size_t at = text.find('_'); at != std::string::npos; at = text.find('_', at + 1)) {
      if (text.compare(at, 5, "_path") != 0) text.replace(at, 1, separator);
    }
    const auto rows = read("a.csv", text);
    ASSERT_THAT(rows, SizeIs(1)) << separator;
    EXPECT_EQ(listing(rows[0]).title, "Kleid");
  }
  const auto semicolons = read("a.csv", "id;title;price;image_path\ns1;Kleid, rot;19,99;1.jpg\n");
  EXPECT_EQ(listing(semicolons[0]).price, 19.99);
  EXPECT_THAT(remarks_, Contains(HasSubstr("semicolons")));
}

TEST_F(RowSourceTest, ALineThatStatesTheSeparatorIsNoHeader) {
  const auto rows = read("a.csv", "sep=;\r\nid;title;image_path\r\ns1;Kleid;1.jpg\r\n");
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].line, 3);
  EXPECT_THAT(read("a.csv", "\"sep=|\"\nid|image_path\n1|1.jpg\n"), SizeIs(1));
}

TEST_F(RowSourceTest, EncodingsAndLineEnds) {
  const auto western =
      read("a.csv", "id,title,brand,image_path\nc1,Robe d'\xE9t\xE9 cr\xE8me,Chlo\xE9,1.jpg\n");
  EXPECT_EQ(listing(western[0]).title, "Robe d'été crème");
  EXPECT_EQ(listing(western[0]).brand, "Chloé");
  EXPECT_THAT(remarks_, Contains(HasSubstr("windows-1252 (a guess)")));

  std::string utf16 = "\xFF\xFE";
  for (const char c : std::string_view("id\ttitle\timage_path\r\nc1\tCoat\t1.jpg\r\n")) utf16 += {c, '\0'};
  EXPECT_EQ(listing(read("a.csv", utf16).at(0)).title, "Coat");
  EXPECT_THAT(remarks_, Contains("encoding UTF-16LE"));

  const auto returns = read("a.csv", "id,title,image_path\rc1,\"Red\rcoat\",1.jpg\rc2,Blue coat,2.jpg\r");
  ASSERT_THAT(returns, SizeIs(2));
  EXPECT_EQ(listing(returns[0]).title, "Red coat");
  EXPECT_EQ(returns[1].line, 4);

  EXPECT_EQ(
      listing(read("a.ndjson", "{\"id\":\"1\",\"title\":\"\xC9t\xE9\",\"images\":\"1.jpg\"}\n").at(0)).title,
      "Été");
}

TEST_F(RowSourceTest, MarksAroundCellsAndHeadersGo) {
  const auto rows = read("a.csv",
                         "\xEF\xBB\xBF\u200Bid\u200B,\u00A0Title ,price, Image Path\n"
                         "\u200B1\uFEFF,\u00A0Red coat\u00A0,\u00A025.00, 1.jpg\u200B\n");
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(listing(rows[0]).external_id, "1");
  EXPECT_EQ(listing(rows[0]).title, "Red coat");
  EXPECT_EQ(listing(rows[0]).price, 25);
  EXPECT_THAT(images(rows[0]), ElementsAre("1.jpg"));
}

TEST_F(RowSourceTest, UnnamedColumnsAndBlankRowsArePassedBy) {
  const auto rows = read(
      "a.csv", "id,title,image_path,,\nt1,Red coat,1.jpg,,\n\n , ,\u00A0,,\nt2,Blue coat,2.jpg,,\n,,,,\n");
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_THAT(rows[0].warnings, IsEmpty());
  EXPECT_THAT(remarks_, Contains(HasSubstr("2 columns without a name")));
  EXPECT_THAT(remarks_, Contains(HasSubstr("2 rows of nothing")));
}

TEST_F(RowSourceTest, RaggedRowsAreReadAndSaid) {
  const auto rows = read("a.csv",
                         "id,image_path,title\n"
                         "1,1.jpg\n"
                         "2,2.jpg,Coat, wool, warm\n"
                         "3,3.jpg,Hat,,\n");
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_THAT(rows[0].warnings, SizeIs(1));
  EXPECT_EQ(listing(rows[1]).title, "Coat, wool, warm");
  EXPECT_THAT(rows[1].warnings, SizeIs(1));
  EXPECT_THAT(rows[2].warnings, IsEmpty());
  const auto others = read("a.csv", "title,id,image_path\nCoat,1,1.jpg,surplus\n");
  EXPECT_EQ(listing(others[0]).external_id, "1");
  EXPECT_THAT(others[0].warnings.at(0).value, HasSubstr("surplus"));
}

TEST_F(RowSourceTest, QuotesThatAreNotDoubled) {
  const auto rows = read(
      "a.csv", "id,title,image_path\n1,5\" heel,1.jpg\n2,\"the \"best\" coat\",2.jpg\n3,\"a\"\"b\",3.jpg\n");
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_EQ(listing(rows[0]).title, "5\" heel");
  EXPECT_EQ(listing(rows[1]).title, "the \"best\" coat");
  EXPECT_THAT(rows[1].warnings, SizeIs(1));
  EXPECT_EQ(listing(rows[2]).title, "a\"b");
}

TEST_F(RowSourceTest, LineBreaksAndControlCharactersBecomeBlanks) {
  const auto rows = read(
      "a.csv", "id,title,description,image_path\nn1,\"Red\r\ncoat\x01\",\"line one\nline\ttwo\x02\",1.jpg\n");
  EXPECT_EQ(listing(rows[0]).title, "Red coat");
  EXPECT_EQ(listing(rows[0]).description, "line one\nline\ttwo");
}

TEST_F(RowSourceTest, PricesAsShopsWriteThem) {
  const auto rows = read("a.csv",
                         "id,price,currency,image_path\n"
                         "p0,19.99 USD,,1.jpg\n"
                         "p1,$45,CAD,1.jpg\n"
                         "p2,\"1.299,00 €\",,1.jpg\n"
                         "p3,Free,,1.jpg\n"
                         "p4,ask me,,1.jpg\n"
                         "p5,-5,,1.jpg\n"
                         "p6,20,dollars,1.jpg\n"
                         "p7,20,moon,1.jpg\n");
  ASSERT_THAT(rows, SizeIs(8));
  EXPECT_EQ(listing(rows[0]).price, 19.99);
  EXPECT_EQ(listing(rows[0]).currency, "USD");
  EXPECT_EQ(listing(rows[1]).currency, "CAD");
  EXPECT_EQ(listing(rows[2]).price, 1299);
  EXPECT_EQ(listing(rows[2]).currency, "EUR");
  EXPECT_EQ(listing(rows[3]).price, 0);
  EXPECT_FALSE(listing(rows[4]).price);
  EXPECT_THAT(warned_fields(rows[4]), ElementsAre("price"));
  EXPECT_EQ(rows[4].warnings[0].value, "ask me");
  EXPECT_FALSE(listing(rows[5]).price);
  EXPECT_EQ(listing(rows[6]).currency, "USD");
  EXPECT_THAT(warned_fields(rows[7]), ElementsAre("currency"));
}

TEST_F(RowSourceTest, OneOddCellNeverCostsTheItem) {
  const std::string description(30'000, 'x');
  const auto rows = read("a.csv",
                         "id,description,listed_at,status,url,size,image_urls\n"
                         "1," +
                             description + ",someday,perhaps,not a url," + std::string(200, 'y') +
                             ",//cdn.example/1.jpg|ftp://x/2.jpg|https://cdn.example/a b.jpg\n"
                             "2,,22.11.2026,In Stock,//shop.example/2,M,1.jpg\n");
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_THAT(listing(rows[0]).description, SizeIs(20'000));
  EXPECT_EQ(listing(rows[0]).status, "active");
  EXPECT_THAT(images(rows[0]), ElementsAre("https://cdn.example/1.jpg", "https://cdn.example/a%20b.jpg"));
  EXPECT_THAT(warned_fields(rows[0]),
              ElementsAre("description", "listed_at", "status", "url", "size", "images[1]"));
  EXPECT_EQ(to_rfc3339(*listing(rows[1]).listed_at), "2026-11-22T00:00:00.000000Z");
  EXPECT_EQ(listing(rows[1]).url, "https://shop.example/2");
}

TEST_F(RowSourceTest, MarkupIsNoText) {
  const auto rows = read(
      "a.ndjson",
      "{\"external_id\":\"h1\",\"title\":\"H&amp;M Linen Dress\",\"brand\":\"H&amp;M\","
      "\"description\":\"<p style=\\\"color: black\\\">A green linen dress</p>\",\"images\":[\"1.jpg\"]}\n");
  EXPECT_EQ(listing(rows[0]).title, "H&M Linen Dress");
  EXPECT_EQ(listing(rows[0]).brand, "H&M");
  EXPECT_EQ(listing(rows[0]).description, "A green linen dress");
}

TEST_F(RowSourceTest, ShopifyRowsAreJoined) {
  const auto rows =
      read("products_export.csv",
           "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,"
           "Option2 Value,Variant SKU,Variant Price,Image Src,Image Position,Variant Image,Status\n"
           "top,Varsity Top,<p>Grey</p>,partners,Tops,\"women, black "
           "friday\",true,Size,Small,Color,Grey,S,60,2.jpg,2,,active\n"
           "wool,Wool Jumper,,partners,Jumpers,,true,Title,Default Title,,,,80,3.jpg,1,,draft\n"
           "top,,,,,,,,Medium,,Grey,M,55,1.jpg,1,4.jpg,\n"
           "top,,,,,,,,,,,,,5.jpg,3,,\n");
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(read_as_, "a Shopify export");
  const domain::Listing& top = listing(rows[0]);
  EXPECT_EQ(top.external_id, "top");
  EXPECT_EQ(top.title, "Varsity Top");
  EXPECT_EQ(top.description, "Grey");
  EXPECT_EQ(top.brand, "partners");
  EXPECT_EQ(top.price, 55);
  EXPECT_EQ(top.size, "Small, Medium");
  EXPECT_EQ(property(rows[0], "category"), "tops");
  EXPECT_EQ(property(rows[0], "primary_color"), "grey");
  EXPECT_EQ(property(rows[0], "gender"), "women");
  EXPECT_THAT(images(rows[0]), ElementsAre("1.jpg", "2.jpg", "5.jpg", "4.jpg"));
  EXPECT_EQ(listing(rows[1]).size, "");
  EXPECT_EQ(listing(rows[1]).status, "hidden");
}

TEST_F(RowSourceTest, WooCommerceVariationsJoinTheirProduct) {
  const auto rows =
      read("wc-product-export.csv",
           "ID,Type,SKU,Name,Published,Short description,Description,In stock?,Sale price,Regular price,"
           "Categories,Tags,Images,Parent,Attribute 1 name,Attribute 1 value(s)\n"
           "44,variable,V-NECK,V-Neck,1,Short,<p>Long</p>,1,,,\"Clothing > Tshirts, Clothing > Men\",,"
           "\"https://x.example/1.jpg, https://x.example/2.jpg\",,Color,\"Red, Blue\"\n"
           "45,simple,HAT,Hat,1,Short,,0,15,20,Hats,,https://x.example/3.jpg,,pa_size,M\n"
           "46,variation,V-RED,V-Neck - Red,1,,,1,,20,,,https://x.example/4.jpg,id:44,Color,Red\n"
           "47,variation,V-BLUE,V-Neck - Blue,1,,,1,12,18,,,,V-NECK,Color,Blue\n"
           "48,variation,X,X,1,,,1,,18,,,,id:99,Color,Blue\n");
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_EQ(read_as_, "a WooCommerce export");
  EXPECT_EQ(listing(rows[0]).external_id, "44");
  EXPECT_EQ(listing(rows[0]).description, "Long");
  EXPECT_EQ(listing(rows[0]).price, 12);
  EXPECT_EQ(property(rows[0], "category"), "tshirts");
  EXPECT_EQ(property(rows[0], "primary_color"), "");
  EXPECT_THAT(images(rows[0]), SizeIs(3));
  EXPECT_EQ(listing(rows[1]).price, 15);
  EXPECT_EQ(listing(rows[1]).description, "Short");
  EXPECT_EQ(listing(rows[1]).status, "sold");
  EXPECT_EQ(listing(rows[1]).size, "M");
  EXPECT_EQ(rows[2].item.error().field, "parent");
}

TEST_F(RowSourceTest, GoogleMerchantTableAndXml) {
  const auto table = read(
      "google.tsv",
      "id\ttitle\tdescription\tlink\timage link\tadditional image link\tprice\tsale "
      "price\tavailability\tcondition\t"
      "brand\tcolor\tsize\tgender\tproduct_type\tgoogle_product_category\tshipping\n"
      "sku1\tMens \"Pique\" Polo\tPolo\thttps://shop.example/1\thttps://shop.example/1.jpg\t"
      "https://shop.example/2.jpg,https://shop.example/3.jpg\t19.99 USD\t15.00 USD\tout_of_stock\tnew\tAcme\t"
      "Navy/White\tM\tmale\tHome > Men > Polos\t212\tUS::5 USD\n");
  ASSERT_THAT(table, SizeIs(1));
  EXPECT_EQ(read_as_, "a Google Merchant feed");
  EXPECT_EQ(listing(table[0]).title, "Mens \"Pique\" Polo");
  EXPECT_EQ(listing(table[0]).price, 15);
  EXPECT_EQ(listing(table[0]).currency, "USD");
  EXPECT_EQ(listing(table[0]).status, "sold");
  EXPECT_EQ(property(table[0], "primary_color"), "navy");
  EXPECT_EQ(property(table[0], "secondary_color"), "white");
  EXPECT_EQ(property(table[0], "category"), "polos");
  EXPECT_THAT(images(table[0]), SizeIs(3));
  EXPECT_THAT(remarks_, Contains(HasSubstr("shipping")));

  const auto feed =
      read("google.xml",
           "<?xml version=\"1.0\"?>\n<rss xmlns:g=\"http://base.google.com/ns/1.0\" version=\"2.0\"><channel>"
           "<title>Shop</title>\n<item><g:id>sku1</g:id><title><![CDATA[Polo & more]]></title>"
           "<description>&lt;p&gt;Warm&lt;/p&gt;</description><link>https://shop.example/1</link>"
           "<g:image_link>https://shop.example/1.jpg</g:image_link>"
           "<g:additional_image_link>https://shop.example/2.jpg</g:additional_image_link>"
           "<g:additional_image_link>https://shop.example/3.jpg</g:additional_image_link>"
           "<g:price>19,99 EUR</g:price><g:shipping><g:price>5 EUR</g:price></g:shipping></item>\n"
           "<item><g:id>sku2</g:id><title>Hat</title><g:image_link>https://shop.example/4.jpg</"
           "g:image_link></item>"
           "</channel></rss>");
  ASSERT_THAT(feed, SizeIs(2));
  EXPECT_EQ(read_as_, "a Google Merchant feed");
  EXPECT_EQ(listing(feed[0]).title, "Polo & more");
  EXPECT_EQ(listing(feed[0]).description, "Warm");
  EXPECT_EQ(listing(feed[0]).price, 19.99);
  EXPECT_THAT(images(feed[0]), SizeIs(3));
  EXPECT_EQ(feed[1].line, 4);
}

TEST_F(RowSourceTest, MarketplaceListingsAsApisGiveThem) {
  const auto rows = read(
      "listings.ndjson",
      R"({"id":123456789,"title":"Levi's jacket","brand":{"title":"Levi's"},"price":{"amount":"20.0","currency_code":"EUR"},"size":38,"favourite_count":3,"status":"Very good","is_closed":true,"images":[{"url":"1.jpg","width":10}]})"
      "\n"
      R"({"external_id":"v4","name":"Price as text","price":"19.99","images":"2.jpg"})"
      "\n"
      R"({"itemId":"v1|1|0","title":"Coat","price":{"value":"20.00","currency":"USD"},"image":{"imageUrl":"https://x/1.jpg"},"additionalImages":[{"imageUrl":"https://x/2.jpg"}],"categories":[{"categoryName":"Coats"}],"itemWebUrl":"https://x/i","itemCreationDate":"2024-01-02T03:04:05.000Z"})"
      "\n"
      R"({"id":7,"description":"Depop","price":{"priceAmount":"12.00","currencyName":"GBP"},"pictures":[[{"url":"s.jpg","width":150},{"url":"l.jpg","width":640}]],"sizes":["M","L"],"brandName":"Nike","status":"ONSALE"})"
      "\n");
  ASSERT_THAT(rows, SizeIs(4));
  EXPECT_EQ(read_as_, "listings of a marketplace");
  EXPECT_THAT(remarks_, Contains(HasSubstr("favourite_count")));
  EXPECT_EQ(listing(rows[0]).external_id, "123456789");
  EXPECT_EQ(listing(rows[0]).brand, "Levi's");
  EXPECT_EQ(listing(rows[0]).price, 20);
  EXPECT_EQ(listing(rows[0]).currency, "EUR");
  EXPECT_EQ(listing(rows[0]).size, "38");
  EXPECT_EQ(listing(rows[0]).status, "sold");
  EXPECT_EQ(property(rows[0], "condition"), "very good");
  EXPECT_EQ(listing(rows[1]).price, 19.99);
  EXPECT_EQ(listing(rows[2]).external_id, "v1|1|0");
  EXPECT_EQ(property(rows[2], "category"), "coats");
  EXPECT_THAT(images(rows[2]), ElementsAre("https://x/1.jpg", "https://x/2.jpg"));
  EXPECT_TRUE(listing(rows[2]).listed_at);
  EXPECT_EQ(listing(rows[3]).price, 12);
  EXPECT_EQ(listing(rows[3]).brand, "Nike");
  EXPECT_EQ(listing(rows[3]).size, "M, L");
  EXPECT_EQ(listing(rows[3]).status, "active");
  EXPECT_THAT(images(rows[3]), ElementsAre("l.jpg"));
}

TEST_F(RowSourceTest, JsonDocumentsAreLists) {
  const std::string item = R"({"id":"1","title":"Coat","images":["1.jpg"]})";
  EXPECT_THAT(read("a.json", "[" + item + ",\n" + item + "]"), SizeIs(2));
  EXPECT_THAT(read("a.json", R"({"total":2,"data":{"items":[)" + item + "," + item + "]}}"), SizeIs(2));
  EXPECT_THAT(read("a.json", item), SizeIs(1));
  EXPECT_THAT(read("a.json", item + "\n" + item + "\n"), SizeIs(2));
  const auto shopify =
      read("products.json",
           R"({"products":[{"id":1,"handle":"top","title":"Top","body_html":"<p>Grey</p>","vendor":"Acme",)"
           R"("variants":[{"price":"60.00"},{"price":"55.00"}],"images":[{"src":"1.jpg"}],)"
           R"("options":[{"name":"Size","values":["S","M"]}]}]})");
  EXPECT_EQ(listing(shopify.at(0)).price, 55);
  EXPECT_EQ(listing(shopify.at(0)).size, "S, M");
  EXPECT_EQ(listing(shopify.at(0)).description, "Grey");
}

TEST_F(RowSourceTest, StylesTableFindsItsImages) {
  std::filesystem::create_directories(path("images"));
  const auto rows = read(
      "styles.csv",
      "id,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage,productDisplayName\n"
      "15970,Men,Apparel,Topwear,Shirts,Navy Blue,Fall,2011,Casual,Turtle Check Men, Navy Blue Shirt\n");
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(listing(rows[0]).title, "Turtle Check Men, Navy Blue Shirt");
  EXPECT_EQ(property(rows[0], "category"), "shirts");
  EXPECT_EQ(property(rows[0], "primary_color"), "navy blue");
  EXPECT_EQ(property(rows[0], "gender"), "men");
  EXPECT_THAT(images(rows[0]), ElementsAre("images/15970.jpg"));
}

TEST_F(RowSourceTest, MappingsAndFormats) {
  ImportOptions options;
  options.mapping = {"Ref=external_id", "photo=images", "notes="};
  const auto rows = read("a.csv", "ref,title,photo,notes\n1,Coat,1.jpg,secret\n", options);
  EXPECT_EQ(listing(rows.at(0)).external_id, "1");
  options.mapping = {"ref=moon"};
  EXPECT_EQ(open_error("a.csv", "ref,photo\n", options).field, "map");
  options.mapping = {"ref"};
  EXPECT_EQ(open_error("a.csv", "ref,photo\n", options).field, "map");
  options = {};
  options.shape = "none";
  EXPECT_EQ(open_error("a.csv", "id,image_path\n", options).field, "format");
  options.shape = "marketplace";
  EXPECT_THAT(read("a.csv", "item_id,photo,moon\n1,1.jpg,2\n", options), SizeIs(1));
  EXPECT_THAT(remarks_, Contains(HasSubstr("moon")));
}

TEST_F(RowSourceTest, OurOwnFormIsStrictUnlessAskedOtherwise) {
  EXPECT_EQ(open_error("a.csv", "id,title,color_of_moon,image_path\n").field, "color_of_moon");
  const std::string lines =
      "{\"id\":\"1\",\"images\":[\"1.jpg\"]}\n{\"id\":\"2\",\"moon\":\"x\",\"images\":[\"1.jpg\"]}\n";
  EXPECT_EQ(read("a.ndjson", lines).at(1).item.error().field, "moon");
  ImportOptions options;
  options.ignore_unknown_columns = true;
  EXPECT_TRUE(read("a.ndjson", lines, options).at(1).item);
  EXPECT_THAT(remarks_, Contains(HasSubstr("moon")));
  EXPECT_TRUE(read("a.csv", "id,moon,image_path\n1,x,1.jpg\n", options).at(0).item);
}

TEST_F(RowSourceTest, SpoiledIdsAreSaid) {
  const auto rows = read("a.csv", "id,image_path\n6.93217E+12,1.jpg\n00123,2.jpg\n1E5,3.jpg\n");
  EXPECT_THAT(warned_fields(rows.at(0)), ElementsAre("external_id"));
  EXPECT_EQ(listing(rows.at(1)).external_id, "00123");
  EXPECT_THAT(rows.at(1).warnings, IsEmpty());
  EXPECT_THAT(rows.at(2).warnings, IsEmpty());
}

TEST_F(RowSourceTest, SpreadsheetsAreRefusedByName) {
  catalog::testing::write_file(path("a.txt"), std::string_view("PK\x03\x04"));
  EXPECT_THAT(import_format(path("a.txt")).error().message, HasSubstr("save it as CSV"));
}

TEST_F(RowSourceTest, DamagedFilesOfEveryFormatEndInAnErrorOrRows) {
  const std::vector<std::pair<std::string, std::string>> files = {
      {"a.csv", "id,title,price,image_path\n1,\"Red, coat\",\"1.299,00 €\",1.jpg\n2,Blue,$5,2.jpg\n"},
      {"a.json",
       R"({"items":[{"id":"1","price":{"amount":"2"},"images":[{"url":"1.jpg"}]},{"id":2,"images":"2.jpg"}]})"},
      {"a.ndjson",
       "{\"id\":1,\"images\":[[{\"url\":\"1.jpg\",\"width\":1}]]}\n{\"id\":2,\"variants\":[{\"price\":\"1\"}]"
       "}\n"},
      {"a.xml",
       "<rss><item id=\"1\"><title>a &amp; "
       "b</title><images><image>1.jpg</image></images></item><item/></rss>"}};
  for (const auto& [name, good] : files) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
      std::mt19937_64 random(seed);
      std::string text = good;
      for (int change = 0; change < 4 && !text.empty(); ++change) {
        const std::size_t at = random() % text.size();
        if (random() % 3 == 0)
          text[at] = static_cast<char>(random());
        else if (random() % 2 == 0)
          text.erase(at, random() % 8);
        else
          text.insert(at, 1, "\",\n\r|<>{}[]&;"[random() % 13]);
      }
      catalog::testing::write_file(path(name), text);
      ImportOptions options;
      options.format = import_format(path(name)).value();
      auto source = open_rows(path(name), options, 1 << 20, {});
      for (int rows = 0; source && rows < 100; ++rows) {
        const auto row = (*source)->next();
        if (!row || !*row) break;
      }
    }
  }
}

}  // namespace
}  // namespace fit::ingest
