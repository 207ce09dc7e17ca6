#include "style/wardrobe/garment_csv.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <utility>

#include "base/csv_reader.h"
#include "base/format.h"
#include "base/text.h"
#include "style/wardrobe/person_text.h"

namespace fit::style {
namespace {

constexpr std::array<std::string_view, 14> kColumns = {"id",       "name",      "brand",  "size",   "price",
                                                       "currency", "bought_on", "state",  "tags",   "care",
                                                       "notes",    "photos",    "cutout", "worn_on"};

// A text in memory.
class CsvText final : public TextInput {
 public:
  explicit CsvText(std::string_view text) : text_(text) {}

  std::string_view window() const override { return text_.substr(at_); }
  Result<bool> grow() override { return false; }
  void consume(std::size_t count) override { at_ += count; }
  std::uint64_t position() const override { return at_; }
  std::uint64_t size_bytes() const override { return text_.size(); }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

void add_cell(std::string& line, std::string_view text) {
  if (!line.empty()) line += ',';
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    line += text;
    return;
  }
  line += '"';
  for (const char c : text) {
    if (c == '"') line += '"';
    line += c;
  }
  line += '"';
}

std::string line_of(const Garment& garment, const PhotoName& name_of) {
  const GarmentFields& fields = garment.fields;
  std::vector<std::string> photos;
  for (const GarmentPhoto& photo : garment.photos) {
    std::string name = name_of ? name_of(photo) : std::to_string(photo.asset);
    if (!name.empty()) photos.push_back(std::move(name));
  }
  std::string line = garment.id.str();
  add_cell(line, fields.name);
  add_cell(line, fields.brand);
  add_cell(line, fields.size);
  add_cell(line, fields.price ? fit::format("{}", *fields.price) : "");
  add_cell(line, fields.currency);
  add_cell(line, fields.bought_on);
  add_cell(line, to_string(fields.state));
  add_cell(line, join_list(fields.tags));
  add_cell(line, fields.care);
  add_cell(line, fields.notes);
  add_cell(line, join_list(photos));
  add_cell(line, fields.cutout ? "true" : "");
  add_cell(line, join_list(garment.worn_on));
  for (const std::string& value : fields.stated) add_cell(line, value);
  return line;
}

Result<void> read_price(GarmentFields& fields, std::string_view text) {
  text = trim(text);
  if (text.empty()) return {};
  double price = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), price);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) {
    return invalid("price", "must be a number such as 12.5");
  }
  fields.price = price;
  return {};
}

Result<void> read_photos(GarmentRow& row, std::string_view text, PhotosAre photos) {
  std::vector<std::string> parts = split_list(text);
  if (parts.size() > kMaxGarmentPhotos) {
    return invalid("photos", fit::format("must not be more than {}", kMaxGarmentPhotos));
  }
  if (photos == PhotosAre::kFiles) {
    row.photo_files = std::move(parts);
    return {};
  }
  for (const std::string& part : parts) {
    FIT_TRY(const std::int64_t id, parse_id("photos", part));
    row.draft.photos.push_back({.asset = id});
  }
  return {};
}

Result<void> read_cutout(GarmentFields& fields, std::string_view text) {
  const std::string value = to_lower(trim(text));
  if (!value.empty() && value != "true" && value != "false") {
    return invalid("cutout", "must be true or false");
  }
  fields.cutout = value == "true";
  return {};
}

Result<void> read_days(std::vector<std::string>& days, std::string_view text, Timestamp time) {
  for (const std::string& part : split_list(text)) {
    FIT_TRY(std::string day, check_past_date("worn_on", part, time));
    days.push_back(std::move(day));
  }
  return {};
}

// How the cells of a table are read.
struct CellRules {
  const ontology::Ontology& ontology;
  Timestamp time;
  PhotosAre photos;
};

Result<void> read_cell(GarmentRow& row, std::string_view column, std::string_view text,
                       const CellRules& rules) {
  GarmentFields& fields = row.draft.fields;
  if (const auto property = domain::property_index(column)) {
    fields.stated.at(*property) = std::string(text);
    return {};
  }
  if (column == "id") {
    if (trim(text).empty()) return {};
    FIT_TRY(const std::int64_t id, parse_id("id", trim(text)));
    row.id = GarmentId{id};
  } else if (column == "price") {
    return read_price(fields, text);
  } else if (column == "state") {
    if (trim(text).empty()) return {};
    FIT_TRY(fields.state, parse_garment_state(trim(text)));
  } else if (column == "tags") {
    fields.tags = split_list(text);
  } else if (column == "photos") {
    return read_photos(row, text, rules.photos);
  } else if (column == "cutout") {
    return read_cutout(fields, text);
  } else if (column == "worn_on") {
    return read_days(row.worn_on, text, rules.time);
  } else if (column == "bought_on") {
    fields.bought_on = std::string(trim(text));
  } else {
    std::string& field = column == "name"    ? fields.name
                         : column == "brand" ? fields.brand
                         : column == "size"  ? fields.size
                         : column == "care"  ? fields.care
                         : column == "notes" ? fields.notes
                                             : fields.currency;
    field = std::string(text);
  }
  return {};
}

Result<void> check_columns(std::span<const std::string> columns) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string& name = columns[i];
    const std::string shown(utf8_prefix(name, 100));
    if (std::ranges::find(kColumns, name) == kColumns.end() && !domain::property_index(name)) {
      return invalid(shown, "is no column of a wardrobe");
    }
    if (std::ranges::find(columns.first(i), name) != columns.first(i).end()) {
      return invalid(shown, "is a column twice");
    }
  }
  return {};
}

Result<GarmentRow> read_row(std::span<const std::string> columns, std::span<const std::string> cells,
                            const CellRules& rules) {
  GarmentRow row;
  for (std::size_t i = 0; i < columns.size() && i < cells.size(); ++i) {
    FIT_CHECK(read_cell(row, columns[i], cells[i], rules));
  }
  FIT_TRY(row.draft.fields, check_garment(std::move(row.draft.fields), rules.ontology));
  const bool has_photos = !row.draft.photos.empty() || !row.photo_files.empty();
  // The photos of a stored garment may be gone.
  if (!row.id && row.draft.fields.name.empty() && !has_photos) {
    return invalid("name", "is missing for a garment without photos");
  }
  return row;
}

}  // namespace

std::string garments_csv(std::span<const Garment> garments, const PhotoName& name_of) {
  std::string csv;
  for (const std::string_view column : kColumns) add_cell(csv, column);
  for (const std::string_view property : domain::kProperties) add_cell(csv, property);
  csv += "\r\n";
  for (const Garment& garment : garments) csv += line_of(garment, name_of) + "\r\n";
  return csv;
}

Result<std::vector<GarmentRow>> parse_garments_csv(std::string_view csv, const ontology::Ontology& ontology,
                                                   std::size_t most, Timestamp time, PhotosAre photos) {
  const CellRules rules{.ontology = ontology, .time = time, .photos = photos};
  CsvReader reader(std::make_unique<CsvText>(csv), CsvOptions{});
  std::vector<std::string> columns;
  std::vector<GarmentRow> rows;
  std::size_t days = 0;
  for (;;) {
    FIT_TRY(auto row, reader.next());
    if (!row) break;
    if (!row->problem.empty()) {
      return invalid("body", fit::format("line {}: {}", row->line, row->problem));
    }
    if (columns.empty()) {
      columns = std::move(row->fields);
      for (std::string& name : columns) name = to_lower(trim(name));
      FIT_CHECK(check_columns(columns));
      continue;
    }
    if (rows.size() == most) {
      return Error{ErrorCode::kTooLarge, fit::format("has more than {} garments", most), "body", {}};
    }
    auto read = read_row(columns, row->fields, rules);
    if (!read) {
      return invalid(read.error().field, fit::format("line {}: {}", row->line, read.error().message));
    }
    days += read->worn_on.size();
    if (days > kMaxTableDays) {
      return Error{ErrorCode::kTooLarge, fit::format("has more than {} days", kMaxTableDays), "worn_on", {}};
    }
    rows.push_back(*std::move(read));
  }
  if (columns.empty()) return invalid("body", "has no row with the names of the columns");
  return rows;
}

}  // namespace fit::style
