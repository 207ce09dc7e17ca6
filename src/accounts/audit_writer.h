#pragma once

#include <chrono>

#include "accounts/audit_log.h"
#include "accounts/waiting_entries.h"
#include "base/background_task.h"
#include "base/log.h"

namespace fit::accounts {

// Stores entries of the audit log in the background, and removes those that are older than `kept`. An entry
// that cannot be stored is tried again every second; one that is given up, at the end of the program or
// because too many wait, is logged in full. Thread-safe. Borrows the audit log.
class AuditWriter {
 public:
  AuditWriter(AuditLog& audit, std::chrono::days kept, Log log)
      : audit_(audit), kept_(kept), log_(std::move(log)) {}
  ~AuditWriter() { stop(); }
  AuditWriter(const AuditWriter&) = delete;
  AuditWriter& operator=(const AuditWriter&) = delete;

  void start();
  // Stores what waits. Later calls do nothing.
  void stop();

  // Does not block. The time of an entry without one is now.
  void record(AuditEntry entry);

 private:
  void store();
  void prune();
  void give_up(const AuditEntry& entry, std::string_view reason) const;

  AuditLog& audit_;
  const std::chrono::days kept_;
  const Log log_;

  WaitingEntries<AuditEntry> waiting_;
  bool is_failing_ = false;  // the last attempt failed; used by the task, then by stop()

  BackgroundTask task_;
};

}  // namespace fit::accounts
