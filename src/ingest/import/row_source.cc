#include "ingest/import/row_source.h"

#include <algorithm>

#include "base/input_file.h"
#include "base/text.h"
#include "catalog/text_rules.h"
#include "ingest/import/cell_values.h"
#include "ingest/import/json_splitter.h"
#include "ingest/import/shape.h"

namespace fit::ingest {
namespace {

// Detects the format from the beginning of a file: "<" is XML; "[" and an object of several lines are JSON;
// an object on one line that another follows is NDJSON; anything else is a table.
Result<ImportFormat> format_by_content(const std::filesystem::path& path) {
  FIT_TRY(InputFile file, InputFile::open(path));
  FIT_CHECK(file.grow());
  const std::string_view window = file.window();
  if (window.starts_with("PK\x03\x04") || window.starts_with("\xD0\xCF\x11\xE0")) {
    return invalid(path.string(), "is a spreadsheet or an archive; save it as CSV first");
  }
  std::string_view text = trim_marks(window);
  // The text is not decoded here: skip a byte order mark and the zero bytes of UTF-16.
  while (!text.empty() && (static_cast<unsigned char>(text[0]) >= 0x80 || text[0] == '\0'))
    text.remove_prefix(1);
  if (text.starts_with('<')) return ImportFormat::kXml;
  if (text.starts_with('[')) return ImportFormat::kJson;
  if (!text.starts_with('{')) return ImportFormat::kTable;
  const std::string_view line = trim(text.substr(0, text.find('\n')));
  const bool is_whole =
      line.ends_with('}') && line.size() < text.size() && trim(text.substr(line.size())).starts_with('{');
  return is_whole ? ImportFormat::kNdjson : ImportFormat::kJson;
}

}  // namespace

Result<ImportFormat> import_format(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return ImportFormat::kFolder;
  const std::string ending = to_lower(path.extension().string());
  if (ending == ".csv" || ending == ".tsv" || ending == ".tab") return ImportFormat::kTable;
  if (ending == ".ndjson" || ending == ".jsonl") return ImportFormat::kNdjson;
  if (ending == ".xml" || ending == ".rss" || ending == ".atom") return ImportFormat::kXml;
  if (ending == ".json" || ending == ".txt" || ending.empty()) return format_by_content(path);
  return invalid(path.string(),
                 "must be a folder or a file ending in .csv, .tsv, .ndjson, .jsonl, .json or .xml");
}

Result<std::unique_ptr<RowSource>> open_format(ImportFormat format, const std::filesystem::path& path,
                                               const SourceContext& context) {
  switch (format) {
    case ImportFormat::kTable:
      return open_table(path, context);
    case ImportFormat::kNdjson:
      return open_ndjson(path, context);
    case ImportFormat::kJson:
      return open_json(path, context);
    case ImportFormat::kXml:
      return open_xml(path, context);
    case ImportFormat::kFolder:
      return open_folder(path, context);
  }
  return internal("an unknown import format", {});
}

Result<std::unique_ptr<RowSource>> open_rows(const std::filesystem::path& input, const ImportOptions& options,
                                             std::size_t max_image_bytes, const std::stop_token& stop) {
  std::error_code error;
  std::filesystem::path path = std::filesystem::absolute(input, error).lexically_normal();
  if (error) return from_errno("find " + input.string(), error.value());
  if (!path.has_filename()) path = path.parent_path();  // "photos/"
  SourceContext context;
  context.shape = options.shape;
  context.mapping = options.mapping;
  context.ignore_unknown_columns = options.ignore_unknown_columns;
  context.max_image_bytes = max_image_bytes;
  context.stop = stop;
  const bool folder = options.format == ImportFormat::kFolder;
  context.folder = folder ? path : path.parent_path();
  context.source = options.source;
  if (context.source.empty()) context.source = default_source(path, options.format);
  domain::Listing probe;
  FIT_CHECK(catalog::set_text(probe, "source", context.source));
  context.source = probe.source;
  return open_format(options.format, path, context);
}

std::string default_source(const std::filesystem::path& input, ImportFormat format) {
  std::error_code ignored;
  std::filesystem::path path = std::filesystem::absolute(input, ignored).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  return format == ImportFormat::kFolder ? path.filename().string() : path.stem().string();
}

}  // namespace fit::ingest
