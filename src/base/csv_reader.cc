#include "base/csv_reader.h"

#include <algorithm>

#include "base/format.h"

namespace fit {

// The result of scanning the next row; scanning consumes nothing.
struct CsvReader::Scan {
  std::vector<std::string> fields;
  std::string problem;
  std::size_t bytes = 0;   // the row's size including its line end
  std::int64_t lines = 0;  // the row's line breaks including its line end
};

namespace {

// Parses one row character by character.
class RowParser {
 public:
  explicit RowParser(std::size_t max_fields) : max_fields_(max_fields) {}

  // Returns false when the row ends or is found to be broken.
  bool take(char c) {
    switch (state_) {
      case State::kFieldStart:
        if (c == '"') return go_on(State::kQuoted);
        [[fallthrough]];
      case State::kPlain:
        if (c == '"')
          return fail("has a quote inside a field that is not quoted; quote the field and double the quote");
        if (c == ',') return end_field();
        if (c == '\n') return end_row();
        field_.push_back(c);
        return go_on(State::kPlain);
      case State::kQuoted:
        if (c == '"') return go_on(State::kQuoteInQuoted);
        field_.push_back(c);
        return true;
      case State::kQuoteInQuoted:
        if (c == '"') {
          field_.push_back(c);
          return go_on(State::kQuoted);
        }
        if (c == ',') return end_field();
        if (c == '\n') return end_row();
        if (c == '\r') return go_on(State::kReturnBehindQuote);
        return fail("has text behind a closing quote");
      case State::kReturnBehindQuote:
        if (c == '\n') return end_row();
        return fail("has text behind a closing quote");
    }
    return false;
  }

  // Call at the end of the file.
  void finish() {
    if (state_ == State::kQuoted) {
      fail("has a quote that is never closed");
    } else {
      end_row();
    }
  }

  std::vector<std::string> fields;
  std::string problem;

 private:
  enum class State { kFieldStart, kPlain, kQuoted, kQuoteInQuoted, kReturnBehindQuote };

  bool go_on(State state) {
    state_ = state;
    return true;
  }
  bool fail(std::string reason) {
    problem = std::move(reason);
    return false;
  }
  bool end_field() {
    if (fields.size() + 1 >= max_fields_) return fail(fit::format("has more than {} fields", max_fields_));
    fields.push_back(std::move(field_));
    field_.clear();
    return go_on(State::kFieldStart);
  }
  bool end_row() {
    if (state_ == State::kPlain && field_.ends_with('\r')) field_.pop_back();
    fields.push_back(std::move(field_));
    return false;
  }

  const std::size_t max_fields_;
  State state_ = State::kFieldStart;
  std::string field_;
};

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

Result<CsvReader> CsvReader::open(const std::filesystem::path& path, const CsvLimits& limits) {
  FIT_TRY(InputFile file, InputFile::open(path));
  return CsvReader(std::move(file), limits);
}

Result<void> CsvReader::begin() {
  begun_ = true;
  while (file_.window().size() < kByteOrderMark.size()) {
    FIT_TRY(const bool more, file_.grow());
    if (!more) break;
  }
  if (file_.window().starts_with(kByteOrderMark)) file_.consume(kByteOrderMark.size());
  return {};
}

Result<std::optional<CsvRow>> CsvReader::next() {
  if (!begun_) FIT_CHECK(begin());
  file_.consume(last_bytes_);
  line_ += last_lines_;
  last_bytes_ = 0;
  last_lines_ = 0;
  FIT_TRY(const bool more, skip_blank_lines());
  if (!more) return std::nullopt;

  FIT_TRY(Scan scan, scan_row());
  CsvRow row;
  row.line = line_;
  row.problem = std::move(scan.problem);
  if (row.problem.empty() && expected_fields_ != 0 && scan.fields.size() != expected_fields_) {
    row.problem = fit::format("has {} fields where the header has {}", scan.fields.size(), expected_fields_);
    if (scan.lines > 1) row.problem += "; is a quote missing?";
  }
  const std::string_view text = file_.window();
  if (row.problem.empty()) {
    if (expected_fields_ == 0) expected_fields_ = scan.fields.size();
    row.fields = std::move(scan.fields);
    row.text = text.substr(0, std::min(scan.bytes, kMaxRowText));
    last_bytes_ = scan.bytes;
    last_lines_ = scan.lines;
    row.end_offset = file_.position() + scan.bytes;
  } else {
    row.text = text.substr(0, std::min(text.find('\n'), kMaxRowText));
    FIT_CHECK(skip_line());
    row.end_offset = file_.position();
  }
  while (row.text.ends_with('\n') || row.text.ends_with('\r')) row.text.pop_back();
  return row;
}

void CsvReader::retry_from_second_line() {
  if (last_lines_ < 2) return;
  last_bytes_ = file_.window().find('\n') + 1;
  last_lines_ = 1;
}

Result<CsvReader::Scan> CsvReader::scan_row() {
  Scan scan;
  RowParser parser(limits_.max_fields);
  std::string_view text = file_.window();
  for (bool open = true; open;) {
    if (scan.bytes == text.size()) {
      FIT_TRY(const bool more, file_.grow());
      if (!more) {
        parser.finish();
        break;
      }
      text = file_.window();
    }
    if (scan.bytes >= limits_.max_row_bytes) {
      parser.problem = fit::format("is longer than {} bytes; is a quote missing?", limits_.max_row_bytes);
      break;
    }
    const char c = text[scan.bytes++];
    scan.lines += c == '\n';
    open = parser.take(c);
  }
  scan.fields = std::move(parser.fields);
  scan.problem = std::move(parser.problem);
  return scan;
}

Result<void> CsvReader::skip_line() {
  for (;;) {
    const std::string_view text = file_.window();
    const std::size_t end = text.find('\n');
    if (end != std::string_view::npos) {
      file_.consume(end + 1);
      ++line_;
      return {};
    }
    file_.consume(text.size());
    FIT_TRY(const bool more, file_.grow());
    if (!more) return {};
  }
}

Result<bool> CsvReader::skip_blank_lines() {
  for (;;) {
    while (file_.window().size() < 2) {
      FIT_TRY(const bool more, file_.grow());
      if (!more) break;
    }
    const std::string_view text = file_.window();
    if (text.empty()) return false;
    const std::size_t blank = text.starts_with("\n") ? 1 : text.starts_with("\r\n") ? 2 : 0;
    if (blank == 0) return true;
    file_.consume(blank);
    ++line_;
  }
}

}  // namespace fit
