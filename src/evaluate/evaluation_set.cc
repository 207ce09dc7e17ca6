#include "evaluate/evaluation_set.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>

#include "base/csv_reader.h"
#include "base/files.h"
#include "base/floats.h"
#include "base/format.h"
#include "base/text.h"

namespace fit::evaluate {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxVectorBytes = 64ull << 30;
constexpr std::string_view kClassLabel = "class";

bool is_image(const fs::path& path) {
  constexpr std::array<std::string_view, 7> kEndings = {".jpg",  ".jpeg", ".png", ".webp",
                                                        ".avif", ".heic", ".gif"};
  return std::ranges::contains(kEndings, to_lower(path.extension().string()));
}

// The sub-folders or files of a folder by name; unreadable entries are omitted.
std::vector<fs::path> sorted_entries(const fs::path& folder, bool folders) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (it->path().filename().string().starts_with('.')) continue;
    if (folders ? it->is_directory(ignored) : it->is_regular_file(ignored)) entries.push_back(it->path());
  }
  std::ranges::sort(entries);
  return entries;
}

void add_images(const fs::path& folder, const std::string& label, bool is_query, int depth,
                EvaluationSet& set) {
  constexpr int kMaxDepth = 16;
  for (const fs::path& file : sorted_entries(folder, false)) {
    if (is_image(file)) set.rows.push_back({file, {label}, is_query});
  }
  if (depth >= kMaxDepth) return;
  for (const fs::path& inner : sorted_entries(folder, true)) {
    add_images(inner, label, is_query, depth + 1, set);
  }
}

void add_classes(const fs::path& folder, bool is_query, EvaluationSet& set) {
  for (const fs::path& inner : sorted_entries(folder, true)) {
    add_images(inner, inner.filename().string(), is_query, 0, set);
  }
}

std::optional<fs::path> held_out_folder(const fs::path& folder) {
  std::error_code ignored;
  if (!fs::is_directory(folder / "train", ignored)) return std::nullopt;
  for (const char* name : {"validation", "val", "test"}) {
    if (fs::is_directory(folder / name, ignored)) return folder / name;
  }
  return std::nullopt;
}

Result<EvaluationSet> load_folder(const fs::path& folder, const std::vector<std::string>& labels) {
  if (!labels.empty() && labels != std::vector{std::string(kClassLabel)}) {
    return invalid("labels", "a folder of photos has the label \"class\" only");
  }
  EvaluationSet set;
  set.label_names = {std::string(kClassLabel)};
  if (const auto held_out = held_out_folder(folder)) {
    set.has_gallery = true;
    add_classes(folder / "train", false, set);
    add_classes(*held_out, true, set);
  } else {
    add_classes(folder, false, set);
  }
  if (set.rows.empty()) {
    return invalid("path", "the folder has no sub-folders of photos, one for each class, and no styles.csv");
  }
  return set;
}

using Header = std::vector<std::string>;

std::optional<std::size_t> column(const Header& header, std::string_view name) {
  const auto it = std::ranges::find(header, name);
  if (it == header.end()) return std::nullopt;
  return static_cast<std::size_t>(it - header.begin());
}

// A label made of one or several columns.
struct LabelColumns {
  std::string name;
  std::vector<std::size_t> columns;
};

Result<LabelColumns> find_label(const Header& header, const std::string& name) {
  if (const auto whole = column(header, name)) return LabelColumns{name, {*whole}};
  LabelColumns label{name, {}};
  for (std::size_t from = 0; from <= name.size();) {
    const std::size_t to = std::min(name.find('+', from), name.size());
    const auto part = column(header, std::string_view(name).substr(from, to - from));
    if (!part) return invalid("labels", "the file has no column for the label \"" + name + "\"");
    label.columns.push_back(*part);
    from = to + 1;
  }
  return label;
}

std::vector<std::string> default_labels(const Header& header) {
  std::vector<std::string> labels;
  const auto add = [&](std::initializer_list<const char*> names) {
    for (const char* name : names) {
      if (find_label(header, name)) labels.emplace_back(name);
    }
  };
  add({"articleType", "baseColour", "articleType+baseColour"});
  if (labels.empty()) add({"category", "subcategory", "primary_color", "subcategory+primary_color"});
  if (labels.empty()) add({"class", "label"});
  return labels;
}

// The value of a label; empty when one of its parts is empty.
std::string label_value(const LabelColumns& label, const std::vector<std::string>& cells) {
  std::string value;
  for (std::size_t i = 0; i < label.columns.size(); ++i) {
    const std::string_view part = trim(cells[label.columns[i]]);
    if (part.empty()) return {};
    if (i > 0) value += kValueSeparator;
    value += part;
  }
  return value;
}

// The column that gives a row's image: as a path, or as the id of a file in images/.
struct ImageColumn {
  std::size_t index = 0;
  bool is_id = false;

  fs::path image(const fs::path& folder, const std::vector<std::string>& cells) const {
    const std::string_view cell = trim(cells[index]);
    if (is_id) return folder / "images" / (std::string(cell) + ".jpg");
    return folder / std::string(cell.substr(0, cell.find('|')));
  }
};

Result<ImageColumn> find_image_column(const Header& header) {
  for (const char* name : {"image", "images", "image_path", "path", "file", "filename"}) {
    if (const auto found = column(header, name)) return ImageColumn{*found, false};
  }
  if (const auto id = column(header, "id")) return ImageColumn{*id, true};
  return invalid("path", "the file has neither a column of images (image, images, path, ...) nor an id");
}

// The cells of the next row; nullopt at the end.
Result<std::optional<std::vector<std::string>>> next_row(CsvReader& table) {
  FIT_TRY(auto row, table.next());
  if (!row) return std::nullopt;
  if (!row->problem.empty()) return malformed("path", fit::format("line {} {}", row->line, row->problem));
  return std::move(row->fields);
}

Result<EvaluationSet> load_table(const fs::path& file, const std::vector<std::string>& wanted) {
  FIT_TRY(CsvReader table, CsvReader::open(file));
  FIT_TRY(auto first, next_row(table));
  if (!first) return invalid("path", "the file is empty");
  Header header = *std::move(first);
  for (std::string& name : header) name = std::string(trim(name));

  FIT_TRY(const ImageColumn image, find_image_column(header));
  const std::vector<std::string> names = wanted.empty() ? default_labels(header) : wanted;
  if (names.empty())
    return invalid("labels", "the file has none of the default label columns; name the labels");
  std::vector<LabelColumns> labels;
  EvaluationSet set;
  for (const std::string& name : names) {
    FIT_TRY(labels.emplace_back(), find_label(header, name));
    set.label_names.push_back(name);
  }
  while (true) {
    FIT_TRY(const auto cells, next_row(table));
    if (!cells) break;
    EvaluationSet::Row& row = set.rows.emplace_back();
    row.image = image.image(file.parent_path(), *cells);
    for (const LabelColumns& label : labels) row.labels.push_back(label_value(label, *cells));
  }
  if (set.rows.empty()) return invalid("path", "the file has a header but no rows");
  return set;
}

}  // namespace

Result<EvaluationSet> load_evaluation_set(const fs::path& path, const std::vector<std::string>& labels) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) return not_found("there is no file or folder " + path.string());
  if (!fs::is_directory(status)) return load_table(path, labels);
  if (fs::is_regular_file(path / "styles.csv", error)) return load_table(path / "styles.csv", labels);
  return load_folder(path, labels);
}

std::vector<std::size_t> gallery_rows(const EvaluationSet& set, const EvaluationVectors& vectors) {
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < set.rows.size(); ++row) {
    const bool is_ranked = !set.has_gallery || !set.rows[row].is_query;
    if (is_ranked && vectors.present[row] != 0) rows.push_back(row);
  }
  return rows;
}

Result<EvaluationVectors> read_evaluation_vectors(const fs::path& path, std::size_t rows) {
  FIT_TRY(const Bytes content, read_file(path, kMaxVectorBytes));
  const std::size_t row_bytes = rows == 0 ? 0 : content.size() / rows;
  if (row_bytes == 0 || content.size() % rows != 0 || row_bytes % sizeof(float) != 0) {
    return invalid("vectors",
                   fit::format("{} bytes are not {} rows of float32 numbers", content.size(), rows));
  }
  EvaluationVectors vectors;
  const std::size_t dimensions = row_bytes / sizeof(float);
  vectors.dimensions = static_cast<int>(dimensions);
  vectors.present.assign(rows, 1);
  vectors.values = floats_of(content);
  for (std::size_t row = 0; row < rows; ++row) {
    const std::span<float> values(vectors.values.data() + row * dimensions, dimensions);
    double sum = 0;
    for (const float value : values) sum += static_cast<double>(value) * value;
    if (!std::isfinite(sum) || sum <= 0) {
      return invalid("vectors", fit::format("row {} is zero or not finite", row + 1));
    }
    const auto scale = static_cast<float>(1 / std::sqrt(sum));
    for (float& value : values) value *= scale;
  }
  return vectors;
}

}  // namespace fit::evaluate
