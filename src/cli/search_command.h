#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "cli/arguments.h"

namespace fit::cli {

// The arguments of `fit search`.
struct SearchArgs {
  std::filesystem::path photo;
  std::string text;
  std::string item_id;
  std::filesystem::path vector;  // a JSON file
  std::string filters;           // a JSON object
  std::int64_t limit = 10;
  std::optional<double> min_similarity;
  std::optional<double> min_relevance;
  bool json = false;
};
void declare(Arguments& arguments, SearchArgs& args);

}  // namespace fit::cli
