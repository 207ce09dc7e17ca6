#include "accounts/audit_writer.h"

#include <utility>

namespace fit::accounts {
namespace {

constexpr std::chrono::seconds kRetryPeriod{1};
constexpr std::chrono::hours kIdlePeriod{1};  // without entries

}  // namespace

void AuditWriter::start() {
  task_.start([this](const std::stop_token&) {
    const auto store_some = [this]() -> std::chrono::steady_clock::duration {
      store();
      if (is_failing_) return kRetryPeriod;
      return kIdlePeriod;
    };
    store_and_prune(task_, store_some, [this] { prune(); });
  });
}

void AuditWriter::stop() {
  task_.stop();
  store();
  for (const AuditEntry& entry : waiting_.take()) give_up(entry, "the program ends");
}

void AuditWriter::record(AuditEntry entry) {
  if (entry.at == Timestamp()) entry.at = now();
  if (waiting_.add(entry)) {
    task_.wake();
  } else {
    give_up(entry, "too many entries wait");
  }
}

void AuditWriter::store() {
  std::vector<AuditEntry> entries = waiting_.take();
  const auto stored = audit_.append(entries);
  if (!stored) {
    if (!is_failing_) {
      log_.error("the audit log cannot be written; this is tried again",
                 {{"reason", stored.error().describe()}, {"entries", entries.size()}});
    }
    waiting_.put_back(std::move(entries));
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
