#include "accounts/audit_writer.h"

#include <iterator>
#include <utility>

namespace fit::accounts {
namespace {

constexpr std::size_t kMaxWaiting = 10'000;
constexpr std::chrono::seconds kRetryPeriod{1};
constexpr std::chrono::hours kPrunePeriod{1};

}  // namespace

void AuditWriter::start() {
  task_.start([this](const std::stop_token&) {
    auto next_prune = std::chrono::steady_clock::now();
    do {
      store();
      if (std::chrono::steady_clock::now() >= next_prune) {
        prune();
        next_prune += kPrunePeriod;
      }
    } while (task_.wait_for(is_failing_ ? std::chrono::steady_clock::duration(kRetryPeriod) : kPrunePeriod));
  });
}

void AuditWriter::stop() {
  task_.stop();
  store();
  const std::lock_guard lock(mutex_);
  for (const AuditEntry& entry : std::exchange(waiting_, {})) give_up(entry, "the program ends");
}

void AuditWriter::record(AuditEntry entry) {
  if (entry.at == Timestamp()) entry.at = now();
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() < kMaxWaiting) {
      waiting_.push_back(std::move(entry));
      task_.wake();
      return;
    }
  }
  give_up(entry, "too many entries wait");
}

void AuditWriter::store() {
  std::vector<AuditEntry> entries;
  {
    const std::lock_guard lock(mutex_);
    entries.swap(waiting_);
  }
  const auto stored = audit_.append(entries);
  if (!stored) {
    if (!is_failing_) {
      log_.error("the audit log cannot be written; this is tried again",
                 {{"reason", stored.error().describe()}, {"entries", entries.size()}});
    }
    const std::lock_guard lock(mutex_);
    waiting_.insert(waiting_.begin(), std::make_move_iterator(entries.begin()),
                    std::make_move_iterator(entries.end()));
  }
  is_failing_ = !stored;
}

void AuditWriter::prune() {
  if (const auto pruned = audit_.prune(now() - kept_); !pruned) {
    log_.warning("old entries of the audit log are not removed", {{"reason", pruned.error().describe()}});
  }
}

void AuditWriter::give_up(const AuditEntry& entry, std::string_view reason) const {
  log_.error("an entry of the audit log is lost", {{"reason", reason},
                                                   {"at", to_rfc3339(entry.at)},
                                                   {"principal", entry.principal},
                                                   {"address", entry.address},
                                                   {"action", entry.action},
                                                   {"target", entry.target},
                                                   {"outcome", entry.outcome},
                                                   {"detail", entry.detail}});
}

}  // namespace fit::accounts
