#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "net/http_client.h"

namespace fit::catalog {

// An image from a URL.
struct FetchedImage {
  bool is_unchanged = false;  // the content that the caller has; `file` is empty then
  Bytes file;
  net::HttpValidators validators;  // of the content; may be empty
};

// Fetches images by rules of its own, in place of the client of an ImageLoader. Thread-safe; calls block.
class ImageFetcher {
 public:
  virtual ~ImageFetcher() = default;

  // An image of at most `max_bytes`. `known` are the validators of the content that the caller has. Errors
  // that name `field` concern the image; kCancelled after `stop`; other errors without a field are those of
  // the fetcher.
  virtual Result<FetchedImage> fetch(std::string_view field, const std::string& url,
                                     const net::HttpValidators& known, std::uint64_t max_bytes,
                                     const std::stop_token& stop) = 0;
};

}  // namespace fit::catalog
