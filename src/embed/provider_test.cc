#include "embed/provider.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/temp_dir.h"
#include "embed/model_bench.h"
#include "embed/model_store.h"
#include "embed/tiny_models.h"

namespace fit::embed {
namespace {

using ::testing::HasSubstr;

TEST(Provider, MakesAnOnnxEmbedder) {
  const TempDir dir;
  make_tiny_folder(dir.path() / "tiny");
  for (const std::string& model : {std::string("tiny"), (dir.path() / "tiny").string()}) {
    const auto embedder = make_embedder({.provider = "onnx", .model = model, .models_dir = dir.path()});
    ASSERT_TRUE(embedder) << embedder.error().describe();
    EXPECT_EQ((*embedder)->space().name, "tiny-space");
    const std::string text = "cat";
    EXPECT_TRUE((*embedder)->embed_texts(std::span(&text, 1)));
  }
}

TEST(Provider, MakesThePalette) {
  const auto embedder = make_embedder({.provider = "palette"});
  ASSERT_TRUE(embedder);
  EXPECT_EQ((*embedder)->space().name, "palette");
}

TEST(Provider, DefaultsToTheBuiltInModel) {
  const TempDir empty_dir;
  const auto embedder = make_embedder({.models_dir = empty_dir.path()});
  ASSERT_TRUE(embedder) << embedder.error().describe();
  EXPECT_EQ((*embedder)->space().name, "builtin");
  EXPECT_EQ((*embedder)->space().dimensions, 512);
  EXPECT_TRUE((*embedder)->space().has_text);
  const ModelStore store(empty_dir.path());
  const auto checks = store.verify("builtin");
  ASSERT_TRUE(checks) << checks.error().describe();
  EXPECT_THAT(*checks, ::testing::SizeIs(4));
  EXPECT_THAT(*checks, ::testing::Each(::testing::Field(&FileCheck::ok, true)));
}

TEST(Provider, PrefersAFolderOfTheSameName) {
  const TempDir dir;
  Manifest manifest = make_tiny_folder(dir.path() / "builtin");
  manifest.name = "builtin";
  std::ofstream(dir.path() / "builtin" / "manifest.json") << to_json(manifest);
  const auto embedder = make_embedder({.models_dir = dir.path()});
  ASSERT_TRUE(embedder) << embedder.error().describe();
  EXPECT_EQ((*embedder)->space().name, "tiny-space");
}

TEST(Provider, ReportsWhatIsMissing) {
  const TempDir dir;
  const auto problem = [&](std::string provider, std::string model) {
    const auto embedder =
        make_embedder({.provider = std::move(provider), .model = std::move(model), .models_dir = dir.path()});
    return embedder ? "none" : embedder.error().describe();
  };
  EXPECT_THAT(problem("magic", ""), HasSubstr("EMBEDDING_PROVIDER"));
  EXPECT_THAT(problem("onnx", ""), HasSubstr("EMBEDDING_MODEL"));
  EXPECT_THAT(problem("onnx", "nothing"), HasSubstr("there is no model 'nothing'"));
  EXPECT_THAT(problem("onnx", "clip-vit-b32-int8"), HasSubstr("run: fit model pull clip-vit-b32-int8"));
  make_tiny_folder(dir.path() / "tiny", "image_wide.onnx");
  EXPECT_THAT(problem("onnx", "tiny"), HasSubstr("returns 5 numbers"));
}

TEST(Provider, MeasuresAnEmbedder) {
  const TempDir dir;
  make_tiny_folder(dir.path() / "tiny");
  const auto embedder = make_embedder({.provider = "onnx", .model = "tiny", .models_dir = dir.path()});
  ASSERT_TRUE(embedder);
  const auto report = bench(**embedder, std::chrono::milliseconds(1));
  ASSERT_TRUE(report) << report.error().describe();
  ASSERT_EQ(report->images.size(), 3u);
  EXPECT_EQ(report->images[2].batch, 32);
  EXPECT_GE(report->images[2].runs, 3);
  EXPECT_GT(report->images[0].per_second, 0);
  EXPECT_EQ(report->texts.size(), 3u);
}

}  // namespace
}  // namespace fit::embed
