#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fit::search {

// Walks the rows of a CSV text (RFC 4180; commas, double quotes, LF or CRLF, an optional byte order mark).
// Empty lines are skipped. Does not own the text.
class CsvRows {
 public:
  explicit CsvRows(std::string_view text);

  // Reads the next row into `cells`; false at the end. kMalformed naming the line for a quote that does not
  // end, or text after one.
  Result<bool> next(std::vector<std::string>& cells);

  // 1-based line where the last row read starts.
  std::size_t line() const { return row_line_; }

 private:
  Result<void> read_cell(std::string& cell);
  Result<void> read_quoted(std::string& cell);
  bool at_line_end() const;
  void skip_line_end();

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t row_line_ = 0;
};

}  // namespace fit::search
