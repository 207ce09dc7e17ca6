#include "http/search_request.h"

#include <gtest/gtest.h>

#include <set>

#include "base/base64.h"
#include "base/json.h"
#include "http/search_fields.h"
#include "search/query_fields.h"

namespace fit::http {
namespace {

constexpr std::size_t kMaxImageBytes = 1000;

Error json_error(std::string_view body, SearchForm form = SearchForm::kAny) {
  auto request = parse_search_json(body, form, kMaxImageBytes);
  return request ? cancelled("no error") : request.error();
}

std::string form_body(std::initializer_list<std::pair<std::string, std::string>> parts) {
  std::string body;
  for (const auto& [head, content] : parts) {
    body += "--B\r\nContent-Disposition: form-data; " + head + "\r\n\r\n" + content + "\r\n";
  }
  return body + "--B--\r\n";
}

constexpr std::string_view kFormType = "multipart/form-data; boundary=B";

TEST(SearchFields, ReadEveryFieldOfAQuery) {
  std::set<std::string_view> readable;
  for (const auto& field : SearchFields::table()) {
    EXPECT_TRUE(readable.insert(field.name).second) << field.name << " is listed twice";
    EXPECT_NE(field.read, nullptr) << field.name;
  }
  for (const auto& field : search::query_fields()) EXPECT_TRUE(readable.contains(field.name)) << field.name;
  EXPECT_EQ(readable.size(), search::query_fields().size() + 4)
      << "an image may also be base64 or a URL; tenants and item_tenant choose the catalogues";
}

// Works for any number of fields.
TEST(SearchFields, EachFieldMayBeGivenOnce) {
  std::string members;
  for (const auto& field : SearchFields::table()) members += "\"" + std::string(field.name) + "\":null,";
  const auto all =
      parse_search_json("{" + members.substr(0, members.size() - 1) + "}", SearchForm::kAny, kMaxImageBytes);
  EXPECT_EQ(all.error().message,
            "is missing, and so are image, image_url, item_id, vector, like and text; use one of them");
  for (const auto& field : SearchFields::table()) {
    const std::string name(field.name);
    const Error error = json_error("{" + members + "\"" + name + "\":null}");
    EXPECT_EQ(error.field, name);
    EXPECT_EQ(error.message, "is given twice");
  }
}

TEST(SearchFields, EachFormHasItsFieldsOfTheTable) {
  for (const auto& field : SearchFields::table()) {
    const std::string body = "{\"" + std::string(field.name) + "\":null}";
    const bool is_known = !json_error(body, SearchForm::kPhoto).message.starts_with("is not a known field");
    EXPECT_EQ(is_known, field.in_photo) << field.name;
    const bool is_of_detection =
        !json_error(body, SearchForm::kDetect).message.starts_with("is not a known field");
    EXPECT_EQ(is_of_detection, field.in_detect) << field.name;
  }
}

TEST(SearchJson, ReadsEveryField) {
  const auto request = parse_search_json(
      R"({"image_base64":"aGVsbG8=","filters":{"category":"dress","price_range":[5,null]},"limit":7,"min_similarity":-0.5})",
      SearchForm::kPhoto, kMaxImageBytes);
  ASSERT_TRUE(request) << request.error().describe();
  EXPECT_EQ(as_text(request->query.image), "hello");
  EXPECT_EQ(request->query.limit, 7U);
  EXPECT_EQ(request->query.min_similarity, -0.5);
  EXPECT_EQ(request->query.filter.min_price, 5);
  ASSERT_EQ(request->query.filter.any_of.size(), 1U);
}

TEST(SearchVector, NeedsItsSpace) {
  const auto request =
      parse_search_json(R"({"vector":[3,4],"space":"builtin"})", SearchForm::kAny, kMaxImageBytes);
  ASSERT_TRUE(request) << request.error().describe();
  EXPECT_EQ(request->query.vector, (std::vector<float>{0.6F, 0.8F}));
  EXPECT_EQ(request->query.vector_space, "builtin");
  EXPECT_TRUE(request->query.has_client_vector());
  const auto in_form =
      parse_search_form(kFormType, form_body({{"name=\"vector\"", "[1,0]"}, {"name=\"space\"", "clip"}}),
                        SearchForm::kAny, kMaxImageBytes);
  ASSERT_TRUE(in_form) << in_form.error().describe();
  EXPECT_EQ(in_form->query.vector, (std::vector<float>{1, 0}));
  EXPECT_EQ(json_error(R"({"vector":[3,4]})").field, "space");
  EXPECT_EQ(json_error(R"({"text":"red","space":"builtin"})").field, "space");
  EXPECT_EQ(json_error(R"({"vector":[],"space":"builtin"})").field, "vector");
  EXPECT_EQ(json_error(R"({"vector":"1","space":"builtin"})").field, "vector");
  EXPECT_EQ(json_error(R"({"vector":[1e999],"space":"builtin"})").field, "vector");
  EXPECT_EQ(json_error(R"({"item_id":7,"vector":[1],"space":"builtin"})").field, "vector");
}

TEST(SearchPart, IsABoxOrAGarmentOfAPhoto) {
  const auto read = [](const std::string& members) {
    return parse_search_json("{" + members + "}", SearchForm::kAny, kMaxImageBytes);
  };
  const std::string photo = R"("image_base64":"aGVsbG8=")";
  const auto box = read(photo + R"(,"box":[0.25,0,1,0.5])");
  ASSERT_TRUE(box) << box.error().describe();
  EXPECT_EQ(box->query.part.box, (media::Box{.left = 0.25, .top = 0, .right = 1, .bottom = 0.5}));
  EXPECT_EQ(read(photo + R"(,"garment":2)")->query.part.garment, 2U);
  EXPECT_TRUE(read(photo + R"(,"detect":"auto")")->query.part.is_detected);
  EXPECT_TRUE(read(photo + R"(,"box":null,"garment":null,"detect":null)")->query.part.is_whole());
  EXPECT_TRUE(read(R"("image_url":"https://a.example/b.jpg","detect":"auto")")->query.part.is_detected);
  for (const char* wrong :
       {"[]", "[0,0,1]", "[0,0,1,1,1]", "[1,0,0,1]", "[0,0,0,1]", "[0,0,1,1.5]", "[-1,0,1,1]",
        "[0,0,1,\"1\"]", "[0,0,1,null]", "[1e999,0,1,1]", "\"0,0,1,1\"", "{}", "7"}) {
    EXPECT_EQ(json_error("{" + photo + ",\"box\":" + wrong + "}").field, "box") << wrong;
  }
  EXPECT_EQ(json_error("{" + photo + R"(,"garment":-1})").field, "garment");
  EXPECT_EQ(json_error("{" + photo + R"(,"garment":1.5})").field, "garment");
  EXPECT_EQ(json_error("{" + photo + R"(,"detect":true})").field, "detect");
  EXPECT_EQ(json_error("{" + photo + R"(,"detect":"all"})").field, "detect");
  EXPECT_EQ(json_error("{" + photo + R"(,"garment":0,"box":[0,0,1,1]})").field, "garment");
  EXPECT_EQ(json_error("{" + photo + R"(,"garment":0,"detect":"auto"})").field, "detect");
  EXPECT_EQ(json_error(R"({"item_id":7,"garment":0})").message,
            "needs a photo and cannot be combined with item_id");
  EXPECT_EQ(json_error(R"({"text":"red","box":[0,0,1,1]})").field, "box");
  EXPECT_EQ(json_error(R"({"like":[7],"detect":"auto"})").field, "detect");
}

TEST(SearchPart, HasCommasInForms) {
  const auto read = [](const std::string& box) {
    return parse_search_form(kFormType,
                             form_body({{"name=\"image\"; filename=\"a\"", "x"}, {"name=\"box\"", box}}),
                             SearchForm::kAny, kMaxImageBytes);
  };
  const media::Box wanted{.left = 0.25, .top = 0, .right = 1, .bottom = 0.5};
  for (const char* box : {"0.25,0,1,0.5", "0.25, 0, 1, 0.5", "[0.25,0,1,0.5]"}) {
    const auto request = read(box);
    ASSERT_TRUE(request) << request.error().describe();
    EXPECT_EQ(request->query.part.box, wanted) << box;
  }
  for (const char* box :
       {"nan,0,1,1", "0,0,inf,1", "0,0,1", "0 0 1 1", "a", "[0,0,1", ",,,", "0,0,1,1],[0", "[["}) {
    EXPECT_EQ(read(box).error().field, "box") << box;
  }
}

TEST(DetectForm, TakesAPhotoAlone) {
  const auto request =
      parse_search_json(R"({"image_base64":"aGVsbG8="})", SearchForm::kDetect, kMaxImageBytes);
  ASSERT_TRUE(request) << request.error().describe();
  EXPECT_EQ(as_text(request->query.image), "hello");
  EXPECT_EQ(json_error("{}", SearchForm::kDetect).field, "image_base64");
  EXPECT_EQ(json_error(R"({"item_id":7})", SearchForm::kDetect).field, "item_id");
  EXPECT_EQ(
      json_error(R"({"image_url":"https://a.example/b","image_base64":"aGVsbG8="})", SearchForm::kDetect)
          .field,
      "image_base64");
}

TEST(SearchTenants, AreReadAndChecked) {
  const auto request = parse_search_json(R"({"item_id":7,"tenants":["b","a"],"item_tenant":"c"})",
                                         SearchForm::kAny, kMaxImageBytes);
  ASSERT_TRUE(request) << request.error().describe();
  EXPECT_EQ(request->tenants, (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(request->item_tenant, "c");
  const auto in_form =
      parse_search_form(kFormType, form_body({{"name=\"text\"", "dress"}, {"name=\"tenants\"", "[\"*\"]"}}),
                        SearchForm::kAny, kMaxImageBytes);
  ASSERT_TRUE(in_form) << in_form.error().describe();
  EXPECT_EQ(in_form->tenants, std::vector<std::string>{"*"});

  std::string many = "[\"t0\"";
  for (int i = 1; i <= 256; ++i) many += ",\"t" + std::to_string(i) + "\"";
  for (const std::string& wrong :
       {std::string("[]"), std::string("[7]"), std::string(R"(["a","a"])"), std::string(R"(["*","a"])"),
        std::string(R"(["../a"])"), std::string(R"(["A"])"), std::string(R"([""])"),
        std::string(R"(["a b"])"), many + "]"}) {
    EXPECT_EQ(json_error(R"({"text":"dress","tenants":)" + wrong + "}").field, "tenants")
        << wrong.substr(0, 30);
  }
  EXPECT_EQ(json_error(R"({"item_id":7,"tenants":["a"]})").field, "item_tenant");
  EXPECT_EQ(json_error(R"({"item_id":7,"item_tenant":"a"})").field, "item_tenant");
  EXPECT_EQ(json_error(R"({"text":"dress","tenants":["a"],"item_tenant":"a"})").field, "item_tenant");
  EXPECT_EQ(json_error(R"({"item_id":7,"tenants":["a"],"item_tenant":"../a"})").field, "item_tenant");
  EXPECT_EQ(json_error(R"({"like":[7],"tenants":["a"]})").field, "like");
  EXPECT_EQ(json_error(R"({"text":"dress","unlike":[7],"tenants":["a"]})").field, "unlike");
  EXPECT_EQ(json_error(R"({"text":"dress","weights":{"taste":0.1},"tenants":["a"]})").field, "weights");
}

TEST(SearchJson, AcceptsDataUrlsEscapesAndNulls) {
  const auto request =
      parse_search_json(R"({"limit":null,"image_base64":"data:image\/jpeg;base64,aGVs\nbG8=" , "text":null})",
                        SearchForm::kAny, kMaxImageBytes);
  ASSERT_TRUE(request) << request.error().describe();
  EXPECT_EQ(as_text(request->query.image), "hello");
  EXPECT_EQ(request->query.limit, 20U);
}

TEST(SearchJson, AcceptsItemIdAsTextOrNumber) {
  EXPECT_EQ(parse_search_json(R"({"item_id":"12"})", SearchForm::kAny, kMaxImageBytes)->query.item_id,
            ItemId{12});
  EXPECT_EQ(parse_search_json(R"({"item_id":12})", SearchForm::kAny, kMaxImageBytes)->query.item_id,
            ItemId{12});
  EXPECT_EQ(json_error(R"({"item_id":-1})").field, "item_id");
  EXPECT_EQ(json_error(R"({"item_id":1.5})").field, "item_id");
  EXPECT_EQ(json_error(R"({"item_id":true})").field, "item_id");
}

TEST(SearchJson, RejectsBodiesThatAreNotJsonObjects) {
  for (const std::string_view body :
       {"", " ", "null", "[]", "\"x\"", "{", "{\"limit\":1", "{\"limit\":1}}", "{\"limit\":1} x", "{limit:1}",
        "{\"limit\":NaN,\"text\":\"x\"}", "{\"text\":\"x}", "{\"text\":\"\xff\"}",
        "{\"text\":\"a\" \"limit\":1}"}) {
    const Error error = json_error(body);
    EXPECT_TRUE(error.code == ErrorCode::kMalformed || error.field == "limit")
        << body << ": " << error.describe();
  }
}

TEST(SearchJson, NamesTheFieldAtFault) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"image_base64":12})", "image_base64"},
      {R"({"image_base64":"???="})", "image_base64"},
      {R"({"image_base64":""})", "image_base64"},
      {R"({})", "image_base64"},
      {R"({"text":"x","limit":"10"})", "limit"},
      {R"({"text":"x","limit":1.5})", "limit"},
      {R"({"text":"x","limit":0})", "limit"},
      {R"({"text":"x","limit":101})", "limit"},
      {R"({"text":"x","limit":1e30})", "limit"},
      {R"({"text":"x","min_similarity":2})", "min_similarity"},
      {R"({"text":"x","min_similarity":"high"})", "min_similarity"},
      {R"({"text":"x","min_relevance":-0.1})", "min_relevance"},
      {R"({"text":"x","min_relevance":true})", "min_relevance"},
      {R"({"text":"x","filters":[]})", "filters"},
      {R"({"text":"x","filters":{"shoe":"x"}})", "filters.shoe"},
      {R"({"text":"x","colour":"red"})", "colour"},
      {R"({"text":"x","text":"y"})", "text"},
      {R"({"image_url":"http://a/","item_id":"1"})", "item_id"},
      {R"({"unlike":["1"]})", "unlike"},
      {R"({"like":"1"})", "like"},
      {R"({"like":["x"]})", "like"},
      {R"({"like":[-1]})", "like"},
      {R"({"like":[1.5]})", "like"},
      {R"({"like":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21]})", "like"},
      {R"({"text":"x","weights":[]})", "weights"},
      {R"({"text":"x","weights":{"colour":1}})", "weights"},
      {R"({"text":"x","weights":{"image":-1}})", "weights"},
      {R"({"text":"x","weights":{"image":"1"}})", "weights"},
      {R"({"text":"x","weights":{"taste":0.51}})", "weights"},
      {R"({"text":"x","weights":{"taste":-0.1}})", "weights"},
      {R"({"text":"x","explain":1})", "explain"},
      {R"({"text":"x","collapse_duplicates":"yes"})", "collapse_duplicates"},
      {R"({"text":"x","cursor":5})", "cursor"},
      {R"({"text":"x","cursor":""})", "cursor"},
      {R"({"text":"  "})", "text"},
      {R"({"image":"x"})", "image"},
  };
  for (const auto& [body, field] : cases) EXPECT_EQ(json_error(body).field, field) << body;
}

TEST(SearchJson, ReadsComposedQueries) {
  const auto request = parse_search_json(
      R"({"item_id":"3","text":"in red","like":["1",2],"unlike":[4],"weights":{"image":0.5,"words":3,"properties":2,"taste":0.5},
          "explain":true,"collapse_duplicates":true,"cursor":"abc","facets":["brand"]})",
      SearchForm::kAny, kMaxImageBytes);
  ASSERT_TRUE(request) << request.error().describe();
  const search::Query& query = request->query;
  EXPECT_EQ(query.item_id, ItemId{3});
  EXPECT_EQ(query.text, "in red");
  EXPECT_EQ(query.like, (std::vector<ItemId>{ItemId{1}, ItemId{2}}));
  EXPECT_EQ(query.unlike, (std::vector<ItemId>{ItemId{4}}));
  EXPECT_EQ(query.weights.image, 0.5);
  EXPECT_EQ(query.weights.text, 1);
  EXPECT_EQ(query.weights.words, 3);
  EXPECT_EQ(query.weights.properties, 2);
  EXPECT_EQ(query.weights.taste, 0.5);
  EXPECT_TRUE(query.explain && query.collapse_duplicates && query.paged);
  EXPECT_EQ(query.cursor, "abc");
}

TEST(SearchJson, PhotoFormKnowsOnlyItsOwnFields) {
  EXPECT_EQ(json_error(R"({"text":"x"})", SearchForm::kPhoto).field, "text");
  EXPECT_EQ(json_error(R"({"limit":3})", SearchForm::kPhoto).field, "image_base64");
}

TEST(SearchJson, RejectsAnImageOverTheLimit) {
  const std::string text = encode_base64(Bytes(kMaxImageBytes + 1));
  EXPECT_EQ(json_error(R"({"image_base64":")" + text + "\"}").code, ErrorCode::kTooLarge);
  const std::string fits = encode_base64(Bytes(kMaxImageBytes));
  EXPECT_TRUE(parse_search_json(R"({"image_base64":")" + fits + "\"}", SearchForm::kAny, kMaxImageBytes));
}

TEST(SearchForm, ReadsFileAndFields) {
  const std::string body = form_body({{"name=\"image\"; filename=\"a.jpg\"", std::string("\0\r\n--x", 6)},
                                      {"name=limit", "3"},
                                      {"name=\"filters\"", R"({"brand":["a","b"]})"},
                                      {"name=\"min_similarity\"", "0.25"},
                                      {"name=\"min_relevance\"", "0.5"}});
  const auto request = parse_search_form(kFormType, body, SearchForm::kAny, kMaxImageBytes);
  ASSERT_TRUE(request) << request.error().describe();
  EXPECT_EQ(as_text(request->query.image), std::string_view("\0\r\n--x", 6));
  EXPECT_EQ(request->query.image_field, "image");
  EXPECT_EQ(request->query.limit, 3U);
  EXPECT_EQ(request->query.min_similarity, 0.25);
  EXPECT_EQ(request->query.min_relevance, 0.5);
  EXPECT_EQ(request->query.filter.any_of.at(0).values.size(), 2U);
}

TEST(SearchForm, NamesTheFieldAtFault) {
  const auto field_of = [](std::initializer_list<std::pair<std::string, std::string>> parts) {
    const auto request = parse_search_form(kFormType, form_body(parts), SearchForm::kAny, kMaxImageBytes);
    return request ? "none" : request.error().field;
  };
  EXPECT_EQ(field_of({{"name=\"image\"", "text"}}), "image");
  EXPECT_EQ(field_of({{"name=\"image\"; filename=\"a\"", ""}}), "image");
  EXPECT_EQ(field_of({{"name=\"limit\"", "ten"}}), "limit");
  EXPECT_EQ(field_of({{"name=\"min_similarity\"", "nan"}}), "min_similarity");
  EXPECT_EQ(field_of({{"name=\"min_relevance\"", "nan"}}), "min_relevance");
  EXPECT_EQ(field_of({{"name=\"filters\"", "{"}}), "filters");
  EXPECT_EQ(field_of({{"name=\"colour\"", "red"}}), "colour");
  EXPECT_EQ(field_of({{"name=\"text\"", "\xff"}}), "text");
  EXPECT_EQ(field_of({{"name=\"text\"; filename=\"t\"", "x"}}), "text");
}

TEST(SearchForm, RejectsBrokenBodies) {
  for (const std::string_view body : {"", "x", "--B", "--B\r\n", "--B\r\nno header\r\n--B--",
                                      "--B\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nx"}) {
    const auto request = parse_search_form(kFormType, body, SearchForm::kAny, kMaxImageBytes);
    ASSERT_FALSE(request) << body;
    EXPECT_EQ(request.error().code, ErrorCode::kMalformed) << body;
  }
  EXPECT_EQ(parse_search_form("multipart/form-data", "x", SearchForm::kAny, kMaxImageBytes).error().field,
            "Content-Type");
}

}  // namespace
}  // namespace fit::http
