#include <algorithm>

#include "base/csv_reader.h"
#include "base/format.h"
#include "base/text.h"
#include "catalog/text_rules.h"
#include "ingest/import/row_source.h"

namespace fit::ingest {
namespace {

enum class ColumnKind { kIgnored, kText, kPrice, kImage, kImageList };

struct Column {
  ColumnKind kind = ColumnKind::kIgnored;
  std::string name;  // the name of the listing field, with aliases resolved
};

std::string known_name(std::string_view header) {
  std::string name = to_lower(trim(header));
  if (name == "id") return "external_id";
  if (name == "name") return "title";
  return name;
}

std::optional<Column> known_column(const std::string& name) {
  if (name == "price") return Column{ColumnKind::kPrice, name};
  if (name == "image_url" || name == "image_path") return Column{ColumnKind::kImage, name};
  if (name == "images" || name == "image_urls") return Column{ColumnKind::kImageList, name};
  domain::Listing probe;
  const auto known = catalog::set_text(probe, name, "");
  if (known && *known) return Column{ColumnKind::kText, name};
  return std::nullopt;
}

Result<std::vector<Column>> read_header(const std::vector<std::string>& names, bool ignore_unknown) {
  std::vector<Column> columns;
  for (const std::string& text : names) {
    const std::string name = known_name(text);
    auto column = known_column(name);
    if (!column && !ignore_unknown) {
      const bool other_separator = names.size() == 1 && text.find_first_of(";\t|") != std::string::npos;
      return invalid(is_utf8(name) ? name.substr(0, 200) : std::string("header"),
                     other_separator ? "is not a known column; columns must be separated by commas"
                                     : "is not a known column");
    }
    if (column && std::ranges::contains(columns, column->name, &Column::name)) {
      return invalid(column->name, "is given twice in the header");
    }
    columns.push_back(column.value_or(Column{}));
  }
  if (!std::ranges::contains(columns, "external_id", &Column::name)) {
    return invalid("external_id", "the header has no such column");
  }
  const auto is_image = [](const Column& column) {
    return column.kind == ColumnKind::kImage || column.kind == ColumnKind::kImageList;
  };
  if (std::ranges::none_of(columns, is_image)) {
    return invalid("image_url",
                   "the header has no column for images: image_url, image_path, image_urls or images");
  }
  return columns;
}

Result<void> add_image(catalog::ItemInput& item, std::string_view text) {
  if (trim(text).empty()) return {};
  if (item.images.size() >= catalog::kMaxImagesPerItem) {
    return invalid("images", fit::format("must not hold more than {} images", catalog::kMaxImagesPerItem));
  }
  FIT_TRY(std::string location, catalog::check_location(fit::format("images[{}]", item.images.size()), text));
  item.images.push_back({std::move(location), {}});
  return {};
}

Result<void> add_images(catalog::ItemInput& item, std::string_view list) {
  while (!list.empty()) {
    const std::size_t bar = std::min(list.find('|'), list.size());
    FIT_CHECK(add_image(item, list.substr(0, bar)));
    list.remove_prefix(std::min(bar + 1, list.size()));
  }
  return {};
}

Result<void> set_price(catalog::ItemInput& item, std::string_view cell) {
  if (trim(cell).empty()) return {};
  FIT_TRY(item.listing.price, catalog::parse_price(cell));
  return {};
}

Result<void> set_cell(catalog::ItemInput& item, const Column& column, const std::string& cell) {
  switch (column.kind) {
    case ColumnKind::kIgnored:
      return {};
    case ColumnKind::kText:
      FIT_CHECK(catalog::set_text(item.listing, column.name, cell));
      return {};
    case ColumnKind::kPrice:
      return set_price(item, cell);
    case ColumnKind::kImage:
      return add_image(item, cell);
    case ColumnKind::kImageList:
      return add_images(item, cell);
  }
  return {};
}

// Whether a row contains following rows because of an unclosed quote: only descriptions span lines.
bool looks_swallowed(const std::vector<Column>& columns, const std::vector<std::string>& cells) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].kind != ColumnKind::kIgnored && columns[i].name != "description" &&
        trim(cells[i]).contains('\n')) {
      return true;
    }
  }
  return false;
}

class CsvSource : public RowSource {
 public:
  CsvSource(CsvReader reader, std::vector<Column> columns, SourceContext context)
      : reader_(std::move(reader)), columns_(std::move(columns)), context_(std::move(context)) {}

  Result<std::optional<ImportRow>> next() override {
    FIT_TRY(std::optional<CsvRow> row, reader_.next());
    if (!row) return std::nullopt;
    ImportRow result;
    result.line = row->line;
    result.end_offset = row->end_offset;
    result.text = std::move(row->text);
    if (!row->problem.empty()) {
      result.item = malformed("", "the row " + row->problem);
    } else {
      result.item = read_item(row->fields);
      if (!result.item && looks_swallowed(columns_, row->fields)) reader_.retry_from_second_line();
    }
    return result;
  }

  std::uint64_t total_bytes() const override { return reader_.size_bytes(); }

 private:
  Result<catalog::ItemInput> read_item(const std::vector<std::string>& cells) const {
    catalog::ItemInput item;
    for (std::size_t i = 0; i < columns_.size(); ++i) FIT_CHECK(set_cell(item, columns_[i], cells[i]));
    complete(item, context_);
    return item;
  }

  CsvReader reader_;
  std::vector<Column> columns_;
  SourceContext context_;
};

}  // namespace

Result<std::unique_ptr<RowSource>> open_csv(const std::filesystem::path& path, const SourceContext& context) {
  FIT_TRY(CsvReader reader, CsvReader::open(path));
  FIT_TRY(std::optional<CsvRow> header, reader.next());
  if (!header) return malformed("header", "the file is empty");
  if (header->text.starts_with("\xFF\xFE") || header->text.starts_with("\xFE\xFF")) {
    return malformed("header", "the file is UTF-16; it must be UTF-8");
  }
  if (!header->problem.empty()) return malformed("header", "the header " + header->problem);
  FIT_TRY(std::vector<Column> columns, read_header(header->fields, context.ignore_unknown_columns));
  return std::make_unique<CsvSource>(std::move(reader), std::move(columns), context);
}

}  // namespace fit::ingest
