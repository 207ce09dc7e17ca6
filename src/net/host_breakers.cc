#include "net/host_breakers.h"

namespace fit::net {
namespace {

constexpr std::size_t kMaxFailingHosts = 10'000;  // remembered at a time

}  // namespace

std::shared_ptr<CircuitBreaker> HostBreakers::find(const std::string& host) const {
  const std::lock_guard lock(mutex_);
  const auto found = hosts_.find(host);
  return found == hosts_.end() ? nullptr : found->second;
}

bool HostBreakers::allow(const std::string& host) {
  const auto breaker = find(host);
  return !breaker || breaker->allow();
}

void HostBreakers::responded(const std::string& host) {
  const std::lock_guard lock(mutex_);
  hosts_.erase(host);
}

void HostBreakers::failed(const std::string& host, std::chrono::milliseconds at_least) {
  std::shared_ptr<CircuitBreaker> breaker;
  {
    const std::lock_guard lock(mutex_);
    if (hosts_.size() >= kMaxFailingHosts) hosts_.clear();
    std::shared_ptr<CircuitBreaker>& kept = hosts_[host];
    if (!kept) kept = std::make_shared<CircuitBreaker>(options_);
    breaker = kept;
  }
  breaker->failed(at_least);
}

std::chrono::milliseconds HostBreakers::retry_in(const std::string& host) const {
  const auto breaker = find(host);
  return breaker ? breaker->retry_in() : std::chrono::milliseconds(0);
}

}  // namespace fit::net
