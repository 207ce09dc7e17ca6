#include "ingest/assets/idempotency_keys.h"

#include "sql/sql_times.h"

namespace fit::ingest {
namespace {

constexpr std::string_view kHeader = "Idempotency-Key";

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;
using sql::ticks;

// The first request with a key.
struct First {
  std::string fingerprint;
  StoredResponse response;
  std::int64_t created_at = 0;
};

Result<std::optional<First>> read_first(SqlConnection& connection, const IdempotencyKeys::Request& request) {
  std::optional<First> first;
  FIT_CHECK(connection.query(
      "SELECT fingerprint, status, body, created_at FROM idempotency_keys WHERE owner = $1 AND request_key = "
      "$2",
      {std::string_view(request.owner), std::string_view(request.key)}, [&first](const SqlRow& row) {
        first =
            First{.fingerprint = std::string(row.text(0)),
                  .response = {.status = static_cast<int>(row.integer(1)), .body = std::string(row.text(2))},
                  .created_at = row.integer(3)};
      }));
  return first;
}

Error in_progress() {
  return {ErrorCode::kConflict,
          "a request with this key is being handled; send it again later",
          std::string(kHeader),
          {}};
}

}  // namespace

Result<std::optional<StoredResponse>> IdempotencyKeys::begin(const Request& request, Timestamp time) {
  using Found = Result<std::optional<StoredResponse>>;
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Found {
    const std::string_view owner = request.owner;
    const std::string_view key = request.key;
    FIT_CHECK(
        connection.execute("DELETE FROM idempotency_keys WHERE owner = $1 AND request_key = $2 AND "
                           "(created_at < $3 OR (status = "
                           "0 AND created_at < $4))",
                           {owner, key, ticks(time - kKept), ticks(time - kGivenUp)}));
    FIT_TRY(const std::int64_t inserted,
            connection.execute("INSERT INTO idempotency_keys (owner, request_key, fingerprint, status, body, "
                               "created_at) VALUES ($1, $2, $3, 0, '', $4) ON CONFLICT (owner, request_key) "
                               "DO NOTHING",
                               {owner, key, std::string_view(request.fingerprint), ticks(time)}));
    if (inserted == 1) return std::nullopt;
    FIT_TRY(const auto first, read_first(connection, request));
    if (!first) return in_progress();
    if (first->fingerprint != request.fingerprint) {
      return invalid(std::string(kHeader), "was sent with another request before");
    }
    if (first->response.status == 0) return in_progress();
    return std::optional(first->response);
  });
}

Result<void> IdempotencyKeys::finish(const Request& request, const StoredResponse& response) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(connection.execute(
        "UPDATE idempotency_keys SET status = $1, body = $2 WHERE owner = $3 AND request_key = $4 AND "
        "fingerprint = $5",
        {std::int64_t{response.status}, std::string_view(response.body), std::string_view(request.owner),
         std::string_view(request.key), std::string_view(request.fingerprint)}));
    return {};
  });
}

Result<void> IdempotencyKeys::forget(const Request& request) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(
        connection.execute("DELETE FROM idempotency_keys WHERE owner = $1 AND request_key = $2 AND "
                           "fingerprint = $3 AND status = 0",
                           {std::string_view(request.owner), std::string_view(request.key),
                            std::string_view(request.fingerprint)}));
    return {};
  });
}

Result<std::int64_t> IdempotencyKeys::prune(Timestamp time) {
  return database_->write(Ordering::kUnordered, [&](SqlConnection& connection) {
    return connection.execute("DELETE FROM idempotency_keys WHERE created_at < $1", {ticks(time - kKept)});
  });
}

}  // namespace fit::ingest
