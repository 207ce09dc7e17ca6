#include <algorithm>

#include "base/csv_reader.h"
#include "base/format.h"
#include "base/text.h"
#include "ingest/import/cell_values.h"
#include "ingest/import/decoded_file.h"
#include "ingest/import/item_draft.h"
#include "ingest/import/row_joiner.h"
#include "ingest/import/row_source.h"
#include "ingest/import/source_remarks.h"
#include "ingest/import/table_separator.h"

namespace fit::ingest {
namespace {

// Whether a row of several lines seems to contain other rows because a quote was not closed. Descriptions
// often have line breaks; other fields seldom do, least of all between lines that each have the full number
// of fields.
bool looks_swallowed(std::string_view text, std::size_t fields, char separator, bool only_description) {
  if (fields < 2) return false;
  const auto plain_fields = [separator](std::string_view line) {
    return static_cast<std::size_t>(std::ranges::count(line, separator)) + 1;
  };
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (lines.size() < 2) return false;
  const auto is_whole = [&](std::string_view line) { return plain_fields(line) == fields; };
  if (!only_description && is_whole(lines[0]) && is_whole(lines[1])) return true;
  const auto inner = std::span(lines).subspan(1, lines.size() - 2);
  return fields > 2 && !inner.empty() && std::ranges::all_of(inner, is_whole);
}

struct Header {
  std::vector<Column> columns;
  std::vector<std::string> names;  // in the form of normal_name()
};

class TableSource : public RowSource {
 public:
  TableSource(CsvReader reader, ColumnNames names, Header header, char separator, SourceContext context,
              SourceRemarks remarks)
      : reader_(std::move(reader)),
        names_(std::move(names)),
        header_(std::move(header)),
        separator_(separator),
        context_(std::move(context)),
        remarks_(std::move(remarks)),
        joiner_(names_.shape().id == "woocommerce") {}

  Result<std::optional<ImportRow>> next() override {
    while (!is_done_ && !joiner_.is_full()) {
      FIT_TRY(std::optional<ItemDraft> draft, read());
      if (!draft) {
        is_done_ = true;
      } else if (names_.shape().joins_rows) {
        joiner_.add(*std::move(draft));
      } else {
        return std::move(*draft).finish(context_);
      }
    }
    std::optional<ItemDraft> draft = joiner_.take();
    if (!draft) return std::nullopt;
    return std::move(*draft).finish(context_);
  }

  std::uint64_t total_bytes() const override { return reader_.size_bytes(); }
  std::string read_as() const override { return std::string(names_.shape().title); }
  std::vector<std::string> remarks() const override { return remarks_.list(); }

 private:
  // Reads the next row that is not blank.
  Result<std::optional<ItemDraft>> read() {
    for (;;) {
      FIT_TRY(std::optional<CsvRow> row, reader_.next());
      if (!row) return std::nullopt;
      const bool is_broken = !row->problem.empty();
      if (!is_broken &&
          std::ranges::all_of(row->fields, [](const std::string& f) { return trim_marks(f).empty(); })) {
        remarks_.count_blank_row();
        continue;
      }
      ItemDraft draft({.line = row->line, .end_offset = row->end_offset, .text = row->text});
      if (is_broken) {
        draft.reject(malformed("", "the row " + row->problem));
      } else if (is_swallowed(*row)) {
        draft.reject(malformed("", "the row spans lines that look like rows; is a quote missing?"));
        reader_.retry_from_second_line();
      } else {
        read_cells(draft, *row);
      }
      return draft;
    }
  }

  bool is_swallowed(const CsvRow& row) const {
    bool has_breaks = false;
    bool only_description = true;
    for (std::size_t i = 0; i < row.fields.size(); ++i) {
      if (!trim_marks(row.fields[i]).contains('\n')) continue;
      has_breaks = true;
      const bool is_description = i < header_.columns.size() && header_.columns[i].field == "description";
      only_description = only_description && is_description;
    }
    return has_breaks && looks_swallowed(row.text, header_.columns.size(), separator_, only_description);
  }

  void read_cells(ItemDraft& draft, CsvRow& row) {
    if (row.is_repaired) draft.add_warning("", "has quotes that are not doubled", row.text);
    take_surplus(draft, row.fields);
    if (row.fields.size() < header_.columns.size()) {
      draft.add_warning("",
                        fit::format("has {} fields where the header has {}; the others are empty",
                                    row.fields.size(), header_.columns.size()),
                        row.text);
    }
    for (std::size_t i = 0; i < row.fields.size(); ++i) draft.add_text(header_.columns[i], row.fields[i]);
    if (names_.shape().finds_images_by_id && !draft.has_images()) add_image_by_id(draft);
  }

  // Removes the surplus fields of a row that has more fields than the header. Blank ones are dropped. Others
  // are appended to a last column of title or description, whose text had separators in it, and are left out
  // otherwise.
  void take_surplus(ItemDraft& draft, std::vector<std::string>& fields) const {
    const std::size_t columns = header_.columns.size();
    while (fields.size() > columns && trim_marks(fields.back()).empty()) fields.pop_back();
    if (fields.size() <= columns) return;
    const std::size_t had = fields.size();
    const Column& last = header_.columns.back();
    std::string surplus;
    for (std::size_t i = columns; i < had; ++i) surplus += separator_ + fields[i];
    fields.resize(columns);
    const bool is_text = last.role == Role::kText && (last.field == "title" || last.field == "description");
    if (is_text) fields.back() += surplus;
    draft.add_warning("",
                      fit::format("has {} fields where the header has {}; the surplus is {}", had, columns,
                                  is_text ? "part of the last column" : "left out"),
                      surplus);
  }

  // Adds the image images/ID.jpg beside the table, or ID.jpg if there is no folder "images".
  void add_image_by_id(ItemDraft& draft) const {
    const std::string name = draft.external_id() + ".jpg";
    if (draft.external_id().empty() || name.contains('/')) return;
    std::error_code ignored;
    const bool has_folder = std::filesystem::is_directory(context_.folder / "images", ignored);
    draft.add_text({Role::kImages, "images"}, has_folder ? "images/" + name : name);
  }

  CsvReader reader_;
  ColumnNames names_;
  Header header_;
  char separator_;
  SourceContext context_;
  SourceRemarks remarks_;
  RowJoiner joiner_;
  bool is_done_ = false;
};

Result<ColumnNames> find_names(const std::vector<std::string>& header, const SourceContext& context) {
  const Shape* shape = find_shape(context.shape);
  if (!context.shape.empty() && shape == nullptr) {
    return invalid("format", context.shape + " is none of " + shape_ids());
  }
  if (shape == nullptr) shape = detect_shape(header);
  return ColumnNames::make(shape == nullptr ? own_shape() : *shape, context.mapping);
}

bool is_id(Role role) {
  return role == Role::kId || role == Role::kGroup || role == Role::kSku;
}

Result<void> check_header(const Header& header, const Shape& shape) {
  const auto has = [&](const auto& is) { return std::ranges::any_of(header.columns, is, &Column::role); };
  if (!has(is_id)) return invalid("external_id", "the header has no such column");
  const auto is_image = [](Role role) { return role == Role::kImages || role == Role::kImageBase64; };
  if (!has(is_image) && !shape.finds_images_by_id) {
    return invalid(
        "image_url",
        "the header has no column for images: image_url, image_path, image_urls, images or image_base64");
  }
  return {};
}

Result<Header> read_header(const std::vector<std::string>& cells, const ColumnNames& names,
                           bool ignore_unknown, SourceRemarks& remarks) {
  Header header;
  std::int64_t unnamed = 0;
  for (const std::string& cell : cells) {
    const std::string name = normal_name(cell);
    auto column = names.find(name);
    const bool is_own = names.shape().is_own;
    if (name.empty()) {
      ++unnamed;
    } else if (!column && is_own && !ignore_unknown) {
      return invalid(
          std::string(utf8_prefix(name, 200)),
          "is not a known column; --map gives it a meaning, --ignore-unknown-columns leaves it out");
    } else if (!column) {
      remarks.leave_out(std::string(trim_marks(cell)));
    }
    const auto same = [&](const Column& other) {
      return other.role == column->role && other.field == column->field;
    };
    if (column && is_own && column->role != Role::kIgnored && std::ranges::any_of(header.columns, same)) {
      return invalid(column->field.empty() ? "external_id" : column->field, "is given twice in the header");
    }
    header.columns.push_back(column.value_or(Column{}));
    header.names.push_back(name);
  }
  remarks.count_unnamed_columns(unnamed);
  FIT_CHECK(check_header(header, names.shape()));
  return header;
}

}  // namespace

Result<std::unique_ptr<RowSource>> open_table(const std::filesystem::path& path,
                                              const SourceContext& context) {
  FIT_TRY(DecodedFile file, open_decoded(path));
  FIT_TRY(const Separator separator, find_separator(*file.input));
  SourceRemarks remarks;
  remarks.set_encoding(file.encoding);
  remarks.set_separator(separator.character);
  CsvReader reader(
      std::move(file.input),
      {.separator = separator.character, .is_lenient = true, .first_line = separator.first_line});
  FIT_TRY(std::optional<CsvRow> first, reader.next());
  if (!first) return malformed("header", "the file is empty");
  if (!first->problem.empty()) return malformed("header", "the header " + first->problem);
  std::vector<std::string> names;
  for (const std::string& cell : first->fields) names.push_back(normal_name(cell));
  FIT_TRY(ColumnNames columns, find_names(names, context));
  FIT_TRY(Header header, read_header(first->fields, columns, context.ignore_unknown_columns, remarks));
  return std::make_unique<TableSource>(std::move(reader), std::move(columns), std::move(header),
                                       separator.character, context, std::move(remarks));
}

}  // namespace fit::ingest
