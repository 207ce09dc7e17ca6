#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace fit::net {

struct HttpLimits {
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds total_timeout{30000};
  std::uint64_t max_bytes = 20u << 20;  // of the body; more is kTooLarge, and the transfer stops there
  int max_redirects = 5;
  int retries = 2;  // after 429, 5xx, connection failures and time-outs; exponential backoff with jitter, honours Retry-After
};

struct HttpResponse {
  int status = 0;
  Bytes body;
  std::string content_type;
  std::string final_url;
};

// Fetches from the outside world. Only http and https. Refuses addresses that are private, loopback, link-local,
// multicast or otherwise not public (RFC 6890), checked on the address really connected to, after name resolution and at
// each redirect, so that DNS cannot be used to get around it; unless allow_private_addresses is set.
// Thread-safe; calls block. Errors: kInvalid (bad URL or a refused address, naming `field`), kDeadlineExceeded, kTooLarge,
// kBadGateway (an error status or a broken transfer).
class HttpClient {
 public:
  struct Options {
    bool allow_private_addresses = false;
    std::string user_agent = "FindThisFit/0.1";
  };

  explicit HttpClient(Options options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // GET. An answer other than 2xx is an error: kNotFound for 404 and 410, kBadGateway otherwise.
  Result<HttpResponse> get(std::string_view field, const std::string& url, const HttpLimits& limits = {});

  // Done so far and in all; 0 when the server did not say how much.
  using Progress = std::function<void(std::uint64_t done_bytes, std::uint64_t total_bytes)>;

  // GET into `path`, going on after what is there already (Range, If-Range); what came is kept when the transfer breaks, so that
  // the next call resumes. No limit on size but `limits.max_bytes`. Answers the response without its body;
  // `linked_sha256` in headers is looked at by embed/model_store.
  struct Download {
    std::uint64_t size_bytes = 0;
    std::string sha256_from_server;  // hex from an X-Linked-ETag or ETag header that is a SHA-256, or empty
  };
  Result<Download> download(const std::string& url, const std::filesystem::path& path, const HttpLimits& limits,
                            const Progress& progress);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fit::net
