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

// What came before the body of the last answer.
struct ResponseHead {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string linked_etag;                     // X-Linked-ETag of any answer on the way, redirects included
  std::optional<std::uint64_t> content_length;
  std::string url;  // after redirects

  std::string header(const std::string& name) const;
};

// One GET, or POST where there is a body, with its redirects: one attempt.
struct TransferRequest {
  std::string_view field;
  std::string url;
  HttpLimits limits;
  std::vector<std::string> headers = {};
  std::optional<std::string_view> body = {};
  bool accept_compressed = false;
  bool limit_silence_only =
      false;  // limits.total_timeout is the longest time without a byte, not the whole time
  // Of an answer with status 2xx: its head once, then its body in pieces. An Error stops the transfer and
  // becomes its result.
  std::function<Result<void>(const ResponseHead&)> on_head = {};
  std::function<Result<void>(ByteView)> on_body = {};
};

struct TransferOutcome {
  ResponseHead head;           // status 0 when no answer came
  std::optional<Error> error;  // set unless a 2xx answer came whole
  bool retry = false;          // trying again may help
  std::chrono::seconds retry_after{0};
};

// Runs transfers over a pool of kept-alive curl handles. Thread-safe; calls block.
class Transfers {
 public:
  explicit Transfers(const HttpClient::Options& options);
  ~Transfers();
  Transfers(const Transfers&) = delete;
  Transfers& operator=(const Transfers&) = delete;

  TransferOutcome run(const TransferRequest& request);

  // Runs `attempt` up to 1 + limits.retries times while it says so, waiting between by Retry-After or an
  // exponential backoff with jitter. A Retry-After longer than limits.total_timeout ends it. `reset_count`
  // after an attempt that made headway.
  using Attempt = std::function<TransferOutcome(bool& reset_count)>;
  TransferOutcome run_with_retries(const HttpLimits& limits, const Attempt& attempt);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fit::net
