#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/message.h"
#include "ingest/assets/asset.h"

namespace fit::http {

// The most files, or URLs, of one request to /api/v1/ingest.
inline constexpr std::size_t kMaxIngestFiles = 1000;

// One file of a request. The content points into the request's body.
struct IngestFile {
  std::string name;  // for display
  std::string_view content;
  ingest::AssetMetadata metadata;
};

// One URL of a request.
struct IngestUrl {
  std::string url;
  ingest::AssetMetadata metadata;
};

// Reads the files of a multipart/form-data body: the parts "files", and "metadata", a JSON object for all
// files or an array with one object for each. kInvalid naming the part for unknown ones, for a body without
// files, and for bad metadata; the errors of parse_multipart() and parse_json().
Result<std::vector<IngestFile>> parse_ingest_form(const Request& request);

// Reads {"urls": [...], "metadata": ...}. The texts of the URLs are not checked. kInvalid naming the member.
Result<std::vector<IngestUrl>> parse_ingest_urls(const Json& body);

}  // namespace fit::http
