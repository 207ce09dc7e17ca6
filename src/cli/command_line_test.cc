#include "cli/command_line.h"

#include <gtest/gtest.h>

namespace fit::cli {
namespace {

std::expected<CommandLine, int> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "fit");
  return parse_command_line(static_cast<int>(words.size()), words.data());
}

TEST(CommandLine, SettingsStandBeforeOrBehindTheCommand) {
  for (const auto& words :
       std::vector<std::vector<const char*>>{{"--app-port", "81", "serve"}, {"serve", "--app-port=81"}}) {
    const auto line = parse(words);
    ASSERT_TRUE(line);
    EXPECT_TRUE(std::holds_alternative<ServeArgs>(line->command));
    EXPECT_EQ(line->config.flags.at("app_port"), "81");
  }
}

TEST(CommandLine, ReadsACommandsArguments) {
  const auto line =
      parse({"search", "a.jpg", "--limit", "5", "--filters", R"({"brand":"x"})", "--min-similarity", "0.5"});
  ASSERT_TRUE(line);
  const auto& search = std::get<SearchArgs>(line->command);
  EXPECT_EQ(search.photo, "a.jpg");
  EXPECT_EQ(search.limit, 5);
  EXPECT_EQ(search.min_similarity, 0.5);
  const auto model = parse({"model", "pull", "clip-vit-b32"});
  ASSERT_TRUE(model);
  EXPECT_EQ(std::get<ModelArgs>(model->command).action, ModelAction::kPull);
  EXPECT_EQ(std::get<ModelArgs>(model->command).name, "clip-vit-b32");
  const auto properties = parse({"properties", "evaluate", "styles.csv", "--mistakes", "7"});
  ASSERT_TRUE(properties);
  EXPECT_EQ(std::get<PropertiesArgs>(properties->command).input, "styles.csv");
  EXPECT_EQ(std::get<PropertiesArgs>(properties->command).mistakes, 7U);
}

TEST(CommandLine, ReadsTheBackfillOfProperties) {
  const auto line = parse({"properties", "backfill", "--dry-run", "--batch-size", "50", "--after", "7"});
  ASSERT_TRUE(line);
  const auto& backfill = std::get<PropertiesBackfillArgs>(line->command);
  EXPECT_TRUE(backfill.dry_run);
  EXPECT_EQ(backfill.batch_size, 50);
  EXPECT_EQ(backfill.after, 7);
  EXPECT_FALSE(std::get<PropertiesBackfillArgs>(parse({"properties", "backfill"})->command).dry_run);
}

TEST(CommandLine, ReadsTheChoiceOfASpace) {
  const auto use = parse({"space", "use", "clip", "--force", "--json"});
  ASSERT_TRUE(use);
  const auto& args = std::get<SpaceArgs>(use->command);
  EXPECT_EQ(args.action, SpaceAction::kUse);
  EXPECT_EQ(args.name, "clip");
  EXPECT_TRUE(args.force && args.json);
  EXPECT_EQ(std::get<SpaceArgs>(parse({"space", "reset"})->command).action, SpaceAction::kReset);
}

TEST(CommandLine, WrongUsageIsStatusTwo) {
  testing::internal::CaptureStderr();
  for (const auto& words :
       std::vector<std::vector<const char*>>{{},
                                             {"fly"},
                                             {"serve", "--fly"},
                                             {"import"},
                                             {"properties"},
                                             {"space"},
                                             {"space", "use"},
                                             {"properties", "backfill", "--batch-size", "0"},
                                             {"properties", "backfill", "x.csv"},
                                             {"search", "a.jpg", "--limit", "many"},
                                             {"sample", "--items", "0"}}) {
    const auto line = parse(words);
    ASSERT_FALSE(line);
    EXPECT_EQ(line.error(), 2);
  }
  EXPECT_FALSE(testing::internal::GetCapturedStderr().empty());
}

}  // namespace
}  // namespace fit::cli
