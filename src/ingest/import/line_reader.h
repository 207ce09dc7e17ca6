#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/text_input.h"

namespace fit::ingest {

// One line of a text file.
struct Line {
  std::int64_t number = 0;       // 1-based
  std::string text;              // without its line end
  std::string problem;           // why it cannot be read; `text` then holds its beginning
  std::uint64_t end_offset = 0;  // the offset in bytes of the end of the line
};

// Reads lines of at most `max_line_bytes`; a longer one is returned with a problem and skipped in bounded
// memory. Blank lines and a UTF-8 byte order mark are skipped. Not thread-safe.
class LineReader {
 public:
  static Result<LineReader> open(const std::filesystem::path& path, std::size_t max_line_bytes);
  LineReader(std::unique_ptr<TextInput> input, std::size_t max_line_bytes)
      : input_(std::move(input)), max_line_bytes_(max_line_bytes) {}

  // The next line; nullopt at the end. An error only when the file cannot be read.
  Result<std::optional<Line>> next();

  std::uint64_t size_bytes() const { return input_->size_bytes(); }

 private:
  Result<std::optional<Line>> read_line();

  std::unique_ptr<TextInput> input_;
  std::size_t max_line_bytes_;
  std::int64_t number_ = 0;
};

}  // namespace fit::ingest
