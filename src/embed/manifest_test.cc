#include "embed/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "embed/builtin_models.h"
#include "embed/clip_tokenizer.h"

namespace fit::embed {
namespace {

using ::testing::HasSubstr;

Json good() {
  return Json::parse(builtin_manifests().front());
}

// The field and message of a manifest's error; "none" when it is valid.
std::string problem(const Json& json) {
  const auto manifest = parse_manifest("m.json", dump_json(json));
  return manifest ? "none" : manifest.error().field + " " + manifest.error().message;
}

TEST(Manifest, BuiltInManifestsAreValid) {
  std::vector<std::string> names;
  for (const std::string_view text : builtin_manifests()) {
    const auto manifest = parse_manifest("built-in", text);
    ASSERT_TRUE(manifest) << manifest.error().describe();
    names.push_back(manifest->name);
    if (is_in_program(manifest->name)) continue;  // compiled in, without URLs
    EXPECT_TRUE(manifest->source.starts_with("https://"));
    for (const ModelFile& file : manifest->files) EXPECT_TRUE(file.url.starts_with("https://")) << file.path;
  }
  EXPECT_THAT(names,
              ::testing::ElementsAre("clip-vit-b32", "clip-vit-b32-int8", "clip-vit-l14", "fashion-clip",
                                     "siglip-base", "content-filter", "detector", "sight", "builtin"));
}

TEST(Manifest, ReadsAllKeys) {
  const auto manifest = parse_manifest("m.json", dump_json(good()));
  ASSERT_TRUE(manifest);
  EXPECT_EQ(manifest->name, "clip-vit-b32");
  EXPECT_EQ(manifest->dimensions, 512);
  EXPECT_EQ(manifest->image.size, 224);
  EXPECT_FLOAT_EQ(manifest->image.mean[0], 0.48145466F);
  EXPECT_FLOAT_EQ(manifest->image.std[2], 0.27577711F);
  EXPECT_EQ(manifest->file(FileRole::kImageModel)->size_bytes, 351685709u);
  EXPECT_EQ(manifest->file(FileRole::kWeights), nullptr);
  ASSERT_TRUE(manifest->text);
  EXPECT_EQ(manifest->text->context_length, 77);
  EXPECT_FALSE(manifest->text->pad_to_context);
  EXPECT_TRUE(manifest->vector_space().has_text);
  EXPECT_EQ(manifest->known_size_bytes(), 351685709u + 254058553u + 862328u + 524619u);
}

// The app calls a relevance of 0.94 an exact match; close matches have 0.3.
TEST(Manifest, OnlyCopiesOfAPhotoAreExactMatchesOfTheBuiltInModel) {
  const auto manifest = parse_manifest("built-in", builtin_manifests().back());
  ASSERT_TRUE(manifest);
  const auto curve = manifest->vector_space().relevance.photo;
  ASSERT_TRUE(curve);
  EXPECT_NEAR(curve->least_cosine(0.94).value(), 0.987, 0.001);
  EXPECT_NEAR(curve->least_cosine(0.3).value(), 0.636, 0.001);
  EXPECT_LT(curve->at(0.97), 0.73);
}

TEST(Manifest, ReadsRelevanceCurves) {
  Json json = good();
  json["relevance"] = {{"photo", {0, 0.5, 0.9}}};
  const auto manifest = parse_manifest("m.json", dump_json(json));
  ASSERT_TRUE(manifest) << manifest.error().describe();
  const Relevance relevance = manifest->vector_space().relevance;
  ASSERT_TRUE(relevance.photo);
  EXPECT_DOUBLE_EQ(relevance.photo->at(0.5), 0.5);
  EXPECT_FALSE(relevance.words);
  for (const Json& bad : {Json("high"), Json{0.5}, Json{0.5, 0.4}, Json{0, "x"}, Json{0, 2}}) {
    json["relevance"]["photo"] = bad;
    EXPECT_THAT(problem(json), HasSubstr("relevance.photo")) << dump_json(bad);
  }
  json["relevance"] = {{"images", {0, 1}}};
  EXPECT_THAT(problem(json), HasSubstr("relevance.images"));
}

TEST(Manifest, RoundTripsThroughJson) {
  for (const std::string_view text : builtin_manifests()) {
    const auto manifest = parse_manifest("built-in", text);
    ASSERT_TRUE(manifest);
    const auto again = parse_manifest("again", to_json(*manifest));
    ASSERT_TRUE(again) << again.error().describe();
    EXPECT_EQ(to_json(*again), to_json(*manifest));
  }
}

TEST(Manifest, NamesUnknownKeys) {
  for (const char* where : {"", "image", "text"}) {
    Json json = good();
    (*where == '\0' ? json : json[where])["colour"] = 1;
    EXPECT_THAT(problem(json), HasSubstr("colour is not a known key")) << where;
  }
  Json json = good();
  json["files"][1]["sha265"] = "x";
  EXPECT_THAT(problem(json), HasSubstr("m.json: files[1].sha265 is not a known key"));
}

TEST(Manifest, NamesMissingKeys) {
  for (const char* key : {"name", "space", "version", "licence", "source", "dimensions", "files", "image"}) {
    Json json = good();
    json.erase(key);
    EXPECT_THAT(problem(json), HasSubstr(std::string(key) + " is missing"));
  }
  Json json = good();
  json["image"].erase("mean");
  EXPECT_EQ(problem(json), "m.json: image.mean is missing");
}

TEST(Manifest, NamesInvalidValues) {
  const auto with = [](auto change) {
    Json json = good();
    change(json);
    return problem(json);
  };
  EXPECT_THAT(with([](Json& j) { j["name"] = 5; }), HasSubstr("name"));
  EXPECT_THAT(with([](Json& j) { j["name"] = "../x"; }), HasSubstr("name"));
  EXPECT_THAT(with([](Json& j) { j["space"] = "A b"; }), HasSubstr("space"));
  EXPECT_THAT(with([](Json& j) { j["dimensions"] = 0; }), HasSubstr("dimensions"));
  EXPECT_THAT(with([](Json& j) { j["dimensions"] = 1.5; }), HasSubstr("dimensions"));
  EXPECT_THAT(with([](Json& j) { j["dimensions"] = 99999999999; }), HasSubstr("dimensions"));
  EXPECT_THAT(with([](Json& j) { j["files"] = Json::array(); }), HasSubstr("files"));
  EXPECT_THAT(with([](Json& j) { j["files"][0]["role"] = "poem"; }), HasSubstr("files[0].role"));
  EXPECT_THAT(with([](Json& j) { j["files"][0]["sha256"] = "abc"; }), HasSubstr("files[0].sha256"));
  EXPECT_THAT(with([](Json& j) { j["files"][0]["url"] = "file:///etc/passwd"; }), HasSubstr("files[0].url"));
  EXPECT_THAT(with([](Json& j) { j["files"][0]["size_bytes"] = -1; }), HasSubstr("files[0].size_bytes"));
  EXPECT_THAT(with([](Json& j) { j["image"]["std"] = {0.1, 0, 0.1}; }), HasSubstr("image.std"));
  EXPECT_THAT(with([](Json& j) { j["image"]["mean"] = {1, 2}; }), HasSubstr("image.mean"));
  EXPECT_THAT(with([](Json& j) { j["image"]["resize"] = "fit"; }), HasSubstr("image.resize"));
  EXPECT_THAT(with([](Json& j) { j["image"]["layout"] = "nhwc"; }), HasSubstr("image.layout"));
  EXPECT_THAT(with([](Json& j) { j["image"]["size"] = 100000; }), HasSubstr("image.size"));
  EXPECT_THAT(with([](Json& j) { j["text"]["tokenizer"] = "spm"; }), HasSubstr("text.tokenizer"));
  EXPECT_THAT(with([](Json& j) { j["text"] = 3; }), HasSubstr("text must be an object"));
  EXPECT_THAT(with([](Json& j) { j["files"].erase(2); }), HasSubstr("tokenizer_vocab"));
  EXPECT_THAT(with([](Json& j) { j["files"][1]["path"] = j["files"][0]["path"]; }), HasSubstr("twice"));
  EXPECT_THAT(problem(Json::array()), HasSubstr("must be an object"));
}

TEST(Manifest, ChecksProperties) {
  const auto with = [](auto change) {
    Json json = good();
    json["files"].push_back({{"role", "property_model"}, {"path", "p.onnx"}});
    json["properties"] = {
        {"input", "embedding"},
        {"outputs", {{{"property", "tone"}, {"output", "tone"}, {"values", {"dark", "light"}}}}}};
    change(json);
    return problem(json);
  };
  EXPECT_EQ(with([](Json&) {}), "none");
  EXPECT_THAT(with([](Json& j) { j["properties"]["outputs"] = Json::array(); }),
              HasSubstr("properties.outputs must be a list"));
  EXPECT_THAT(with([](Json& j) { j["properties"]["outputs"][0]["values"] = {1, 2}; }),
              HasSubstr("properties.outputs[0].values[0] must be a text"));
  EXPECT_THAT(with([](Json& j) { j["properties"]["outputs"][0]["tones"] = 1; }),
              HasSubstr("properties.outputs[0].tones is not a known key"));
  EXPECT_THAT(with([](Json& j) { j["files"].erase(j["files"].size() - 1); }), HasSubstr("property_model"));
}

TEST(Manifest, PhraseTokenizerNeedsNoMerges) {
  Json json = good();
  json["text"]["tokenizer"] = "phrases";
  json["files"].erase(3);
  EXPECT_EQ(problem(json), "none");
}

TEST(Manifest, RejectsPathsOutsideTheFolder) {
  for (const char* path :
       {"/etc/passwd", "../x", "a/../../x", "a//b", ".", "", "a\\b", "a\nb", "manifest.json", "lock.json"}) {
    Json json = good();
    json["files"][0]["path"] = path;
    EXPECT_NE(problem(json), "none") << path;
  }
  Json json = good();
  json["files"][0]["path"] = "onnx/model.onnx";
  EXPECT_EQ(problem(json), "none");
}

TEST(Manifest, RejectsTextThatIsNotJson) {
  const auto manifest = parse_manifest("m.json", "{");
  ASSERT_FALSE(manifest);
  EXPECT_EQ(manifest.error().code, ErrorCode::kMalformed);
  EXPECT_FALSE(load_manifest("/nowhere/manifest.json"));
}

}  // namespace
}  // namespace fit::embed
