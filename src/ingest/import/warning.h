#pragma once

#include <string>
#include <vector>

namespace fit::ingest {

// Something of a row that was not taken as it stands. The row itself is taken.
struct Warning {
  std::string field;   // of the item; empty for the row as a whole
  std::string reason;  // what became of it
  std::string value;   // as the input has it, cut at kMaxWarningValue bytes
};

inline constexpr std::size_t kMaxWarningValue = 200;

using Warnings = std::vector<Warning>;

// Adds a warning with the value cut.
void warn(Warnings& warnings, std::string field, std::string reason, std::string_view value);

}  // namespace fit::ingest
