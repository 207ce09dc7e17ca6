#include "main/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Options, CommasSeparateTheStandbys) {
  DatabaseSettings settings;
  EXPECT_THAT(store_options(settings).read_urls, IsEmpty());
  settings.read_url = "postgresql://one/fit, postgresql://two/fit,";
  EXPECT_THAT(store_options(settings).read_urls, ElementsAre("postgresql://one/fit", "postgresql://two/fit"));
}

TEST(Options, TheEmbedderIsTheConfiguredOneUnlessItIsNamed) {
  Metrics metrics;
  Config config;
  config.embedding.provider = "onnx";
  config.embedding.model = "clip-vit-b32";
  EXPECT_EQ(embedder_options(config, metrics).provider, "onnx");
  EXPECT_EQ(embedder_options(config, metrics).model, "clip-vit-b32");
  EXPECT_EQ(embedder_options(config, metrics, "palette").provider, "palette");
  EXPECT_EQ(embedder_options(config, metrics, "other").model, "other");
  EXPECT_EQ(embedder_options(config, metrics).models_dir, "data/models");
}

TEST(Options, StandbysSwitchTheResultCacheOff) {
  Config config;
  EXPECT_FALSE(space_options(config, {}, false).reads_standbys);
  config.database.read_url = "postgresql://one/fit";
  EXPECT_TRUE(space_options(config, {}, false).reads_standbys);
}

TEST(Options, OnlyCommandsReadLocalPaths) {
  EXPECT_TRUE(space_options({}, {}, true).catalog.allow_local_paths);
  EXPECT_FALSE(space_options({}, {}, false).catalog.allow_local_paths);
}

}  // namespace
}  // namespace fit
