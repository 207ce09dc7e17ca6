#include "ingest/import/input_columns.h"

#include <algorithm>
#include <array>
#include <functional>
#include <span>

#include "base/csv_reader.h"
#include "base/json.h"
#include "base/text.h"
#include "domain/properties.h"
#include "ingest/import/cell_values.h"
#include "ingest/import/decoded_file.h"
#include "ingest/import/json_splitter.h"
#include "ingest/import/line_reader.h"
#include "ingest/import/shape.h"
#include "ingest/import/table_separator.h"
#include "ingest/import/xml_records.h"

namespace fit::ingest {
namespace {

constexpr std::size_t kSampledRows = 20;
constexpr std::size_t kMaxColumns = 200;
constexpr std::size_t kMaxSample = 120;
constexpr std::size_t kMaxSampledObject = 4 << 20;

// A word in the name of a column with the field that it hints at. Words of English, German, French, Spanish
// and Italian. The first that a name contains counts.
struct Hint {
  std::string_view word;
  std::string_view field;
};
constexpr std::array kHints = std::to_array<Hint>({
    {"currency", "currency"},
    {"wahrung", "currency"},
    {"devise", "currency"},
    {"moneda", "currency"},
    {"valuta", "currency"},
    {"image", "images"},
    {"photo", "images"},
    {"picture", "images"},
    {"bild", "images"},
    {"foto", "images"},
    {"imagen", "images"},
    {"immagin", "images"},
    {"img", "images"},
    {"price", "price"},
    {"preis", "price"},
    {"prix", "price"},
    {"precio", "price"},
    {"prezzo", "price"},
    {"amount", "price"},
    {"description", "description"},
    {"beschreibung", "description"},
    {"descripcion", "description"},
    {"descrizione", "description"},
    {"details", "description"},
    {"brand", "brand"},
    {"marke", "brand"},
    {"marque", "brand"},
    {"marca", "brand"},
    {"designer", "brand"},
    {"hersteller", "brand"},
    {"manufacturer", "brand"},
    {"vendor", "brand"},
    {"colour", "primary_color"},
    {"color", "primary_color"},
    {"farbe", "primary_color"},
    {"couleur", "primary_color"},
    {"colore", "primary_color"},
    {"grosse", "size"},
    {"groesse", "size"},
    {"size", "size"},
    {"taille", "size"},
    {"talla", "size"},
    {"taglia", "size"},
    {"gender", "gender"},
    {"geschlecht", "gender"},
    {"genre", "gender"},
    {"genero", "gender"},
    {"condition", "condition"},
    {"zustand", "condition"},
    {"etat", "condition"},
    {"estado", "condition"},
    {"condizion", "condition"},
    {"material", "material"},
    {"stoff", "material"},
    {"matiere", "material"},
    {"tessuto", "material"},
    {"category", "category"},
    {"kategorie", "category"},
    {"categorie", "category"},
    {"categoria", "category"},
    {"warengruppe", "category"},
    {"status", "status"},
    {"availability", "status"},
    {"link", "url"},
    {"url", "url"},
    {"title", "title"},
    {"titel", "title"},
    {"titre", "title"},
    {"titulo", "title"},
    {"titolo", "title"},
    {"bezeichnung", "title"},
    {"name", "title"},
    {"nom", "title"},
    {"nombre", "title"},
    {"sku", "external_id"},
    {"artnr", "external_id"},
    {"artikelnr", "external_id"},
    {"number", "external_id"},
    {"nummer", "external_id"},
    {"reference", "external_id"},
    {"referenz", "external_id"},
    {"ref", "external_id"},
    {"handle", "external_id"},
    {"codigo", "external_id"},
    {"codice", "external_id"},
    {"code", "external_id"},
});

// The names and the first values of an input.
struct Sampled {
  std::vector<InputColumn> columns;
  std::string_view default_shape;  // the id of the shape that reads the input
};

void add_sample(InputColumn& column, std::string_view value) {
  const std::string sample(utf8_prefix(trim_marks(value), kMaxSample));
  if (sample.empty() || column.samples.size() >= kMaxSamples) return;
  if (!std::ranges::contains(column.samples, sample)) column.samples.push_back(sample);
}

void add_value(std::vector<InputColumn>& columns, const std::string& name, std::string_view value) {
  auto found = std::ranges::find(columns, name, &InputColumn::name);
  if (found == columns.end()) {
    if (columns.size() >= kMaxColumns) return;
    columns.push_back({.name = name, .key = normal_name(name)});
    found = std::prev(columns.end());
  }
  add_sample(*found, value);
}

Result<Sampled> sample_table(const std::filesystem::path& input) {
  FIT_TRY(DecodedFile file, open_decoded(input));
  FIT_TRY(const Separator separator, find_separator(*file.input));
  CsvReader reader(
      std::move(file.input),
      {.separator = separator.character, .is_lenient = true, .first_line = separator.first_line});
  FIT_TRY(const auto header, reader.next());
  if (!header) return malformed("header", "the file is empty");
  if (!header->problem.empty()) return malformed("header", "the header " + header->problem);
  Sampled sampled;
  std::vector<std::string> keys;
  for (const std::string& cell : header->fields) keys.push_back(normal_name(cell));
  for (std::size_t i = 0; i < header->fields.size() && i < kMaxColumns; ++i) {
    sampled.columns.push_back({.name = std::string(trim_marks(header->fields[i])), .key = keys[i]});
  }
  for (std::size_t rows = 0; rows < kSampledRows; ++rows) {
    FIT_TRY(const auto row, reader.next());
    if (!row) break;
    for (std::size_t i = 0; i < row->fields.size() && i < sampled.columns.size(); ++i) {
      add_sample(sampled.columns[i], row->fields[i]);
    }
  }
  std::erase_if(sampled.columns, [](const InputColumn& column) { return column.key.empty(); });
  const Shape* const shape = detect_shape(keys);
  sampled.default_shape = (shape == nullptr ? own_shape() : *shape).id;
  return sampled;
}

template <class Reader>
Result<Sampled> sample_objects(Reader reader) {
  Sampled sampled;
  for (std::size_t rows = 0; rows < kSampledRows; ++rows) {
    FIT_TRY(const auto object, reader.next());
    if (!object) break;
    const auto json = parse_json("", object->text);
    if (!json || !json->is_object()) continue;
    for (const auto& [name, value] : json->items()) {
      add_value(sampled.columns, name,
                value.is_string() ? value.template get<std::string>()
                : value.is_null() ? std::string()
                                  : dump_json(value));
    }
  }
  const bool is_own = std::ranges::all_of(sampled.columns, [](const InputColumn& column) {
    const auto names = ColumnNames::make(own_shape(), {});
    return names && names->find(column.key).has_value();
  });
  sampled.default_shape = (is_own ? own_shape() : marketplace_shape()).id;
  return sampled;
}

Result<Sampled> sample_xml(const std::filesystem::path& input) {
  FIT_TRY(DecodedFile file, open_decoded(input));
  FIT_TRY(XmlRecords records, XmlRecords::open(std::move(file.input)));
  Sampled sampled{.columns = {}, .default_shape = marketplace_shape().id};
  for (std::size_t rows = 0; rows < kSampledRows; ++rows) {
    FIT_TRY(const auto record, records.next());
    if (!record) break;
    for (const auto& [name, value] : record->fields) {
      if (name == "image_link") sampled.default_shape = "google";
      add_value(sampled.columns, name, value);
    }
  }
  return sampled;
}

Result<Sampled> sample(const std::filesystem::path& input, ImportFormat format) {
  switch (format) {
    case ImportFormat::kTable:
      return sample_table(input);
    case ImportFormat::kNdjson: {
      FIT_TRY(DecodedFile file, open_decoded(input));
      return sample_objects(LineReader(std::move(file.input), kMaxSampledObject));
    }
    case ImportFormat::kJson: {
      FIT_TRY(DecodedFile file, open_decoded(input));
      return sample_objects(JsonSplitter(std::move(file.input), kMaxSampledObject));
    }
    case ImportFormat::kXml:
      return sample_xml(input);
    case ImportFormat::kFolder:
      return Sampled{};
  }
  return internal("an unknown import format", {});
}

// The field of an item that a column's values go to.
std::string field_of(const Column& column) {
  switch (column.role) {
    case Role::kText:
    case Role::kImages:
    case Role::kImageBase64:
      return column.field == "image_url" || column.field == "image_urls" || column.field == "image_path" ||
                     column.field == "image_base64"
                 ? "images"
                 : column.field;
    case Role::kId:
    case Role::kGroup:
    case Role::kSku:
      return "external_id";
    case Role::kDescription2:
      return "description";
    case Role::kPrice:
    case Role::kSalePrice:
    case Role::kVariants:
      return "price";
    case Role::kColors:
      return "primary_color";
    case Role::kCategoryPath:
      return "category";
    case Role::kTags:
      return "gender";
    case Role::kPublished:
    case Role::kInStock:
    case Role::kSold:
    case Role::kReserved:
    case Role::kHidden:
    case Role::kStatusOrState:
      return "status";
    case Role::kProperties:
      return "properties";
    case Role::kIgnored:
    case Role::kImagePosition:
    case Role::kOptions:
    case Role::kOptionName:
    case Role::kOptionValue:
    case Role::kParent:
    case Role::kRowType:
      return {};
  }
  return {};
}

// A name without accents and separators, in which words are looked for.
std::string plain(std::string_view key) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kAccents = {{{"ä", "a"},
                                                                                              {"ö", "o"},
                                                                                              {"ü", "u"},
                                                                                              {"ß", "ss"},
                                                                                              {"é", "e"},
                                                                                              {"è", "e"},
                                                                                              {"ê", "e"},
                                                                                              {"à", "a"},
                                                                                              {"í", "i"},
                                                                                              {"ó", "o"},
                                                                                              {"ú", "u"},
                                                                                              {"ñ", "n"}}};
  std::string text(key);
  for (const auto& [accent, letters] : kAccents) {
    for (std::size_t at = text.find(accent); at != std::string::npos; at = text.find(accent)) {
      text.replace(at, accent.size(), letters);
    }
  }
  std::erase_if(text, [](char c) { return c == '_' || c == ' ' || c == '.'; });
  return text;
}

bool looks_like_image(const std::string& value) {
  const std::string text = to_lower(value);
  if (!text.starts_with("http://") && !text.starts_with("https://")) return false;
  return std::ranges::any_of(std::array<std::string_view, 4>{".jpg", ".jpeg", ".png", ".webp"},
                             [&](std::string_view ending) { return text.contains(ending); });
}

std::string hinted_field(const InputColumn& column) {
  if (!column.samples.empty() && std::ranges::all_of(column.samples, looks_like_image)) return "images";
  if (const auto names = ColumnNames::make(marketplace_shape(), {})) {
    if (const auto meant = names->find(column.key)) return field_of(*meant);
  }
  const std::string name = plain(column.key);
  if (name == "id" || name == "nr" || name == "no") return "external_id";
  const auto* const hint =
      std::ranges::find_if(kHints, [&](const Hint& one) { return name.contains(one.word); });
  return hint == kHints.end() ? std::string() : std::string(hint->field);
}

bool is_mappable(std::string_view field) {
  return domain::property_index(field).has_value() || std::ranges::contains(mapped_fields(), field);
}

}  // namespace

const std::vector<std::string>& mapped_fields() {
  static const std::vector<std::string> fields = {"external_id", "title",    "description", "brand",
                                                  "price",       "currency", "size",        "images",
                                                  "url",         "status",   "listed_at"};
  return fields;
}

Result<std::vector<InputColumn>> read_columns(const std::filesystem::path& input,
                                              const ImportOptions& options) {
  FIT_TRY(Sampled sampled, sample(input, options.format));
  const Shape* const shape = find_shape(options.shape.empty() ? sampled.default_shape : options.shape);
  if (shape == nullptr) return invalid("format", options.shape + " is none of " + shape_ids());
  FIT_TRY(const ColumnNames names, ColumnNames::make(*shape, options.mapping));
  FIT_TRY(const ColumnNames unmapped, ColumnNames::make(*shape, {}));
  std::vector<std::string> given;
  for (InputColumn& column : sampled.columns) {
    column.is_known = unmapped.find(column.key).has_value();
    if (const auto found = names.find(column.key)) column.field = field_of(*found);
    if (!column.field.empty()) given.push_back(column.field);
  }
  for (InputColumn& column : sampled.columns) {
    if (names.find(column.key))
      continue;  // the shape or the mapping says what it is, if only to leave it out
    const std::string field = hinted_field(column);
    if (!is_mappable(field) || std::ranges::contains(given, field)) continue;
    column.suggestion = field;
    given.push_back(field);
  }
  return std::move(sampled.columns);
}

std::vector<std::string> suggested_mapping(const std::vector<InputColumn>& columns) {
  std::vector<std::string> mapping;
  for (const InputColumn& column : columns) {
    if (!column.suggestion.empty()) mapping.push_back(column.key + "=" + column.suggestion);
  }
  return mapping;
}

}  // namespace fit::ingest
