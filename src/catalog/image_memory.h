#pragma once

#include <string>

#include "base/result.h"
#include "net/http_client.h"

namespace fit::catalog {

// What servers have said of the images behind URLs, so that an image is fetched again only when it has
// changed. Thread-safe; calls may block.
class ImageMemory {
 public:
  virtual ~ImageMemory() = default;

  // The validators that came with the content of this SHA-256 from the URL; empty when there are none.
  virtual Result<net::HttpValidators> find(const std::string& url, const std::string& sha256) = 0;
  // Replaces what was noted of the URL. The content is an image.
  virtual void note(const std::string& url, const std::string& sha256,
                    const net::HttpValidators& validators) = 0;
};

}  // namespace fit::catalog
