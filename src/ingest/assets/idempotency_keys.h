#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "sql/database.h"

namespace fit::ingest {

// A response that is stored for a repetition of its request.
struct StoredResponse {
  int status = 0;
  std::string body;  // JSON
};

// The requests that clients have sent with an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header), by
// caller and key, with their responses. Thread-safe; calls block. Borrows the database. Errors besides those
// named: as for sql::Database.
class IdempotencyKeys {
 public:
  static constexpr std::chrono::hours kKept{24};
  // A request without a response counts as given up after this time: its server was killed.
  static constexpr std::chrono::minutes kGivenUp{5};
  static constexpr std::size_t kMaxKeyBytes = 255;

  explicit IdempotencyKeys(sql::Database& database) : database_(&database) {}

  // A request of a caller.
  struct Request {
    std::string owner;        // the id of the principal
    std::string key;          // of 1 to kMaxKeyBytes
    std::string fingerprint;  // equal for equal requests
  };

  // Notes that the request is being handled. Returns the response if it was handled before; nullopt: the
  // caller handles it now, and then calls finish() or forget(). kInvalid naming "Idempotency-Key" when the
  // key came with another request; kConflict while the first one is being handled.
  Result<std::optional<StoredResponse>> begin(const Request& request, Timestamp time = now());
  // Stores the response.
  Result<void> finish(const Request& request, const StoredResponse& response);
  // Forgets a request that failed, so that it may be sent again.
  Result<void> forget(const Request& request);

  // Removes keys that are older than kKept. Returns their number.
  Result<std::int64_t> prune(Timestamp time = now());

 private:
  sql::Database* database_;
};

}  // namespace fit::ingest
