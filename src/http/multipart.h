#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fit::http {

// One part of a multipart/form-data body. The content points into the body.
struct FormPart {
  std::string name;
  bool is_file = false;  // it has a file name
  std::string file_name = {};
  // Whether the part is empty because the user left the field out: browsers send a part without content for
  // an empty field, and one without file name for a file field without a file.
  bool is_absent = false;
  std::string_view content;
};

inline constexpr std::size_t kMaxFormParts = 64;

// Splits a multipart/form-data body (RFC 7578) without copying it. Thread-safe. kMalformed when the boundary
// is missing, a part has no name, or the body ends before its closing boundary; kTooLarge for more than
// `max_parts` parts.
Result<std::vector<FormPart>> parse_multipart(std::string_view content_type, std::string_view body,
                                              std::size_t max_parts = kMaxFormParts);

}  // namespace fit::http
