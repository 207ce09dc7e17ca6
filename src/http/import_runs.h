#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

namespace fit::http {

// The running imports of this process by the names that their clients gave them, so that clients can follow
// and stop them. Thread-safe; no call blocks.
class ImportRuns {
 public:
  // The progress of one import.
  struct Run {
    std::atomic<std::int64_t> done{0};   // rows that are finished
    std::atomic<std::int64_t> total{0};  // estimated number of rows; 0: not known yet
    std::stop_source stop;
  };

  // Lists a run for the lifetime of this object.
  class Listing {
   public:
    Listing(ImportRuns& runs, std::string name, std::shared_ptr<Run> run)
        : runs_(runs), name_(std::move(name)), run_(std::move(run)) {}
    Listing(const Listing&) = delete;
    Listing& operator=(const Listing&) = delete;
    ~Listing() { runs_.remove(name_, run_); }
    Run& run() { return *run_; }

   private:
    ImportRuns& runs_;
    const std::string name_;
    const std::shared_ptr<Run> run_;
  };

  // Lists a new run. A later run with the same name replaces the earlier one. A run with an empty name is not
  // listed. The result must not outlive this object.
  std::unique_ptr<Listing> add(const std::string& name) {
    auto run = std::make_shared<Run>();
    const std::lock_guard lock(mutex_);
    if (!name.empty()) runs_[name] = run;
    return std::make_unique<Listing>(*this, name, std::move(run));
  }

  // Returns null when no run has this name.
  std::shared_ptr<Run> find(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto found = runs_.find(name);
    return found == runs_.end() ? nullptr : found->second;
  }

 private:
  void remove(const std::string& name, const std::shared_ptr<Run>& run) {
    const std::lock_guard lock(mutex_);
    const auto found = runs_.find(name);
    if (found != runs_.end() && found->second == run) runs_.erase(found);
  }

  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Run>> runs_;
};

}  // namespace fit::http
