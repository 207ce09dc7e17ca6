#include "http/ingest_form.h"

#include "base/format.h"
#include "http/multipart.h"

namespace fit::http {
namespace {

using ingest::AssetMetadata;

// One description for each of `count` files. `given` is null, an object for all or an array.
Result<std::vector<AssetMetadata>> metadata_of(const Json& given, std::size_t count) {
  if (given.is_null()) return std::vector<AssetMetadata>(count);
  if (!given.is_array()) {
    FIT_TRY(const AssetMetadata all, ingest::parse_asset_metadata("metadata", given));
    return std::vector<AssetMetadata>(count, all);
  }
  if (given.size() != count) {
    return invalid("metadata", fit::format("has {} objects for {} files", given.size(), count));
  }
  std::vector<AssetMetadata> each;
  for (std::size_t i = 0; i < count; ++i) {
    FIT_TRY(AssetMetadata one, ingest::parse_asset_metadata(fit::format("metadata[{}]", i), given[i]));
    each.push_back(std::move(one));
  }
  return each;
}

}  // namespace

Result<std::vector<IngestFile>> parse_ingest_form(const Request& request) {
  FIT_TRY(const std::vector<FormPart> parts,
          parse_multipart(request.headers.get("content-type"), request.body, kMaxIngestFiles + 1));
  std::vector<IngestFile> files;
  Json metadata;
  for (const FormPart& part : parts) {
    if (part.name == "metadata") {
      if (!metadata.is_null()) return invalid("metadata", "is given twice");
      FIT_TRY(metadata, parse_json("metadata", part.content));
    } else if (part.name != "files") {
      return invalid(part.name.substr(0, 100), "is not a known part beside files and metadata");
    } else if (!part.is_file) {
      return invalid("files", "must be a file, with a file name");
    } else if (!part.is_absent) {
      files.push_back(
          {.name = ingest::display_name(part.file_name), .content = part.content, .metadata = {}});
    }
  }
  if (files.empty()) return invalid("files", "is missing");
  FIT_TRY(std::vector<AssetMetadata> each, metadata_of(metadata, files.size()));
  for (std::size_t i = 0; i < files.size(); ++i) files[i].metadata = std::move(each[i]);
  return files;
}

Result<std::vector<IngestUrl>> parse_ingest_urls(const Json& body) {
  for (const auto& [name, value] : body.items()) {
    if (name != "urls" && name != "metadata") {
      return invalid(name.substr(0, 100), "is not a known member beside urls and metadata");
    }
  }
  const auto given = body.find("urls");
  if (given == body.end() || !given->is_array() || given->empty()) {
    return invalid("urls", "must be a list of URLs");
  }
  if (given->size() > kMaxIngestFiles) {
    return invalid("urls", fit::format("must not hold more than {} URLs", kMaxIngestFiles));
  }
  const auto metadata = body.find("metadata");
  FIT_TRY(std::vector<AssetMetadata> each,
          metadata_of(metadata == body.end() ? Json() : *metadata, given->size()));
  std::vector<IngestUrl> urls;
  for (std::size_t i = 0; i < given->size(); ++i) {
    if (!(*given)[i].is_string()) return invalid(fit::format("urls[{}]", i), "must be a text");
    urls.push_back({.url = (*given)[i].get<std::string>(), .metadata = std::move(each[i])});
  }
  return urls;
}

}  // namespace fit::http
