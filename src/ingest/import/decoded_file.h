#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/input_file.h"
#include "base/text_input.h"
#include "text/encoding.h"

namespace fit::ingest {

// A text file as UTF-8 with line feeds, whatever its encoding and its line ends are.
struct DecodedFile {
  std::unique_ptr<TextInput> input;
  text::Encoding encoding;
};

// Opens a text file. Reads it once from end to end to find its encoding, unless `declared` is an encoding
// that ICU knows and the file is not UTF-8. Blocks. kNotFound, kInvalid naming the path (not a regular file),
// kInternal.
Result<DecodedFile> open_decoded(const std::filesystem::path& path, const std::string& declared = {});

}  // namespace fit::ingest
