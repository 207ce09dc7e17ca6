#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

namespace fit::http {

// The imports of this process that their clients have given a name, so that the clients can follow and stop
// them. Thread-safe; no call blocks.
class ImportRuns {
 public:
  struct Run {
    std::atomic<std::int64_t> done{0};   // rows
    std::atomic<std::int64_t> total{0};  // estimated; 0: not known yet
    std::stop_source stop;
  };

  // Lists a run until it is destroyed.
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

  // Of two runs of one name the later is listed. An empty name is not listed.
  std::unique_ptr<Listing> add(const std::string& name) {
    auto run = std::make_shared<Run>();
    const std::lock_guard lock(mutex_);
    if (!name.empty()) runs_[name] = run;
    return std::make_unique<Listing>(*this, name, std::move(run));
  }

  // Null when there is no such run.
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
