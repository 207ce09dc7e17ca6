#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace fit::net {

struct HttpLimits {
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds total_timeout{
      30000};                           // of each attempt with its redirects; download(): the longest silence
  std::uint64_t max_bytes = 20u << 20;  // of the body; more is kTooLarge, and the transfer stops there
  int max_redirects = 5;
  int retries = 2;  // after 429, 5xx, connection failures and time-outs; exponential backoff with jitter,
                    // honours Retry-After
};

struct HttpResponse {
  int status = 0;
  Bytes body;  // decompressed
  std::string content_type;
  std::string final_url;
  std::chrono::seconds retry_after{0};  // what the server asks for in Retry-After
};

// Fetches from the outside world. Only http and https. Refuses addresses that are private, loopback,
// link-local, multicast or otherwise not public (RFC 6890), checked on the address really connected to, after
// name resolution and at each redirect, so that DNS cannot be used to get around it; unless
// allow_private_addresses is set. Proxies of the environment (http_proxy, https_proxy, all_proxy, no_proxy,
// read at construction) are used, and may have private addresses. Behind one, the proxy resolves names and
// makes the connection, so only hosts written as addresses, "localhost" and names under .localhost, .local
// and .internal can be refused here; the rest is the proxy's own rule. SSL_CERT_FILE names another bundle of
// certificate authorities. Thread-safe; calls block. Errors: kInvalid (bad URL or a refused address, naming
// `field`), kDeadlineExceeded, kTooLarge, kBadGateway (an error status or a broken transfer).
class HttpClient {
 public:
  struct Options {
    bool allow_private_addresses = false;
    std::string user_agent = "FindThisFit/0.1";
    // How to wait between attempts; empty for std::this_thread::sleep_for.
    std::function<void(std::chrono::milliseconds)> sleep = {};
  };

  explicit HttpClient(Options options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // GET. An answer other than 2xx is an error: kNotFound for 404 and 410, kBadGateway otherwise.
  Result<HttpResponse> get(std::string_view field, const std::string& url, const HttpLimits& limits = {});

  // POST, one attempt, no redirects, which would carry the headers elsewhere. Whatever status the server
  // answers with is an answer, with a body for 2xx alone; errors are those of the transfer, as for get().
  // Headers stand in no error and no log.
  struct Post {
    std::string url;
    std::string body;
    std::vector<std::string> headers = {};  // "Name: value"
  };
  Result<HttpResponse> post(std::string_view field, const Post& post, const HttpLimits& limits);

  // Done so far and in all; 0 when the server did not say how much. Called for every piece that comes.
  using Progress = std::function<void(std::uint64_t done_bytes, std::uint64_t total_bytes)>;

  // GET into `path`, going on after what is there already (Range, If-Range); what came is kept when the
  // transfer breaks, so that the next call resumes. The answer's ETag or Last-Modified is kept in
  // `<path>.etag` until the file is whole; without that, or when the server has another version or knows no
  // ranges, the file starts again from nothing. No limit on size but `limits.max_bytes`. `path`'s folder must
  // exist; the file is synced to the disk on success. Errors as for get(), and kStorageFull.
  struct Download {
    std::uint64_t size_bytes = 0;
    std::string sha256_from_server;  // hex from an X-Linked-ETag or ETag header that is a SHA-256, or empty
  };
  Result<Download> download(const std::string& url, const std::filesystem::path& path,
                            const HttpLimits& limits, const Progress& progress);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fit::net
