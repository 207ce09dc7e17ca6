#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "evaluate/load/arrivals.h"
#include "net/http_client.h"

namespace fit::evaluate {

// The server that a load is for.
struct LoadTarget {
  std::string url;  // scheme, host and port, such as http://127.0.0.1:8000
  std::string key;  // an API key; empty: none is sent

  std::vector<std::string> headers() const;
};

// Reads the URL of a server. Loopback addresses and names are always allowed; any other host must be allowed
// by `is_remote_allowed`, which says that the caller may load it. kInvalid naming "URL" or "--remote".
Result<LoadTarget> load_target(const std::string& url, bool is_remote_allowed);

// Whether the URL itself says that it is for a private address: a literal address or "localhost". A name that
// leads to a private address does not, and HttpClient refuses it.
bool names_private_host(const std::string& url);

// What a request sends.
struct LoadBody {
  std::string method;
  std::string path;  // with its query
  std::vector<std::string> headers;
  std::string body;
};

// Makes the requests of a load: searches for the words of two titles of the catalogue, or for items like one
// of it; writes of items of the source "load-test", each with an image of its own; photos to ingest. The
// numbers of a run are part of titles and images, so that no server has them already. Immutable and
// thread-safe.
class LoadRequests {
 public:
  // `run` tells this run from others.
  static Result<LoadRequests> make(net::HttpClient& http, const LoadTarget& target, std::uint64_t run);

  // kInternal before media::start_vips().
  Result<LoadBody> body_of(LoadKind kind, std::uint64_t request) const;
  // What removes the item that request number `request`, a write, has made.
  LoadBody removal_of(std::uint64_t request) const;

 private:
  explicit LoadRequests(std::uint64_t run) : run_(run) {}

  LoadBody search(std::uint64_t request) const;
  Result<LoadBody> write(std::uint64_t request) const;
  Result<LoadBody> ingest(std::uint64_t request) const;
  Result<std::string> image_of(std::uint64_t request) const;
  std::string item_path(std::uint64_t request) const;

  std::uint64_t run_;
  std::vector<std::string> titles_;
  std::vector<std::string> ids_;
};

}  // namespace fit::evaluate
