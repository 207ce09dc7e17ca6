#include "base/text.h"
#include "ingest/import/decoded_file.h"
#include "ingest/import/json_rows.h"
#include "ingest/import/json_splitter.h"
#include "ingest/import/row_source.h"

namespace fit::ingest {
namespace {

class JsonSource : public RowSource {
 public:
  JsonSource(JsonSplitter splitter, JsonRows rows) : splitter_(std::move(splitter)), rows_(std::move(rows)) {}

  // Reads the first object, which decides how all objects are read.
  Result<void> begin() {
    FIT_TRY(first_, splitter_.next());
    return first_ ? rows_.look_at(first_->text) : Result<void>();
  }

  Result<std::optional<ImportRow>> next() override {
    std::optional<JsonSplitter::Object> object = std::exchange(first_, std::nullopt);
    if (!object) {
      FIT_TRY(object, splitter_.next());
    }
    if (!object) return std::nullopt;
    ItemDraft::Place place{.line = object->line,
                           .end_offset = object->end_offset,
                           .text = std::string(utf8_prefix(object->text, kMaxText))};
    if (!object->problem.empty())
      return rows_.reject(std::move(place), malformed("", "the object " + object->problem));
    return rows_.read(std::move(place), object->text);
  }

  std::uint64_t total_bytes() const override { return splitter_.size_bytes(); }
  std::string read_as() const override { return rows_.read_as(); }
  std::vector<std::string> remarks() const override { return rows_.remarks().list(); }

 private:
  static constexpr std::size_t kMaxText = 64 << 10;

  JsonSplitter splitter_;
  JsonRows rows_;
  std::optional<JsonSplitter::Object> first_;
};

}  // namespace

Result<std::unique_ptr<RowSource>> open_json(const std::filesystem::path& path,
                                             const SourceContext& context) {
  FIT_TRY(DecodedFile file, open_decoded(path));
  FIT_TRY(JsonRows rows, JsonRows::make(context));
  rows.remarks().set_encoding(file.encoding);
  const std::size_t max_object_bytes = (2 * context.max_image_bytes) + (1 << 20);
  auto source =
      std::make_unique<JsonSource>(JsonSplitter(std::move(file.input), max_object_bytes), std::move(rows));
  FIT_CHECK(source->begin());
  return source;
}

}  // namespace fit::ingest
