#include "base/error.h"

#include <cerrno>
#include <system_error>

namespace fit {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::kMalformed:
      return "malformed";
    case ErrorCode::kUnauthorized:
      return "unauthorized";
    case ErrorCode::kForbidden:
      return "forbidden";
    case ErrorCode::kNotFound:
      return "not_found";
    case ErrorCode::kConflict:
      return "conflict";
    case ErrorCode::kTooLarge:
      return "too_large";
    case ErrorCode::kUnsupportedMedia:
      return "unsupported_media";
    case ErrorCode::kInvalid:
      return "invalid";
    case ErrorCode::kTooManyRequests:
      return "too_many_requests";
    case ErrorCode::kCancelled:
      return "cancelled";
    case ErrorCode::kDamaged:
      return "damaged";
    case ErrorCode::kInternal:
      return "internal";
    case ErrorCode::kBadGateway:
      return "bad_gateway";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kDeadlineExceeded:
      return "deadline_exceeded";
    case ErrorCode::kStorageFull:
      return "storage_full";
  }
  return "internal";
}

std::string Error::describe() const {
  std::string text(to_string(code));
  if (!field.empty()) text += ": " + field;
  if (!message.empty()) text += ": " + message;
  if (!detail.empty()) text += " [" + detail + "]";
  return text;
}

Error invalid(std::string field, std::string message) {
  return {ErrorCode::kInvalid, std::move(message), std::move(field), {}};
}

Error malformed(std::string field, std::string message) {
  return {ErrorCode::kMalformed, std::move(message), std::move(field), {}};
}

Error not_found(std::string message) {
  return {ErrorCode::kNotFound, std::move(message), {}, {}};
}

Error internal(std::string message, std::string detail) {
  return {ErrorCode::kInternal, std::move(message), {}, std::move(detail)};
}

Error cancelled(std::string message) {
  return {ErrorCode::kCancelled, std::move(message), {}, {}};
}

Error from_errno(std::string what, int error_number) {
  const std::string reason = std::generic_category().message(error_number);
  switch (error_number) {
    case ENOENT:
      return {ErrorCode::kNotFound, what + ": " + reason, {}, {}};
    case ENOSPC:
    case EDQUOT:
    case EROFS:
    case EACCES:
    case EPERM:
      return {ErrorCode::kStorageFull, what + ": " + reason, {}, {}};
    default:
      return {ErrorCode::kInternal, what + ": " + reason, {}, {}};
  }
}

}  // namespace fit
