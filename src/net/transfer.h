#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "net/http_client.h"

namespace fit::net {

// The status line and headers of the last response.
struct ResponseHead {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string linked_etag;                     // X-Linked-ETag of any response, redirects included
  std::optional<std::uint64_t> content_length;
  std::string url;  // after redirects

  std::string header(const std::string& name) const;
};

// One attempt at a request, with its redirects.
struct TransferRequest {
  std::string_view field;
  std::string url;
  HttpLimits limits;
  std::string method = {};  // empty: POST when there is a body, GET otherwise
  std::vector<std::string> headers = {};
  std::optional<std::string_view> body = {};
  std::optional<AwsSigning> signing = {};
  bool accept_compressed = false;
  bool keep_error_body = false;  // whether the outcome has the body of an error status
  bool limit_silence_only =
      false;  // limits.total_timeout is the longest time without a byte, not the whole time
  // When the attempt ends; nullopt: limits.total_timeout after its start.
  std::optional<std::chrono::steady_clock::time_point> deadline = {};
  // Called for a 2xx response: on_head once, then on_body for each piece. An Error stops the transfer and
  // becomes its result.
  std::function<Result<void>(const ResponseHead&)> on_head = {};
  std::function<Result<void>(ByteView)> on_body = {};
};

// How one attempt ended.
struct TransferOutcome {
  ResponseHead head;           // status 0 without a response
  std::optional<Error> error;  // set unless a 2xx response is complete
  bool retry = false;          // trying again may help
  std::chrono::seconds retry_after{0};
  Bytes error_body = {};  // its first 64 KiB
};

// Runs transfers over a pool of kept-alive curl handles. Thread-safe; calls block.
class Transfers {
 public:
  explicit Transfers(const HttpClient::Options& options);
  ~Transfers();
  Transfers(const Transfers&) = delete;
  Transfers& operator=(const Transfers&) = delete;

  TransferOutcome run(const TransferRequest& request);

  // Runs `attempt` up to 1 + limits.retries times while its outcome says `retry`. Waits between attempts by
  // Retry-After, or by exponential backoff with jitter. No attempt follows a wait longer than
  // limits.total_timeout or beyond `deadline`, or a request of limits.stop. An attempt that made progress
  // sets `reset_count`, which restarts the count.
  using Attempt = std::function<TransferOutcome(bool& reset_count)>;
  TransferOutcome run_with_retries(const HttpLimits& limits, const Attempt& attempt,
                                   std::optional<std::chrono::steady_clock::time_point> deadline = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fit::net
