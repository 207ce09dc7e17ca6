#pragma once

#include <chrono>
#include <mutex>

#include "accounts/search_history.h"
#include "accounts/waiting_entries.h"
#include "base/background_task.h"
#include "base/log.h"

namespace fit::accounts {

// Stores what users search for in the background, about once a second and many entries at a time, so that no
// search waits for it, and removes entries that are older than `kept` in small steps. Entries are a
// convenience: those that cannot be stored are dropped, with a line in the log. Thread-safe. Borrows the
// history.
class HistoryWriter {
 public:
  HistoryWriter(SearchHistory& history, std::chrono::days kept, Log log)
      : history_(history), kept_(kept), log_(std::move(log)) {}
  ~HistoryWriter() { stop(); }
  HistoryWriter(const HistoryWriter&) = delete;
  HistoryWriter& operator=(const HistoryWriter&) = delete;

  void start();
  // Stores what waits. Later calls do nothing.
  void stop();

  // Does not block. The time of an entry without one is now.
  void record(HistoryEntry entry);

  // Removes the history of a user, also entries of this process that wait. Blocks; errors as for
  // sql::Database.
  Result<void> clear(std::int64_t user);

 private:
  void store();
  void prune();

  SearchHistory& history_;
  const std::chrono::days kept_;
  const Log log_;

  std::mutex store_mutex_;  // held while entries are stored or removed
  WaitingEntries<HistoryEntry> waiting_;

  BackgroundTask task_;
};

}  // namespace fit::accounts
