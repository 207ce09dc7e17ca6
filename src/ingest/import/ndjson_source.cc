#include "base/text.h"
#include "ingest/import/decoded_file.h"
#include "ingest/import/json_rows.h"
#include "ingest/import/line_reader.h"
#include "ingest/import/row_source.h"

namespace fit::ingest {
namespace {

// Holds a listing with a few images in base64.
std::size_t max_line_bytes(std::size_t max_image_bytes) {
  return (2 * max_image_bytes) + (1 << 20);
}

class NdjsonSource : public RowSource {
 public:
  NdjsonSource(LineReader reader, JsonRows rows) : reader_(std::move(reader)), rows_(std::move(rows)) {}

  // Reads the first line, which decides how all lines are read.
  Result<void> begin() {
    FIT_TRY(first_, reader_.next());
    return first_ ? rows_.look_at(first_->text) : Result<void>();
  }

  Result<std::optional<ImportRow>> next() override {
    std::optional<Line> line = std::exchange(first_, std::nullopt);
    if (!line) {
      FIT_TRY(line, reader_.next());
    }
    if (!line) return std::nullopt;
    ItemDraft::Place place{.line = line->number,
                           .end_offset = line->end_offset,
                           .text = std::string(utf8_prefix(line->text, kMaxText))};
    if (!line->problem.empty())
      return rows_.reject(std::move(place), malformed("", "the line " + line->problem));
    return rows_.read(std::move(place), line->text);
  }

  std::uint64_t total_bytes() const override { return reader_.size_bytes(); }
  std::string read_as() const override { return rows_.read_as(); }
  std::vector<std::string> remarks() const override { return rows_.remarks().list(); }

 private:
  static constexpr std::size_t kMaxText = 64 << 10;

  LineReader reader_;
  JsonRows rows_;
  std::optional<Line> first_;
};

}  // namespace

Result<std::unique_ptr<RowSource>> open_ndjson(const std::filesystem::path& path,
                                               const SourceContext& context) {
  FIT_TRY(DecodedFile file, open_decoded(path));
  FIT_TRY(JsonRows rows, JsonRows::make(context));
  rows.remarks().set_encoding(file.encoding);
  auto source = std::make_unique<NdjsonSource>(
      LineReader(std::move(file.input), max_line_bytes(context.max_image_bytes)), std::move(rows));
  FIT_CHECK(source->begin());
  return source;
}

}  // namespace fit::ingest
