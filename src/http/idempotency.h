#pragma once

#include <functional>
#include <string>

#include "http/message.h"
#include "ingest/assets/idempotency_keys.h"

namespace fit::http {

// Calls `handle`, at most once for all requests of one caller with the same Idempotency-Key header: a
// repetition gets the stored response, with the header Idempotent-Replayed. Responses with an error of the
// server (5xx, 429) are not stored. `fingerprint` is called when the request has the header, and returns
// equal texts for equal requests. kInvalid naming "Idempotency-Key" for a key of a wrong form, or one that
// came with another request; kConflict while the first request is being handled. Blocks.
Result<Response> handle_once(const Request& request, ingest::IdempotencyKeys& keys,
                             const std::function<std::string()>& fingerprint,
                             const std::function<Result<Response>()>& handle);

}  // namespace fit::http
