#include "ingest/import/row_source.h"

#include "base/text.h"
#include "catalog/text_rules.h"

namespace fit::ingest {

Result<ImportFormat> import_format(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return ImportFormat::kFolder;
  const std::string ending = to_lower(path.extension().string());
  if (ending == ".csv") return ImportFormat::kCsv;
  if (ending == ".ndjson" || ending == ".jsonl") return ImportFormat::kNdjson;
  return invalid(path.string(), "must be a folder or a file ending in .csv, .ndjson or .jsonl");
}

void complete(catalog::ItemInput& item, const SourceContext& context) {
  if (item.listing.source.empty()) item.listing.source = context.source;
  for (catalog::ImageSource& image : item.images) {
    if (image.location.empty() || catalog::is_http_url(image.location)) continue;
    image.location = (context.folder / image.location).lexically_normal().string();
  }
}

Result<std::unique_ptr<RowSource>> open_rows(const std::filesystem::path& input, const ImportOptions& options,
                                             std::size_t max_image_bytes, const std::stop_token& stop) {
  std::error_code error;
  std::filesystem::path path = std::filesystem::absolute(input, error).lexically_normal();
  if (error) return from_errno("find " + input.string(), error.value());
  if (!path.has_filename()) path = path.parent_path();  // "photos/"
  SourceContext context;
  context.ignore_unknown_columns = options.ignore_unknown_columns;
  context.max_image_bytes = max_image_bytes;
  context.stop = stop;
  const bool folder = options.format == ImportFormat::kFolder;
  context.folder = folder ? path : path.parent_path();
  context.source = options.source;
  if (context.source.empty()) context.source = folder ? path.filename().string() : path.stem().string();
  domain::Listing probe;
  FIT_CHECK(catalog::set_text(probe, "source", context.source));
  context.source = probe.source;
  switch (options.format) {
    case ImportFormat::kCsv:
      return open_csv(path, context);
    case ImportFormat::kNdjson:
      return open_ndjson(path, context);
    case ImportFormat::kFolder:
      return open_folder(path, context);
  }
  return internal("an unknown import format", {});
}

}  // namespace fit::ingest
