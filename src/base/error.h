#pragma once

#include <string>
#include <string_view>

namespace fit {

// What went wrong, in the terms that callers act on. http/problem.cc turns each into an HTTP status.
enum class ErrorCode {
  kMalformed,         // the request cannot be read at all: not JSON, not base64, a broken file       (400)
  kUnauthorized,      // no or wrong credentials                                                      (401)
  kForbidden,         // known, but without the right to this                                         (403)
  kNotFound,          // the named thing does not exist                                               (404)
  kConflict,          // it exists already, or changed meanwhile                                      (409)
  kTooLarge,          // over a stated limit of bytes, pixels, rows or time                           (413)
  kUnsupportedMedia,  // a file type that the product does not take                                   (415)
  kInvalid,           // readable, but a field has a wrong type, name or value                        (422)
  kTooManyRequests,   // a queue is full; try again later                                             (429)
  kCancelled,         // the caller went away or stopped it                                           (499)
  kDamaged,           // stored data is lost or damaged                                               (500)
  kInternal,          // a bug or a broken dependency; the detail is in the log                       (500)
  kBadGateway,        // a remote server returned an error or an invalid response                     (502)
  kUnavailable,       // not ready yet, or not reachable now; try again later                         (503)
  kDeadlineExceeded,  // the time limit passed                                                        (504)
  kStorageFull,       // no space left, or the storage is read-only                                   (507)
};

// The code's stable name in lower case with underscores, such as "not_found".
std::string_view to_string(ErrorCode code);

// An ordinary, expected failure. A value type: copy and move freely.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;  // safe to show to the client; a full sentence without a final period
  std::string field;    // the request field, setting or column at fault, or empty
  std::string detail;   // private, for the log: library messages, paths, SQL; never sent to a client

  // "invalid: limit: must be between 1 and 100 [detail]", for logs and terminals.
  std::string describe() const;
};

Error invalid(std::string field, std::string message);
Error malformed(std::string field, std::string message);
Error not_found(std::string message);
Error internal(std::string message, std::string detail);
// kCancelled: the call's std::stop_token was requested to stop. A call that can be stopped half-way fills its
// report through a reference, so that the report says what was done whatever the call returns.
Error cancelled(std::string message = "stopped");

// The Error for a value of errno: kNotFound for ENOENT, kStorageFull for ENOSPC, EDQUOT, EROFS
// and EACCES when writing; kInternal otherwise. `what` says what was tried: "open /data/x".
Error from_errno(std::string what, int error_number);

}  // namespace fit
