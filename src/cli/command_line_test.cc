#include "cli/command_line.h"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>

#include "cli/model_command.h"
#include "cli/properties_command.h"
#include "cli/search_command.h"
#include "cli/space_command.h"

namespace fit::cli {
namespace {

std::expected<CommandLine, int> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "fit");
  return parse_command_line(static_cast<int>(words.size()), words.data());
}

std::string name_of(const CommandLine& line) {
  const CommandInfo& info = line.command.info;
  return info.group ? info.group->name + " " + info.name : info.name;
}

// The arguments that a command reads from the words; nullopt for wrong usage.
template <class Args>
std::optional<Args> read(std::vector<std::string> words) {
  CLI::App app;
  Args args;
  Arguments arguments(app);
  declare(arguments, args);
  try {
    std::ranges::reverse(words);  // CLI11 parses a vector from its end
    app.parse(std::move(words));
  } catch (const CLI::ParseError&) {
    return std::nullopt;
  }
  return args;
}

TEST(CommandLine, SettingsStandBeforeOrBehindTheCommand) {
  for (const auto& words :
       std::vector<std::vector<const char*>>{{"--app-port", "81", "serve"}, {"serve", "--app-port=81"}}) {
    const auto line = parse(words);
    ASSERT_TRUE(line);
    EXPECT_EQ(name_of(*line), "serve");
    EXPECT_EQ(line->config.flags.at("app_port"), "81");
  }
}

TEST(CommandLine, ReadsACommandsArguments) {
  const auto search =
      read<SearchArgs>({"a.jpg", "--limit", "5", "--filters", R"({"brand":"x"})", "--min-similarity", "0.5"});
  ASSERT_TRUE(search);
  EXPECT_EQ(search->photo, "a.jpg");
  EXPECT_EQ(search->limit, 5);
  EXPECT_EQ(search->min_similarity, 0.5);
  const auto model = parse({"model", "pull", "clip-vit-b32"});
  ASSERT_TRUE(model);
  EXPECT_EQ(name_of(*model), "model pull");
  EXPECT_EQ(read<ModelArgs>({"clip-vit-b32"})->name, "clip-vit-b32");
  const auto properties = parse({"properties", "evaluate", "styles.csv", "--mistakes", "7"});
  ASSERT_TRUE(properties);
  EXPECT_EQ(name_of(*properties), "properties evaluate");
  const auto evaluate = read<PropertiesEvaluateArgs>({"styles.csv", "--mistakes", "7"});
  ASSERT_TRUE(evaluate);
  EXPECT_EQ(evaluate->input, "styles.csv");
  EXPECT_EQ(evaluate->mistakes, 7U);
}

TEST(CommandLine, ReadsTheBackfillOfProperties) {
  const auto line = parse({"properties", "backfill", "--dry-run", "--batch-size", "50", "--after", "7"});
  ASSERT_TRUE(line);
  EXPECT_EQ(name_of(*line), "properties backfill");
  const auto backfill = read<PropertiesBackfillArgs>({"--dry-run", "--batch-size", "50", "--after", "7"});
  ASSERT_TRUE(backfill);
  EXPECT_TRUE(backfill->dry_run);
  EXPECT_EQ(backfill->batch_size, 50);
  EXPECT_EQ(backfill->after, 7);
  EXPECT_FALSE(read<PropertiesBackfillArgs>({})->dry_run);
}

TEST(CommandLine, ReadsTheChoiceOfASpace) {
  const auto use = parse({"space", "use", "clip", "--force", "--json"});
  ASSERT_TRUE(use);
  EXPECT_EQ(name_of(*use), "space use");
  const auto args = read<UseSpaceArgs>({"clip", "--force", "--json"});
  ASSERT_TRUE(args);
  EXPECT_EQ(args->name, "clip");
  EXPECT_TRUE(args->force && args->json);
  EXPECT_EQ(name_of(*parse({"space", "reset"})), "space reset");
}

TEST(CommandLine, ACommandMayHaveACommandBesideItsArguments) {
  EXPECT_EQ(name_of(*parse({"backup", "/srv/backup"})), "backup");
  EXPECT_EQ(name_of(*parse({"backup", "--to", "/srv/backups", "--keep", "7d"})), "backup");
  EXPECT_EQ(name_of(*parse({"backup", "--to", "s3://b/p", "--encrypt", "age:age1x"})), "backup");
  EXPECT_EQ(name_of(*parse({"backup", "verify", "/srv/backups"})), "backup verify");
  EXPECT_EQ(name_of(*parse({"backup", "list", "s3://b/p"})), "backup list");
  EXPECT_EQ(name_of(*parse({"backup", "keygen", "key.txt"})), "backup keygen");
  EXPECT_EQ(name_of(*parse({"restore", "s3://b/p", "--identity", "key.txt"})), "restore");
  EXPECT_EQ(name_of(*parse({"migrate", "--rollback"})), "migrate");
  EXPECT_EQ(name_of(*parse({"--log-level", "error", "backup", "verify", "/srv/backups", "--json"})),
            "backup verify");
}

TEST(CommandLine, WrongUsageIsStatusTwo) {
  testing::internal::CaptureStderr();
  for (const auto& words :
       std::vector<std::vector<const char*>>{{},
                                             {"fly"},
                                             {"serve", "--fly"},
                                             {"import"},
                                             {"backup", "verify"},
                                             {"backup", "/srv/backup", "/srv/other"},
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

TEST(CommandLine, ACommandRunsWithItsArguments) {
  struct Args {
    std::string name = "nobody";
  };
  static std::string greeted;
  AddCommand* const add_greet = [](CommandSet& commands) {
    commands.add<Args>(
        {.name = "greet", .help = "Greet", .on_signal = OnSignal::kStop},
        [](Arguments& arguments, Args& args) { arguments.option("--name", args.name, "Who"); },
        [](const Args& args, const Context&) -> Result<void> {
          greeted = args.name;
          return invalid("--name", "is unknown");
        });
  };
  const std::array words = {"fit", "greet", "--name", "Ada"};
  const auto line =
      parse_command_line(static_cast<int>(words.size()), words.data(), std::span(&add_greet, 1));
  ASSERT_TRUE(line);
  EXPECT_EQ(line->command.info.on_signal, OnSignal::kStop);
  const LoadedConfig settings;
  const Log log = Log::silent();
  serving::EmbedderPool embedders({});
  const auto done = line->command.run({.settings = settings,
                                       .log = log,
                                       .stop = {},
                                       .embedders = embedders,
                                       .image_limits = {},
                                       .graph = {},
                                       .open_storage = {},
                                       .open_catalogue = {},
                                       .serve = {},
                                       .work = {}});
  EXPECT_EQ(greeted, "Ada");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().field, "--name");
}

}  // namespace
}  // namespace fit::cli
