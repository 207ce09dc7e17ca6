#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/temp_dir.h"
#include "net/url.h"

namespace fit::ingest {

// A feed as a file that can be read: fetched, or decompressed, into a temporary folder.
struct FeedFile {
  std::filesystem::path path;
  std::string sha256;           // of the file
  std::optional<net::Url> url;  // where it was found, after redirects; nullopt: a path
  std::string etag;             // of the response
  std::string last_modified;
  std::unique_ptr<TempDir> folder;  // holds the file; null for one of the operator's
};

}  // namespace fit::ingest
