#include "accounts/history_writer.h"

#include <utility>

namespace fit::accounts {
namespace {

constexpr std::size_t kPrunedAtOnce = 1000;
constexpr std::chrono::seconds kStorePeriod{1};

}  // namespace

void HistoryWriter::start() {
  task_.start([this](const std::stop_token&) {
    const auto store_some = [this]() -> std::chrono::steady_clock::duration {
      store();
      return kStorePeriod;
    };
    store_and_prune(task_, store_some, [this] { prune(); });
  });
}

void HistoryWriter::stop() {
  task_.stop();
  store();
}

void HistoryWriter::record(HistoryEntry entry) {
  if (entry.at == Timestamp()) entry.at = now();
  waiting_.add(entry);
}

Result<void> HistoryWriter::clear(std::int64_t user) {
  const std::lock_guard storing(store_mutex_);
  waiting_.erase_if([user](const HistoryEntry& entry) { return entry.user_id == user; });
  return history_.clear(user);
}

void HistoryWriter::store() {
  const std::lock_guard storing(store_mutex_);
  const std::vector<HistoryEntry> entries = waiting_.take();
  if (const auto stored = history_.append(entries); !stored) {
    log_.warning("searches are not added to the history of users",
                 {{"reason", stored.error().describe()}, {"entries", entries.size()}});
  }
}

void HistoryWriter::prune() {
  while (!task_.is_stopped()) {
    const auto pruned = history_.prune(now() - kept_, kPrunedAtOnce);
    if (!pruned) {
      log_.warning("old searches are not removed from the history", {{"reason", pruned.error().describe()}});
      return;
    }
    if (*pruned < static_cast<std::int64_t>(kPrunedAtOnce)) return;
  }
}

}  // namespace fit::accounts
