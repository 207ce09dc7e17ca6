#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "catalog/image_files.h"
#include "catalog/item_input.h"
#include "domain/records.h"
#include "net/http_client.h"

namespace fit::catalog {

// Gets an image's file from wherever it is. Thread-safe, blocks; does not own its parts.
class ImageLoader {
 public:
  struct Options {
    net::HttpLimits fetch_limits;
    std::uint64_t max_bytes = 0;  // of any image file
    bool allow_local_paths = false;
  };
  ImageLoader(net::HttpClient& http, const ImageFiles& files, const Options& options);

  // Whether the source may be used at all, without looking at it: kInvalid naming `field`.
  Result<void> check(std::string_view field, const ImageSource& source) const;

  // The file of an image that a client or an import names; sent bytes are taken out of the source. Errors
  // name `field`: those of check(), HttpClient::get and read_file.
  Result<Bytes> load(std::string_view field, ImageSource& source) const;

  // The file of an image that is in the catalogue already: fetched, local or stored.
  Result<Bytes> load_known(std::string_view field, const domain::ImageFields& image) const;
  // The same file for a client; not of an image on the web. The errors of load_known() and image_file().
  Result<ImageFile> open_known(std::string_view field, const domain::ImageFields& image) const;

 private:
  Result<Bytes> fetch(std::string_view field, const std::string& url) const;
  Result<Bytes> read_local(std::string_view field, const std::filesystem::path& path) const;
  // The error of the file at `path` in the words of a client, naming `field`.
  Error reworded(std::string_view field, const std::string& path, Error error) const;

  net::HttpClient& http_;
  const ImageFiles& files_;
  Options options_;
};

}  // namespace fit::catalog
