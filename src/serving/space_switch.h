#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/background_task.h"
#include "base/json.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "serving/searched_space.h"
#include "serving/space_opener.h"

namespace fit::serving {

// Holds the active space of one catalogue, and replaces it while a server runs: every second a thread reads
// which space is chosen (catalog/chosen_space.h), prepares a new choice beside the active space, and then
// exchanges the two. In-flight requests finish on the space they started with; the space is released when the
// last one completes. If the chosen space cannot be opened, the old one stays active and the switch is
// retried.
class SpaceSwitch {
 public:
  // The dependencies of the switch.
  struct Parts {
    store::Catalogue& store;
    const SpaceOpener& opener;
    Log log;
    Metrics& metrics;
  };
  // Makes the search of the first space ready. The objects in Parts must outlive the switch. The errors of
  // SearchedSpace::load_search().
  static Result<std::unique_ptr<SpaceSwitch>> open(Parts parts, std::unique_ptr<SearchedSpace> first);
  ~SpaceSwitch();
  SpaceSwitch(const SpaceSwitch&) = delete;
  SpaceSwitch& operator=(const SpaceSwitch&) = delete;

  // Starts the thread, and fills missing vectors of the current space in the background.
  void start();
  // Stops the thread and the filling. No space writes to the catalogue afterwards.
  void stop();

  // One step of the thread: switches to the chosen space if another one is active, and releases spaces that
  // no request uses. Blocks while a space is prepared. Called by the thread of start(), or by tests instead
  // of it.
  void check(const std::stop_token& stop);

  // The active space; never null. Thread-safe.
  std::shared_ptr<SearchedSpace> current() const;

  // The active space, the origin of the choice and the obstacle to a pending switch, for /health.
  // Thread-safe.
  Json state() const;

 private:
  SpaceSwitch(Parts parts, std::shared_ptr<SearchedSpace> first);

  void follow_choice(const std::stop_token& stop);
  bool is_met(const SpaceChoice& choice);
  Result<void> switch_to(const SpaceChoice& choice, const std::stop_token& stop);
  void exchange(std::shared_ptr<SearchedSpace> next);
  void report_failure(const SpaceChoice& choice, const Error& error);
  void release_unused();
  void set_wanted(std::string wanted, std::string problem);

  const Parts parts_;
  Counter& done_;
  Counter& failed_;
  Gauge& pending_;
  mutable std::mutex mutex_;  // guards current_, wanted_ and problem_
  std::shared_ptr<SearchedSpace> current_;
  std::string wanted_;   // the chosen space until it is active; empty: none
  std::string problem_;  // what prevents the switch; empty: the space is being prepared
  // The caller of check() owns the members below.
  std::vector<std::shared_ptr<SearchedSpace>> leaving_;
  std::optional<std::int64_t> refused_;  // id of the space that could not be opened; 0: that of the settings
  std::chrono::steady_clock::time_point retry_at_{};
  bool is_filling_ = false;
  BackgroundTask task_;
};

}  // namespace fit::serving
