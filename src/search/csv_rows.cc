#include "search/csv_rows.h"

namespace fit::search {

CsvRows::CsvRows(std::string_view text) : text_(text) {
  if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
}

bool CsvRows::at_line_end() const {
  return text_[at_] == '\n' || text_.substr(at_, 2) == "\r\n";
}

void CsvRows::skip_line_end() {
  at_ += text_[at_] == '\r' ? 2 : 1;
  ++line_;
}

Result<void> CsvRows::read_quoted(std::string& cell) {
  const std::size_t first_line = line_;
  for (++at_; at_ < text_.size(); ++at_) {
    if (text_[at_] == '"') {
      if (text_.substr(at_, 2) != "\"\"") {
        ++at_;
        return {};
      }
      ++at_;
    }
    if (text_[at_] == '\n') ++line_;
    cell += text_[at_];
  }
  return malformed("path", "the quote that begins in line " + std::to_string(first_line) + " does not end");
}

Result<void> CsvRows::read_cell(std::string& cell) {
  if (at_ < text_.size() && text_[at_] == '"') {
    FIT_CHECK(read_quoted(cell));
    if (at_ < text_.size() && text_[at_] != ',' && !at_line_end()) {
      return malformed("path", "line " + std::to_string(line_) + " has text after a closing quote");
    }
    return {};
  }
  while (at_ < text_.size() && text_[at_] != ',' && !at_line_end()) cell += text_[at_++];
  return {};
}

Result<bool> CsvRows::next(std::vector<std::string>& cells) {
  cells.clear();
  while (at_ < text_.size() && at_line_end()) skip_line_end();
  if (at_ >= text_.size()) return false;
  row_line_ = line_;
  while (true) {
    FIT_CHECK(read_cell(cells.emplace_back()));
    if (at_ >= text_.size()) return true;
    if (at_line_end()) {
      skip_line_end();
      return true;
    }
    ++at_;  // the comma
  }
}

}  // namespace fit::search
