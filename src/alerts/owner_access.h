#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/clock.h"
#include "base/result.h"

namespace fit::alerts {

// Whether whoever has saved a search may search the catalogue now.
enum class Access : std::uint8_t {
  kGranted,
  kRefused,  // the user is disabled or has no role, or the key is revoked or has expired
  kGone,     // the user is removed
};

// Tells the access of callers, by the ids of their principals. Both functions block; several threads may call
// them.
struct AccessSource {
  std::function<Result<Access>(const std::string& owner)> access_of;
  // A number that grows with each change of users, roles and keys.
  std::function<Result<std::int64_t>()> version;
};

// The id of the principal of a user.
std::string user_owner(std::int64_t user);

// The access of callers as it was read lately: until the rights of anybody change, and for ten seconds at
// most, after which a key may have expired. Not thread-safe; calls block.
class OwnerAccess {
 public:
  explicit OwnerAccess(AccessSource source) : source_(std::move(source)) {}

  // Forgets what may not be true any more. Called before each step of work.
  Result<void> refresh(Timestamp time);
  // The errors of the source.
  Result<bool> is_granted(const std::string& owner);

 private:
  const AccessSource source_;
  std::unordered_map<std::string, bool> known_;
  std::int64_t version_ = -1;
  Timestamp read_at_ = {};
};

}  // namespace fit::alerts
