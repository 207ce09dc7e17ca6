#include "jobs/job.h"

#include <algorithm>
#include <span>

#include "base/format.h"

namespace fit::jobs {
namespace {

// The place of a name in a list of names.
Result<std::size_t> index_of(std::string_view field, std::span<const std::string_view> names,
                             std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  std::string known;
  for (const std::string_view one : names) {
    if (!known.empty()) known += ", ";
    known += one;
  }
  return invalid(std::string(field), "must be one of " + known);
}

}  // namespace

std::string_view to_string(State state) {
  return kStateNames[static_cast<std::size_t>(state)];
}

Result<State> parse_state(std::string_view field, std::string_view name) {
  FIT_TRY(const std::size_t index, index_of(field, kStateNames, name));
  return static_cast<State>(index);
}

std::string_view to_string(ErrorClass error_class) {
  return kErrorClassNames[static_cast<std::size_t>(error_class)];
}

Result<ErrorClass> parse_error_class(std::string_view field, std::string_view name) {
  FIT_TRY(const std::size_t index, index_of(field, kErrorClassNames, name));
  return static_cast<ErrorClass>(index);
}

ErrorClass error_class_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::kMalformed:
    case ErrorCode::kUnauthorized:
    case ErrorCode::kForbidden:
    case ErrorCode::kNotFound:
    case ErrorCode::kTooLarge:
    case ErrorCode::kUnsupportedMedia:
    case ErrorCode::kInvalid:
      return ErrorClass::kBadInput;
    case ErrorCode::kTooManyRequests:
    case ErrorCode::kUnavailable:
    case ErrorCode::kStorageFull:
      return ErrorClass::kDependency;
    case ErrorCode::kConflict:
    case ErrorCode::kCancelled:
    case ErrorCode::kDamaged:
    case ErrorCode::kInternal:
    case ErrorCode::kBadGateway:
    case ErrorCode::kDeadlineExceeded:
      return ErrorClass::kTransient;
  }
  return ErrorClass::kTransient;
}

Result<void> check_kind(std::string_view field, std::string_view kind) {
  constexpr std::size_t kMaxBytes = 63;
  const bool is_kind = !kind.empty() && kind.size() <= kMaxBytes && std::ranges::all_of(kind, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  });
  if (is_kind) return {};
  return invalid(std::string(field), fit::format("must have 1 to {} of a-z, 0-9, _, - and .", kMaxBytes));
}

}  // namespace fit::jobs
