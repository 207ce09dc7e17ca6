#include <algorithm>

#include "base/text.h"
#include "ingest/import/cell_values.h"
#include "ingest/import/decoded_file.h"
#include "ingest/import/item_draft.h"
#include "ingest/import/row_source.h"
#include "ingest/import/source_remarks.h"
#include "ingest/import/xml_records.h"

namespace fit::ingest {
namespace {

constexpr std::size_t kMaxShownXml = 4 << 10;

class XmlSource : public RowSource {
 public:
  XmlSource(XmlRecords records, ColumnNames names, SourceContext context, SourceRemarks remarks)
      : records_(std::move(records)),
        names_(std::move(names)),
        context_(std::move(context)),
        remarks_(std::move(remarks)) {}

  // Reads the first record, whose names decide how all records are read.
  Result<void> begin() {
    FIT_TRY(first_, records_.next());
    if (!first_) remarks_.add("there is no element item, entry, product, offer, listing or article");
    if (!first_ || !context_.shape.empty()) return {};
    const bool is_google =
        std::ranges::any_of(first_->fields, [](const auto& field) { return field.first == "image_link"; });
    FIT_TRY(names_,
            ColumnNames::make(is_google ? *find_shape("google") : marketplace_shape(), context_.mapping));
    return {};
  }

  Result<std::optional<ImportRow>> next() override {
    std::optional<XmlRecord> record = std::exchange(first_, std::nullopt);
    if (!record) {
      FIT_TRY(record, records_.next());
    }
    if (!record) return std::nullopt;
    std::string text;
    for (const auto& [name, value] : record->fields) {
      if (text.size() < kMaxShownXml) text += (text.empty() ? "" : ", ") + name + ": " + value;
    }
    ItemDraft draft({.line = record->line,
                     .end_offset = record->end_offset,
                     .text = std::string(utf8_prefix(text, kMaxShownXml))});
    for (const auto& [name, value] : record->fields) {
      if (const auto column = names_.find(name)) {
        draft.add_text(*column, value);
      } else {
        remarks_.leave_out(name);
      }
    }
    return std::move(draft).finish(context_);
  }

  std::uint64_t total_bytes() const override { return records_.size_bytes(); }
  std::string read_as() const override { return std::string(names_.shape().title); }
  std::vector<std::string> remarks() const override {
    std::vector<std::string> remarks = remarks_.list();
    const std::string damage = records_.damage();
    if (!damage.empty()) remarks.push_back("the XML is damaged at " + damage);
    return remarks;
  }
  bool is_damaged() const override { return !records_.damage().empty(); }

 private:
  XmlRecords records_;
  ColumnNames names_;
  SourceContext context_;
  SourceRemarks remarks_;
  std::optional<XmlRecord> first_;
};

// The encoding in the XML declaration; empty when there is none.
Result<std::string> declared_encoding(const std::filesystem::path& path) {
  FIT_TRY(InputFile file, InputFile::open(path));
  FIT_CHECK(file.grow());
  const std::string_view head = file.window().substr(0, 200);
  if (!trim(head).starts_with("<?xml")) return std::string();
  const std::string_view declaration = head.substr(0, head.find("?>"));
  const std::size_t at = declaration.find("encoding=");
  if (at == std::string_view::npos || at + 10 >= declaration.size()) return std::string();
  const char quote = declaration[at + 9];
  const std::string_view rest = declaration.substr(at + 10);
  return std::string(rest.substr(0, rest.find(quote)));
}

}  // namespace

Result<std::unique_ptr<RowSource>> open_xml(const std::filesystem::path& path, const SourceContext& context) {
  FIT_TRY(const std::string declared, declared_encoding(path));
  FIT_TRY(DecodedFile file, open_decoded(path, declared));
  const Shape* shape = find_shape(context.shape);
  if (!context.shape.empty() && shape == nullptr) {
    return invalid("format", context.shape + " is none of " + shape_ids());
  }
  FIT_TRY(ColumnNames names,
          ColumnNames::make(shape == nullptr ? marketplace_shape() : *shape, context.mapping));
  SourceRemarks remarks;
  remarks.set_encoding(file.encoding);
  FIT_TRY(XmlRecords records, XmlRecords::open(std::move(file.input)));
  auto source =
      std::make_unique<XmlSource>(std::move(records), std::move(names), context, std::move(remarks));
  FIT_CHECK(source->begin());
  return source;
}

}  // namespace fit::ingest
