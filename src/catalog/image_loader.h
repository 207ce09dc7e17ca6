#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "catalog/image_files.h"
#include "catalog/item_input.h"
#include "domain/records.h"
#include "net/http_client.h"

namespace fit::catalog {

// When a caller gives up on what it fetches: the images of one item share one deadline.
struct FetchLimits {
  std::optional<std::chrono::steady_clock::time_point> deadline = {};  // nothing: ImageLoader's limit for each
  std::stop_token stop = {};
};

// Gets an image's file from wherever it is. Thread-safe, blocks; does not own its parts.
class ImageLoader {
 public:
  // Limits of a loader.
  struct Options {
    net::HttpLimits fetch_limits;
    std::uint64_t max_bytes = 0;  // the largest image file
    bool allow_local_paths = false;
  };
  ImageLoader(net::HttpClient& http, const ImageFiles& files, const Options& options);

  // Checks without reading the image whether the source may be used. kInvalid naming `field`.
  Result<void> check(std::string_view field, const ImageSource& source) const;

  // The file of an image that a client or an import names; sent bytes are taken out of the source. Errors
  // name `field`: those of check(), HttpClient::get and read_file.
  // kDeadlineExceeded and kCancelled by `limits` too.
  Result<Bytes> load(std::string_view field, ImageSource& source, const FetchLimits& limits = {}) const;

  // The file of an image that is in the catalogue already: fetched, local or stored. Errors as for load(), and
  // kDamaged for a stored file that is lost or has another content.
  Result<Bytes> load_known(std::string_view field, const domain::ImageFields& image,
                           const FetchLimits& limits = {}) const;
  // The same file for a client; not of an image on the web. The errors of load_known() and image_file().
  Result<ImageFile> open_known(std::string_view field, const domain::ImageFields& image) const;

  // The limits of one item's images that begin now: all of them within the time of one.
  FetchLimits limits_from_now(std::stop_token stop = {}) const {
    return {.deadline = std::chrono::steady_clock::now() + options_.fetch_limits.total_timeout,
            .stop = std::move(stop)};
  }

 private:
  Result<Bytes> fetch(std::string_view field, const std::string& url, const FetchLimits& limits) const;
  Result<Bytes> read_local(std::string_view field, const std::filesystem::path& path) const;
  // The error of the file at `path` in the words of a client, naming `field`.
  Error reworded(std::string_view field, const std::string& path, Error error) const;

  net::HttpClient& http_;
  const ImageFiles& files_;
  Options options_;
};

}  // namespace fit::catalog
