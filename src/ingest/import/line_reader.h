#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/input_file.h"
#include "base/result.h"

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

  // The next line; nullopt at the end. An error only when the file cannot be read.
  Result<std::optional<Line>> next();

  std::uint64_t size_bytes() const { return file_.size_bytes(); }

 private:
  LineReader(InputFile file, std::size_t max_line_bytes)
      : file_(std::move(file)), max_line_bytes_(max_line_bytes) {}

  Result<std::optional<Line>> read_line();

  InputFile file_;
  std::size_t max_line_bytes_;
  std::int64_t number_ = 0;
};

}  // namespace fit::ingest
