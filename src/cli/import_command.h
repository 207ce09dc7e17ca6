#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "cli/context.h"

namespace fit::cli {

// The arguments of `fit import`.
struct ImportArgs {
  std::filesystem::path input;
  std::string source;             // empty: the file's name
  std::filesystem::path rejects;  // empty: the input's name with .rejects.ndjson, in the current folder
  bool ignore_unknown_columns = false;
  std::filesystem::path vectors;  // a file with the vectors of the rows' images; empty: none
  std::string vectors_space;      // empty: the file's name
};

// Imports the input, prints a report, and updates the indexes. kCancelled when stopped.
Result<void> import_items(const Context& context, const OpenCatalogue& catalogue, const ImportArgs& args);

}  // namespace fit::cli
