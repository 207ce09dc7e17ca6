#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/config.h"

namespace fit::cli {

struct ServeArgs {};

struct ImportArgs {
  std::filesystem::path input;
  std::string source;
  std::filesystem::path rejects;
  bool ignore_unknown_columns = false;
  std::filesystem::path vectors;  // of the rows' images, made elsewhere; empty: none
  std::string vectors_space;      // empty: the file's name
};

struct SampleArgs {
  std::filesystem::path output;  // empty: into the catalogue
  std::int64_t items = 2000;
  std::uint64_t seed = 1;
};

struct SearchArgs {
  std::filesystem::path photo;
  std::string text;
  std::string item_id;
  std::string filters;  // a JSON object
  std::int64_t limit = 10;
  std::optional<double> min_similarity;
  std::optional<double> min_relevance;
  bool json = false;
};

enum class IndexAction { kBuild, kStatus };
struct IndexArgs {
  IndexAction action = IndexAction::kStatus;
  bool json = false;
};

enum class ModelAction { kList, kPull, kVerify, kBench };
struct ModelArgs {
  ModelAction action = ModelAction::kList;
  std::string name;
};

// fit properties backfill
struct PropertiesBackfillArgs {
  bool dry_run = false;
  std::int64_t batch_size = 256;
  std::int64_t after = 0;  // item id
  bool json = false;
};

// fit properties evaluate
struct PropertiesArgs {
  std::filesystem::path input;
  std::size_t mistakes = 0;  // how many kinds of mistakes to show
  bool json = false;
};

struct ConfigArgs {
  bool json = false;
};

struct EvalArgs {
  std::filesystem::path input;
  std::vector<std::string> spaces;  // providers or models to compare; empty: the configured one
  std::filesystem::path vectors;    // ready vectors, float32, in the order of the CSV
  std::vector<std::string> labels;  // columns of the CSV; empty: those that make sense
  bool composed = false;            // also "this, but in COLOUR"
  bool json = false;
};

struct TuneArgs {
  std::filesystem::path input;
  std::vector<std::string> spaces;  // providers or models; the first is the one that is searched
  std::filesystem::path vectors;    // as for EvalArgs; comes last
  std::vector<std::string> labels;
  bool json = false;
};

struct EmbedArgs {
  std::string space;  // "builtin", "palette" or a model's name; empty: the configured one
  std::int64_t batch_size = 64;
  bool dry_run = false;
  bool json = false;
};

// fit space list|use|reset
enum class SpaceAction { kList, kUse, kReset };
struct SpaceArgs {
  SpaceAction action = SpaceAction::kList;
  std::string name;    // of the space, or its model
  bool force = false;  // although vectors are missing
  bool json = false;
};

// fit assets prune
struct AssetsArgs {
  bool dry_run = false;
  std::int64_t older_than_hours = 24;
  bool force = false;  // although no item names any file
  bool json = false;
};

// fit backup, fit restore
struct BackupArgs {
  std::filesystem::path folder;
  std::int64_t jobs = 2;
  bool is_restore = false;
  bool json = false;
};

struct MigrateArgs {
  bool dry_run = false;
  std::optional<int> to;         // version; absent: the last
  std::filesystem::path layout;  // of partitions and shards; empty: as the database remembers
  bool json = false;
};

struct CopyArgs {
  std::string from;  // DATABASE_URLs
  std::string to;
  bool json = false;
};

struct CommandLine {
  ConfigSources config;  // flags and --config; the environment is the caller's to add
  std::variant<ServeArgs, ImportArgs, SampleArgs, SearchArgs, IndexArgs, ModelArgs, ConfigArgs, EvalArgs,
               TuneArgs, PropertiesArgs, PropertiesBackfillArgs, EmbedArgs, BackupArgs, CopyArgs, MigrateArgs,
               SpaceArgs, AssetsArgs>
      command;
};

// Reads the arguments. What is wrong, the help and the version are printed here; the exit status then comes
// back instead: 0 after help, 2 for wrong usage.
std::expected<CommandLine, int> parse_command_line(int argc, const char* const* argv);

}  // namespace fit::cli
