#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/input_file.h"
#include "base/text_input.h"
#include "text/encoding.h"

namespace fit::ingest {

// A text file of any encoding, read as UTF-8. A file whose lines end with CR alone is read with LF.
struct DecodedFile {
  std::unique_ptr<TextInput> input;
  text::Encoding encoding;
};

// Opens a text file. Reads it once completely to detect its encoding; when the detection is a guess and ICU
// knows the encoding `declared`, that one is used. Blocks. kNotFound, kInvalid naming the path (not a regular
// file), kInternal.
Result<DecodedFile> open_decoded(const std::filesystem::path& path, const std::string& declared = {});

}  // namespace fit::ingest
