#include "base/json.h"
#include "base/text.h"
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
  NdjsonSource(LineReader reader, SourceContext context)
      : reader_(std::move(reader)), context_(std::move(context)) {}

  Result<std::optional<ImportRow>> next() override {
    FIT_TRY(std::optional<Line> line, reader_.next());
    if (!line) return std::nullopt;
    ImportRow row;
    row.line = line->number;
    row.end_offset = line->end_offset;
    row.item = line->problem.empty() ? read_item(line->text) : malformed("", "the line " + line->problem);
    row.text = line->text.size() <= kMaxText ? std::move(line->text) : line->text.substr(0, kMaxText);
    return row;
  }

  std::uint64_t total_bytes() const override { return reader_.size_bytes(); }

 private:
  static constexpr std::size_t kMaxText = 64 << 10;

  Result<catalog::ItemInput> read_item(const std::string& text) const {
    auto object = parse_json("", text);
    if (!object) return Error{object.error().code, "the line " + object.error().message, {}, {}};
    FIT_TRY(catalog::ItemInput item, catalog::parse_item(*object, context_.max_image_bytes));
    complete(item, context_);
    return item;
  }

  LineReader reader_;
  SourceContext context_;
};

}  // namespace

Result<std::unique_ptr<RowSource>> open_ndjson(const std::filesystem::path& path,
                                               const SourceContext& context) {
  FIT_TRY(LineReader reader, LineReader::open(path, max_line_bytes(context.max_image_bytes)));
  return std::make_unique<NdjsonSource>(std::move(reader), context);
}

}  // namespace fit::ingest
