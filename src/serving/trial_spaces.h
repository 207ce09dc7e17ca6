#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/background_task.h"
#include "base/log.h"
#include "base/result.h"
#include "serving/searched_space.h"
#include "serving/space_opener.h"

namespace fit::serving {

// Spaces of one catalogue that are searched beside the active one, because an experiment compares them. A
// thread opens those that are wanted, fills their missing vectors and keeps their indexes up to date, and
// releases the others once no request uses them. Each takes as much memory as the active space does: its
// model and its index. start() and stop() are for the owner; the rest is thread-safe.
class TrialSpaces {
 public:
  struct Parts {
    store::Catalogue& store;
    const SpaceOpener& opener;
    std::function<std::shared_ptr<SearchedSpace>()> active;
    Log log;
  };
  // The objects in Parts must outlive it.
  explicit TrialSpaces(Parts parts) : parts_(std::move(parts)) {}
  ~TrialSpaces() { stop(); }
  TrialSpaces(const TrialSpaces&) = delete;
  TrialSpaces& operator=(const TrialSpaces&) = delete;

  void start();
  // Stops the thread and the filling. No space writes to the catalogue afterwards.
  void stop();

  // Sets the names of the spaces that are wanted from now on. Does not block.
  void want(const std::vector<std::string>& names);
  // The space with the name: the active one, or a wanted one that is ready; null otherwise. Does not block.
  std::shared_ptr<SearchedSpace> find(const std::string& name) const;
  // Updates the indexes now instead of at the next poll.
  void notify();

  // One step of the thread: opens what is wanted, releases what is not. Blocks while a space is prepared.
  // Called by the thread of start(), or by tests instead of it.
  void check(const std::stop_token& stop);

 private:
  bool is_wanted(const std::string& name) const;
  Result<std::shared_ptr<SearchedSpace>> open(const std::string& name, const std::stop_token& stop) const;
  void release_unwanted();

  const Parts parts_;
  mutable std::mutex mutex_;  // guards wanted_ and spaces_
  std::vector<std::string> wanted_;
  std::vector<std::shared_ptr<SearchedSpace>> spaces_;
  // The caller of check() owns the members below.
  std::vector<std::shared_ptr<SearchedSpace>> leaving_;
  std::map<std::string, std::chrono::steady_clock::time_point> retry_at_;  // of spaces that cannot be opened
  BackgroundTask task_;
};

}  // namespace fit::serving
