#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ingest/import/importer.h"

namespace fit::ingest {

// A column of a table, a member of the objects of a JSON file, or an element of the records of an XML file.
struct InputColumn {
  std::string name = {};  // as the input has it
  std::string key = {};   // in the form of the mapping's names: "image_src"
  // The field of an item that the column's values go to, with the mapping of the options; empty: none.
  std::string field = {};
  // The field that the name and the values hint at, for a column whose name the program does not know and
  // that no other column gives; empty: none.
  std::string suggestion = {};
  std::vector<std::string> samples = {};  // different values of the first rows, cut, at most kMaxSamples
  bool is_known = false;                  // the name has a meaning in the input's shape
};

inline constexpr std::size_t kMaxSamples = 3;

// Reads the names and the first rows of a table, a JSON, NDJSON or XML file. Unlike Importer::run() it
// accepts a header without an id or images, so that a mapping can be made. At most 200 columns. Blocks.
// kInvalid naming "format" or "map"; the errors of reading the input.
Result<std::vector<InputColumn>> read_columns(const std::filesystem::path& input,
                                              const ImportOptions& options);

// The suggestions as entries of a mapping: "artikelnr=external_id".
std::vector<std::string> suggested_mapping(const std::vector<InputColumn>& columns);

// The fields that a mapping can name, besides the properties of domain::kProperties.
const std::vector<std::string>& mapped_fields();

}  // namespace fit::ingest
