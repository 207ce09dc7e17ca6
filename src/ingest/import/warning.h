#pragma once

#include <string>
#include <vector>

namespace fit::ingest {

// A note on a value of a row that was changed or left out. The row itself is imported.
struct Warning {
  std::string field;   // the field of the item; empty for the row as a whole
  std::string reason;  // what is wrong and what was done
  std::string value;   // the value in the input, truncated to kMaxWarningValue bytes
};

inline constexpr std::size_t kMaxWarningValue = 200;

using Warnings = std::vector<Warning>;

// Adds a warning. Truncates the value.
void warn(Warnings& warnings, std::string field, std::string reason, std::string_view value);

}  // namespace fit::ingest
