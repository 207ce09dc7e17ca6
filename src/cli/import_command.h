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
  std::string format = {};            // the format of the file or the shape of its columns; empty: detected
  std::vector<std::string> map = {};  // column mappings such as "handle=external_id"
  bool ignore_unknown_columns = false;
  bool overwrite = false;         // replace what was changed in the catalogue since the last import
  bool complete = false;          // hide the items of the source that the file does not have
  bool yes = false;               // hide them without a question even if they are more than half
  bool dry_run = false;           // show the items and store nothing
  std::filesystem::path vectors;  // a file with the vectors of the rows' images; empty: none
  std::string vectors_space;      // empty: the file's name
};

// Imports the input, prints a report, and updates the indexes. kCancelled when stopped.
Result<void> import_items(const Context& context, const OpenCatalogue& catalogue, const ImportArgs& args);

}  // namespace fit::cli
