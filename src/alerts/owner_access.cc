#include "alerts/owner_access.h"

#include <chrono>

#include "base/format.h"

namespace fit::alerts {
namespace {

constexpr std::chrono::seconds kAccessLifetime{10};

}  // namespace

std::string user_owner(std::int64_t user) {
  return fit::format("user:{}", user);
}

Result<void> OwnerAccess::refresh(Timestamp time) {
  FIT_TRY(const std::int64_t version, source_.version());
  const bool is_fresh = version == version_ && read_at_ <= time && time < read_at_ + kAccessLifetime;
  if (is_fresh) return {};
  known_.clear();
  version_ = version;
  read_at_ = time;
  return {};
}

Result<bool> OwnerAccess::is_granted(const std::string& owner) {
  if (const auto found = known_.find(owner); found != known_.end()) return found->second;
  FIT_TRY(const Access access, source_.access_of(owner));
  return known_.emplace(owner, access == Access::kGranted).first->second;
}

}  // namespace fit::alerts
