#pragma once

#include <chrono>
#include <cstddef>
#include <stop_token>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace fit::net {
class HttpClient;
}

namespace fit::http {

// How the image of a query is fetched from the web.
struct QueryImageLimits {
  std::chrono::milliseconds time_limit{20'000};
  std::size_t max_bytes = 0;
};

// The image of a query's image_url. Blocks. The errors of net::HttpClient::get() naming "image_url", where a
// remote server's 404 is no 404 of this server.
Result<Bytes> fetch_query_image(net::HttpClient& http, const std::string& url, const QueryImageLimits& limits,
                                const std::stop_token& stop);

}  // namespace fit::http
