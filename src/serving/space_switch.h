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

// The space that one catalogue is searched in, replaceable while a server runs: every second a thread reads
// which space is chosen (catalog/chosen_space.h), makes it ready beside the one that serves, and then
// exchanges the two. In-flight requests finish on the space they started with; the space is released when the
// last one completes. If the chosen space cannot be opened here, the old one keeps serving and the switch is
// tried again.
class SpaceSwitch {
 public:
  struct Parts {
    store::Catalogue& store;
    const SpaceOpener& opener;
    Log log;
    Metrics& metrics;
  };
  // Makes the search of the first space ready. Does not own the objects in Parts; they must outlive it.
  static Result<std::unique_ptr<SpaceSwitch>> open(Parts parts, std::unique_ptr<SearchedSpace> first);
  ~SpaceSwitch();
  SpaceSwitch(const SpaceSwitch&) = delete;
  SpaceSwitch& operator=(const SpaceSwitch&) = delete;

  // Starts the thread, and fills missing vectors of the current space in the background.
  void start();
  // Stops both. No space writes to the catalogue afterwards.
  void stop();

  // One step of the thread: switches to the chosen space if another one serves, and releases spaces that no
  // request uses. Blocks while a space is made ready. For the thread of start(), or in its place.
  void check(const std::stop_token& stop);

  // Never null. Thread-safe.
  std::shared_ptr<SearchedSpace> current() const;

  // Which space is searched, who chose it, and what prevents a switch, for /health. Thread-safe.
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
  mutable std::mutex mutex_;  // guards the next three
  std::shared_ptr<SearchedSpace> current_;
  std::string wanted_;   // the chosen space while it does not serve yet; empty: none
  std::string problem_;  // why it does not; empty: it is being made ready
  // The rest belongs to the caller of check().
  std::vector<std::shared_ptr<SearchedSpace>> leaving_;
  std::optional<std::int64_t> refused_;  // the space that could not be opened; 0: that of the settings
  std::chrono::steady_clock::time_point retry_at_{};
  bool is_filling_ = false;
  BackgroundTask task_;
};

}  // namespace fit::serving
