#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/text_input.h"

namespace fit {

// How a file is read, and bounds on its rows. A row beyond the bounds is returned as a bad row.
struct CsvOptions {
  char separator = ',';
  // Whether rows with recognisable quoting mistakes are read; see CsvReader.
  bool is_lenient = false;
  std::size_t max_row_bytes = 1 << 20;
  std::size_t max_fields = 1000;
  std::int64_t first_line = 1;  // the number of the input's first line
};

// More of a row's text than this is not kept.
inline constexpr std::size_t kMaxRowText = 64 << 10;

// One row of a CSV file, good or bad.
struct CsvRow {
  std::int64_t line = 0;            // 1-based line of the file where the row starts
  std::vector<std::string> fields;  // empty when `problem` is set
  std::string problem;              // why the row cannot be read
  bool is_repaired = false;      // read although its inner quotes are not doubled; only by a lenient reader
  std::string text;              // the row in the file (a bad row: its first line), cut at kMaxRowText
  std::uint64_t end_offset = 0;  // the offset in bytes of the end of the row
};

// Reads comma-separated values (RFC 4180): quoted fields may hold separators, doubled quotes and line breaks;
// lines end with LF or CRLF; a UTF-8 byte order mark and blank lines are skipped. Memory is bounded by
// max_row_bytes. A row with broken quoting (text behind a closing quote, a quote inside an unquoted field, a
// quote that is never closed), too long or of another number of fields than the first row is returned with
// its problem, and reading continues with the line after the one where that row began, so that one stray
// quote costs one row and not the rest of the file.
//
// A lenient reader reads a quote inside an unquoted field as a character. It reads a row of one line with
// text behind a closing quote again in two ways and takes the first that gives as many fields as the first
// row has: a quote ends a field only before a separator; no quote has a meaning. It accepts rows of one line
// with another number of fields. Not thread-safe.
class CsvReader {
 public:
  static Result<CsvReader> open(const std::filesystem::path& path, const CsvOptions& options = {});
  CsvReader(std::unique_ptr<TextInput> input, const CsvOptions& options)
      : input_(std::move(input)), options_(options), line_(options.first_line) {}

  // The next row; nothing at the end. Errors only when the file itself cannot be read.
  Result<std::optional<CsvRow>> next();

  // Rejects the last row, which spanned several lines, as broken quoting: the next call of next() starts with
  // the row's second line. Does nothing when the row was a single line.
  void retry_from_second_line();

  std::uint64_t size_bytes() const { return input_->size_bytes(); }

 private:
  struct Scan;

  Result<void> begin();
  Result<bool> skip_blank_lines();
  Result<void> skip_line();
  enum class Quotes : std::uint8_t { kDoubled, kInner, kNone };
  Result<Scan> scan_row(Quotes quotes);
  Result<void> repair(Scan& scan);

  std::unique_ptr<TextInput> input_;
  CsvOptions options_;
  std::int64_t line_;
  std::size_t expected_fields_ = 0;  // 0 before the first row
  bool begun_ = false;
  // The last row, still in the window so that it can be read again.
  std::size_t last_bytes_ = 0;
  std::int64_t last_lines_ = 0;
};

}  // namespace fit
