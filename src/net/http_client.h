#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/progress.h"
#include "base/result.h"

namespace fit::net {

// The limits of one request.
struct HttpLimits {
  std::chrono::milliseconds connect_timeout{5000};
  // The time limit of the whole call: all attempts with their redirects, and the waits between them. For
  // download(): the longest silence.
  std::chrono::milliseconds total_timeout{30000};
  std::uint64_t max_bytes = 20u << 20;  // of the body; more is kTooLarge, and the transfer stops there
  int max_redirects = 5;
  // Further attempts after 429, 5xx, connection failures and time-outs, with exponential backoff and jitter;
  // Retry-After is honoured.
  int retries = 2;
  std::stop_token stop = {};  // when requested, the call returns kCancelled within about a second
};

// The validators by which a server recognises the version of a resource that a client has (RFC 9110, 8.8).
struct HttpValidators {
  std::string etag = {};
  std::string last_modified = {};

  bool is_empty() const { return etag.empty() && last_modified.empty(); }
  friend bool operator==(const HttpValidators&, const HttpValidators&) = default;
};

// A response with its whole body.
struct HttpResponse {
  int status = 0;
  Bytes body;  // decompressed
  std::string content_type;
  std::string final_url;
  std::chrono::seconds retry_after{0};  // the server's Retry-After
  HttpValidators validators = {};       // of a response to get()
};

// What signs a request with AWS Signature Version 4, by which S3 and servers like it know their callers. The
// body is part of the signature.
struct AwsSigning {
  std::string service;  // "s3"
  std::string region;
  std::string key_id;
  std::string secret;
  std::string session_token;  // of temporary credentials, otherwise empty
};

// A response of any status.
struct HttpReply {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  Bytes body;                                  // of an error status the first 64 KiB

  std::string header(const std::string& name) const;  // empty when the response does not have it
};

// An HTTP client for outgoing requests, http and https only. Refuses addresses that are private, loopback,
// link-local, multicast or otherwise not public (RFC 6890), unless allow_private_addresses is set. The check
// is made on the connected address, after name resolution and at each redirect, so that DNS cannot be used to
// evade it. Proxies of the environment (http_proxy, https_proxy, all_proxy, no_proxy, read at construction)
// are used, and may have private addresses. A proxy resolves names and makes the connection itself, so with a
// proxy only hosts written as addresses, "localhost" and names under .localhost, .local and .internal are
// refused here. SSL_CERT_FILE names another bundle of certificate authorities. Thread-safe; calls block.
// Errors: kInvalid (bad URL or a refused address, naming `field`), kNotFound (404 or 410), kDeadlineExceeded,
// kTooLarge, kCancelled (HttpLimits::stop), kBadGateway (another error status or a broken transfer).
class HttpClient {
 public:
  // What applies to all requests of a client.
  struct Options {
    bool allow_private_addresses = false;
    std::string user_agent = "FindThisFit/0.1";
    // The function that waits between attempts; std::this_thread::sleep_for when empty.
    std::function<void(std::chrono::milliseconds)> sleep = {};
  };

  explicit HttpClient(Options options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Sends a GET. A status other than 2xx is an error: kNotFound for 404 and 410, kBadGateway otherwise.
  Result<HttpResponse> get(std::string_view field, const std::string& url, const HttpLimits& limits = {}) {
    return get(field, Get{.url = url}, limits);
  }
  // A GET of a resource that the caller may have. With the validators of its version, a response of the
  // status 304, without a body, says that it has not changed.
  struct Get {
    std::string url;
    HttpValidators known = {};
  };
  Result<HttpResponse> get(std::string_view field, const Get& wanted, const HttpLimits& limits);

  // A POST is sent once and follows no redirects, which would send the headers to another host. Any status is
  // a response, with a body for 2xx only; errors are those of the transfer, as for get(). Headers are never
  // part of an error or a log line.
  struct Post {
    std::string url;
    std::string body;
    std::vector<std::string> headers = {};  // each "Name: value"
  };
  Result<HttpResponse> post(std::string_view field, const Post& post, const HttpLimits& limits);

  // A request of any method follows no redirects and is repeated as `limits.retries` says;
  // `limits.total_timeout` is the limit of each attempt. Any status is a response, that of the last attempt;
  // errors are those of the transfer, as for get(). `body` must outlive the call. Neither headers nor the
  // secret are ever part of an error or a log line.
  struct Request {
    std::string method;  // GET, HEAD, PUT, POST or DELETE
    std::string url;
    std::vector<std::string> headers = {};  // each "Name: value"
    std::optional<ByteView> body = {};      // of PUT and POST
    std::optional<AwsSigning> signing = {};
    bool accept_compressed = false;  // gzip, brotli and the like, decompressed on the way
    // `limits.total_timeout` is the longest silence instead of the whole time of an attempt.
    bool limit_silence_only = false;
    // Gets the body of a 2xx response piece by piece instead of HttpReply::body, decompressed and within
    // `limits.max_bytes`. An Error ends the transfer and is its result. With it, `limits.retries` must be 0.
    std::function<Result<void>(ByteView)> sink = {};
  };
  Result<HttpReply> send(std::string_view field, const Request& request, const HttpLimits& limits);

  // Downloads into `path` by GET, and resumes after the bytes that are there already (Range, If-Range); a
  // broken transfer leaves its bytes for the next call. The response's ETag or Last-Modified is stored in
  // `<path>.etag` until the file is complete; without it, or when the server has another version or does not
  // support ranges, the download starts from the beginning. The size is limited by `limits.max_bytes` alone.
  // `path`'s folder must exist; the file is synced to the disk on success. `progress` is called for every
  // piece received. Errors as for get(), and kStorageFull.
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
