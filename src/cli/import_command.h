#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/context.h"

namespace fit::cli {

// The arguments of `fit import`.
struct ImportArgs {
  std::filesystem::path input;
  std::string source;                 // empty: the file's name
  std::filesystem::path rejects;      // empty: the input's name with .rejects.ndjson, in the current folder
  std::string format = {};            // of the file or of its columns; empty: found by its content
  std::vector<std::string> map = {};  // "handle=external_id"
  bool ignore_unknown_columns = false;
  bool overwrite = false;         // what was changed in the catalogue since the last import
  bool complete = false;          // hide what the file does not have
  bool yes = false;               // even if it is more than half
  bool dry_run = false;           // show what would be stored
  std::filesystem::path vectors;  // of the rows' images, computed elsewhere; empty: none
  std::string vectors_space;      // empty: the file's name
};

// Imports the input, prints a report, and updates the indexes. kCancelled when stopped.
Result<void> import_items(const Context& context, const OpenCatalogue& catalogue, const ImportArgs& args);

}  // namespace fit::cli
