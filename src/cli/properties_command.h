#pragma once

#include <cstdint>
#include <filesystem>

#include "cli/arguments.h"

namespace fit::cli {

// The arguments of `fit properties evaluate`.
struct PropertiesEvaluateArgs {
  std::filesystem::path input;
  std::uint64_t mistakes = 0;  // number of kinds of mistakes to show
  bool json = false;
};
void declare(Arguments& arguments, PropertiesEvaluateArgs& args);

// The arguments of `fit properties backfill`.
struct PropertiesBackfillArgs {
  bool dry_run = false;
  std::int64_t batch_size = 256;
  std::int64_t after = 0;  // only items with a greater id
  bool json = false;
};
void declare(Arguments& arguments, PropertiesBackfillArgs& args);

}  // namespace fit::cli
