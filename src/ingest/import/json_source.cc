#include "base/text.h"
#include "ingest/import/decoded_file.h"
#include "ingest/import/json_rows.h"
#include "ingest/import/json_splitter.h"
#include "ingest/import/line_reader.h"
#include "ingest/import/row_source.h"

namespace fit::ingest {
namespace {

constexpr std::size_t kMaxText = 64 << 10;  // bytes of a row for the rejects file

std::int64_t line_of(const JsonSplitter::Object& object) {
  return object.line;
}

std::int64_t line_of(const Line& line) {
  return line.number;
}

// The items of the objects that a reader finds: a JsonSplitter in a document, a LineReader one in each line.
template <class Reader>
class JsonSource : public RowSource {
 public:
  // `what` names a text of the reader in errors: "object" or "line".
  JsonSource(Reader reader, JsonRows rows, std::string_view what)
      : reader_(std::move(reader)), rows_(std::move(rows)), what_(what) {}

  // Reads the first object, which decides how all objects are read.
  Result<void> begin() {
    FIT_TRY(first_, reader_.next());
    return first_ ? rows_.look_at(first_->text) : Result<void>();
  }

  Result<std::optional<ImportRow>> next() override {
    auto object = std::exchange(first_, std::nullopt);
    if (!object) {
      FIT_TRY(object, reader_.next());
    }
    if (!object) return std::nullopt;
    ItemDraft::Place place{.line = line_of(*object),
                           .end_offset = object->end_offset,
                           .text = std::string(utf8_prefix(object->text, kMaxText))};
    if (!object->problem.empty())
      return rows_.reject(std::move(place), malformed("", "the " + what_ + " " + object->problem));
    return rows_.read(std::move(place), object->text);
  }

  std::uint64_t total_bytes() const override { return reader_.size_bytes(); }
  std::string read_as() const override { return rows_.read_as(); }
  std::vector<std::string> remarks() const override { return rows_.remarks().list(); }

 private:
  Reader reader_;
  JsonRows rows_;
  const std::string what_;
  typename decltype(std::declval<Reader&>().next())::value_type first_;
};

template <class Reader>
Result<std::unique_ptr<RowSource>> open_objects(const std::filesystem::path& path,
                                                const SourceContext& context, std::string_view what) {
  FIT_TRY(DecodedFile file, open_decoded(path));
  FIT_TRY(JsonRows rows, JsonRows::make(context));
  rows.remarks().set_encoding(file.encoding);
  // Holds a listing with a few images in base64.
  const std::size_t max_object_bytes = (2 * context.max_image_bytes) + (1 << 20);
  auto source = std::make_unique<JsonSource<Reader>>(Reader(std::move(file.input), max_object_bytes),
                                                     std::move(rows), what);
  FIT_CHECK(source->begin());
  return source;
}

}  // namespace

Result<std::unique_ptr<RowSource>> open_json(const std::filesystem::path& path,
                                             const SourceContext& context) {
  return open_objects<JsonSplitter>(path, context, "object");
}

Result<std::unique_ptr<RowSource>> open_ndjson(const std::filesystem::path& path,
                                               const SourceContext& context) {
  return open_objects<LineReader>(path, context, "line");
}

}  // namespace fit::ingest
