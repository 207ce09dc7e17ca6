#include "ingest/import/line_reader.h"

#include "base/format.h"
#include "base/input_file.h"

namespace fit::ingest {

Result<LineReader> LineReader::open(const std::filesystem::path& path, std::size_t max_line_bytes) {
  FIT_TRY(InputFile file, InputFile::open(path));
  return LineReader(std::make_unique<InputFile>(std::move(file)), max_line_bytes);
}

Result<std::optional<Line>> LineReader::next() {
  for (;;) {
    FIT_TRY(std::optional<Line> line, read_line());
    if (!line) return std::nullopt;
    if (line->number == 1 && line->text.starts_with("\xEF\xBB\xBF")) line->text.erase(0, 3);
    if (!line->problem.empty() || line->text.find_first_not_of(" \t\r") != std::string::npos) return line;
  }
}

Result<std::optional<Line>> LineReader::read_line() {
  Line line;
  std::size_t size = 0;  // bytes at the start of the window that belong to the line
  bool any = false;
  bool ended = false;
  for (bool more = true; more && !ended;) {
    const std::string_view text = input_->window();
    const std::size_t end = text.find('\n', size);
    ended = end != std::string_view::npos;
    size = ended ? end : text.size();
    any = any || !text.empty();
    if (size > max_line_bytes_) {
      if (line.problem.empty()) line.text = text.substr(0, 1024);
      line.problem = fit::format("is longer than {} bytes", max_line_bytes_);
      input_->consume(size);
      size = 0;
    }
    if (!ended) {
      FIT_TRY(more, input_->grow());
    }
  }
  if (!any) return std::nullopt;
  if (line.problem.empty()) line.text = input_->window().substr(0, size);
  input_->consume(size + (ended ? 1 : 0));
  line.number = ++number_;
  line.end_offset = input_->position();
  return line;
}

}  // namespace fit::ingest
