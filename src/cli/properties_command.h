#pragma once

#include <cstdint>
#include <filesystem>

#include "cli/arguments.h"

namespace fit::cli {

struct PropertiesEvaluateArgs {
  std::filesystem::path input;
  std::uint64_t mistakes = 0;  // how many kinds of mistakes to show
  bool json = false;
};
void declare(Arguments& arguments, PropertiesEvaluateArgs& args);

struct PropertiesBackfillArgs {
  bool dry_run = false;
  std::int64_t batch_size = 256;
  std::int64_t after = 0;  // item id
  bool json = false;
};
void declare(Arguments& arguments, PropertiesBackfillArgs& args);

}  // namespace fit::cli
