#include "notify/post_limits.h"

#include "base/format.h"

namespace fit::notify {

Result<void> check_reply(std::string_view who, int status) {
  if (status >= 200 && status < 300) return {};
  if (status == 404 || status == 410) {
    return not_found(fit::format("{} does not know the address any more ({})", who, status));
  }
  const bool may_pass = status < 400 || status >= 500 || status == 408 || status == 425 || status == 429;
  return Error{may_pass ? ErrorCode::kBadGateway : ErrorCode::kInvalid,
               fit::format("{} refuses the message ({})", who, status),
               {},
               {}};
}

}  // namespace fit::notify
