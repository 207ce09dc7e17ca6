#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "catalog/image_fetcher.h"
#include "catalog/image_files.h"
#include "catalog/image_memory.h"
#include "catalog/item_input.h"
#include "domain/records.h"
#include "net/http_client.h"

namespace fit::catalog {

// Bounds on the fetches of one caller. The images of one item share a deadline.
struct FetchLimits {
  // nullopt: each fetch has the time limit of the loader's options.
  std::optional<std::chrono::steady_clock::time_point> deadline = {};
  std::stop_token stop = {};
  // Fetches images from URLs, whatever the deadline. It must outlive the call. Null: the loader's own client
  // does.
  ImageFetcher* fetcher = nullptr;
  // The memory by which an image that the caller knows under the same URL is fetched when it has changed. It
  // must outlive the loaded images. Null: such an image is not asked for.
  ImageMemory* memory = nullptr;
};

// Loads image files from URLs, local paths and the catalogue's own storage. Thread-safe; calls block. Borrows
// the client and the files.
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

  // The file of an image that a client or an import names. Sent bytes are moved out of the source. The errors
  // of check(), HttpClient::get() and read_file(), naming `field`; kDeadlineExceeded and kCancelled by
  // `limits`.
  Result<Bytes> load(std::string_view field, ImageSource& source, const FetchLimits& limits = {}) const;

  // An image from a URL. `known` are the validators of the content that the caller has. The errors of load(),
  // and those of FetchLimits::fetcher.
  Result<FetchedImage> fetch(std::string_view field, const std::string& url, const net::HttpValidators& known,
                             const FetchLimits& limits) const;

  // The file of an image of the catalogue, whether it is remote, local or stored. The errors of load(), and
  // kDamaged for a stored file that is missing or damaged.
  Result<Bytes> load_known(std::string_view field, const domain::ImageFields& image,
                           const FetchLimits& limits = {}) const;
  // Opens the file of a local or stored image of the catalogue for a client. The errors of load_known() and
  // image_file().
  Result<ImageFile> open_known(std::string_view field, const domain::ImageFields& image) const;

  // Limits with which all images of one item together have the time limit of one fetch, from now on.
  FetchLimits limits_from_now(std::stop_token stop = {}) const {
    return {.deadline = std::chrono::steady_clock::now() + options_.fetch_limits.total_timeout,
            .stop = std::move(stop)};
  }

 private:
  Result<Bytes> read_local(std::string_view field, const std::filesystem::path& path) const;
  // The error of the file at `path` in the words of a client, naming `field`.
  Error reworded(std::string_view field, const std::string& path, Error error) const;

  net::HttpClient& http_;
  const ImageFiles& files_;
  Options options_;
};

}  // namespace fit::catalog
