#include "base/csv_reader.h"

#include <algorithm>

#include "base/format.h"
#include "base/input_file.h"

namespace fit {

// The result of scanning the next row; scanning consumes nothing.
struct CsvReader::Scan {
  std::vector<std::string> fields;
  std::string problem;
  bool is_badly_quoted = false;  // the problem is text behind a closing quote
  bool is_repaired = false;
  std::size_t bytes = 0;   // the row's size including its line end
  std::int64_t lines = 0;  // the row's line breaks including its line end
};

namespace {

// How a row is divided into fields.
struct RowRules {
  char separator = ',';
  bool is_lenient = false;
  std::size_t max_fields = 0;
  bool has_quotes = true;              // whether a quote at the beginning of a field quotes it
  bool inner_quotes_are_text = false;  // a quote ends a quoted field only before a separator
};

// Parses one row character by character.
class RowParser {
 public:
  explicit RowParser(const RowRules& rules) : rules_(rules) {}

  // Returns false when the row ends or is found to be broken.
  bool take(char c) {
    switch (state_) {
      case State::kFieldStart:
        if (c == '"' && rules_.has_quotes) return go_on(State::kQuoted);
        [[fallthrough]];
      case State::kPlain:
        if (c == '"' && !rules_.is_lenient)
          return fail("has a quote inside a field that is not quoted; quote the field and double the quote");
        if (c == rules_.separator) return end_field();
        if (c == '\n') return end_row();
        field_.push_back(c);
        return go_on(State::kPlain);
      case State::kQuoted:
        if (c == '"') return go_on(State::kQuoteInQuoted);
        field_.push_back(c);
        return true;
      case State::kQuoteInQuoted:
        if (c == '"' && rules_.inner_quotes_are_text && field_.ends_with('\\')) {
          field_.back() = '"';  // the first quote was escaped by a backslash; this one may close the field
          return true;
        }
        if (c == '"') {
          field_.push_back(c);
          return go_on(State::kQuoted);
        }
        if (c == rules_.separator) return end_field();
        if (c == '\n') return end_row();
        if (c == '\r') return go_on(State::kReturnBehindQuote);
        return text_behind_quote(c);
      case State::kReturnBehindQuote:
        if (c == '\n') return end_row();
        return text_behind_quote(c);
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
  bool is_badly_quoted = false;

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
  bool text_behind_quote(char c) {
    if (rules_.inner_quotes_are_text) {
      if (field_.ends_with('\\')) field_.pop_back();  // the quote was escaped by a backslash
      field_.push_back('"');
      field_.push_back(c);
      return go_on(State::kQuoted);
    }
    is_badly_quoted = true;
    return fail("has text behind a closing quote");
  }
  bool end_field() {
    if (fields.size() + 1 >= rules_.max_fields)
      return fail(fit::format("has more than {} fields", rules_.max_fields));
    fields.push_back(std::move(field_));
    field_.clear();
    return go_on(State::kFieldStart);
  }
  bool end_row() {
    if (state_ == State::kPlain && field_.ends_with('\r')) field_.pop_back();
    fields.push_back(std::move(field_));
    return false;
  }

  const RowRules rules_;
  State state_ = State::kFieldStart;
  std::string field_;
};

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

Result<CsvReader> CsvReader::open(const std::filesystem::path& path, const CsvOptions& options) {
  FIT_TRY(InputFile file, InputFile::open(path));
  return CsvReader(std::make_unique<InputFile>(std::move(file)), options);
}

Result<void> CsvReader::begin() {
  begun_ = true;
  while (input_->window().size() < kByteOrderMark.size()) {
    FIT_TRY(const bool more, input_->grow());
    if (!more) break;
  }
  if (input_->window().starts_with(kByteOrderMark)) input_->consume(kByteOrderMark.size());
  return {};
}

Result<std::optional<CsvRow>> CsvReader::next() {
  if (!begun_) FIT_CHECK(begin());
  input_->consume(last_bytes_);
  line_ += last_lines_;
  last_bytes_ = 0;
  last_lines_ = 0;
  FIT_TRY(const bool more, skip_blank_lines());
  if (!more) return std::nullopt;

  FIT_TRY(Scan scan, scan_row(Quotes::kDoubled));
  if (options_.is_lenient && scan.is_badly_quoted) FIT_CHECK(repair(scan));
  CsvRow row;
  row.line = line_;
  row.problem = std::move(scan.problem);
  row.is_repaired = scan.is_repaired;
  const bool may_differ = options_.is_lenient && scan.lines <= 1;
  if (row.problem.empty() && expected_fields_ != 0 && scan.fields.size() != expected_fields_ && !may_differ) {
    row.problem = fit::format("has {} fields where the header has {}", scan.fields.size(), expected_fields_);
    if (scan.lines > 1) row.problem += "; is a quote missing?";
  }
  const std::string_view text = input_->window();
  if (row.problem.empty()) {
    if (expected_fields_ == 0) expected_fields_ = scan.fields.size();
    row.fields = std::move(scan.fields);
    row.text = text.substr(0, std::min(scan.bytes, kMaxRowText));
    last_bytes_ = scan.bytes;
    last_lines_ = scan.lines;
    row.end_offset = input_->position() + scan.bytes;
  } else {
    row.text = text.substr(0, std::min(text.find('\n'), kMaxRowText));
    FIT_CHECK(skip_line());
    row.end_offset = input_->position();
  }
  while (row.text.ends_with('\n') || row.text.ends_with('\r')) row.text.pop_back();
  return row;
}

void CsvReader::retry_from_second_line() {
  if (last_lines_ < 2) return;
  last_bytes_ = input_->window().find('\n') + 1;
  last_lines_ = 1;
}

// Scans a row with text behind a closing quote again, by other rules for quotes. Leaves `scan` as it is when
// none of them fits.
Result<void> CsvReader::repair(Scan& scan) {
  for (const Quotes quotes : {Quotes::kInner, Quotes::kNone}) {
    FIT_TRY(Scan other, scan_row(quotes));
    const bool fits = expected_fields_ == 0 || other.fields.size() == expected_fields_;
    if (!other.problem.empty() || other.lines > 1 || !fits) continue;
    scan = std::move(other);
    scan.is_repaired = true;
    return {};
  }
  return {};
}

Result<CsvReader::Scan> CsvReader::scan_row(Quotes quotes) {
  Scan scan;
  RowParser parser({.separator = options_.separator,
                    .is_lenient = options_.is_lenient,
                    .max_fields = options_.max_fields,
                    .has_quotes = quotes != Quotes::kNone,
                    .inner_quotes_are_text = quotes == Quotes::kInner});
  std::string_view text = input_->window();
  for (bool open = true; open;) {
    if (scan.bytes == text.size()) {
      FIT_TRY(const bool more, input_->grow());
      if (!more) {
        parser.finish();
        break;
      }
      text = input_->window();
    }
    if (scan.bytes >= options_.max_row_bytes) {
      parser.problem = fit::format("is longer than {} bytes; is a quote missing?", options_.max_row_bytes);
      break;
    }
    const char c = text[scan.bytes++];
    scan.lines += c == '\n';
    open = parser.take(c);
  }
  scan.fields = std::move(parser.fields);
  scan.problem = std::move(parser.problem);
  scan.is_badly_quoted = parser.is_badly_quoted;
  return scan;
}

Result<void> CsvReader::skip_line() {
  for (;;) {
    const std::string_view text = input_->window();
    const std::size_t end = text.find('\n');
    if (end != std::string_view::npos) {
      input_->consume(end + 1);
      ++line_;
      return {};
    }
    input_->consume(text.size());
    FIT_TRY(const bool more, input_->grow());
    if (!more) return {};
  }
}

Result<bool> CsvReader::skip_blank_lines() {
  for (;;) {
    while (input_->window().size() < 2) {
      FIT_TRY(const bool more, input_->grow());
      if (!more) break;
    }
    const std::string_view text = input_->window();
    if (text.empty()) return false;
    const std::size_t blank = text.starts_with("\n") ? 1 : text.starts_with("\r\n") ? 2 : 0;
    if (blank == 0) return true;
    input_->consume(blank);
    ++line_;
  }
}

}  // namespace fit
