#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/background_task.h"
#include "base/json.h"
#include "base/metrics.h"
#include "base/result.h"
#include "main/app.h"
#include "main/searched_space.h"

namespace fit {

// The space that a server searches, exchanged while it serves: a thread looks every second which one is
// chosen (catalog/chosen_space.h), gets it ready beside the one that serves, and swaps them at once. What
// runs goes on with the one that it began with, which is let go of with the last of them. A space that cannot
// be had here leaves the old one serving, and is tried again. The App must outlive it.
class SpaceSwitch {
 public:
  // Takes the App's space, and makes its search ready.
  static Result<std::unique_ptr<SpaceSwitch>> open(App& app);
  // Begins to look at the choice, and to fill in vectors, which App::changed() is told of.
  void start();
  ~SpaceSwitch();
  SpaceSwitch(const SpaceSwitch&) = delete;
  SpaceSwitch& operator=(const SpaceSwitch&) = delete;

  // Never null. Thread-safe.
  std::shared_ptr<SearchedSpace> current() const;

  // Which space is searched, by whose choice, and what keeps another from taking over. Thread-safe.
  Json state() const;

 private:
  using Choice = std::optional<domain::SpaceRecord>;  // nothing: the settings decide

  SpaceSwitch(App& app, std::shared_ptr<SearchedSpace> first);

  void run(const std::stop_token& stop);
  void look(const std::stop_token& stop);
  bool is_met(const Choice& choice);
  Result<void> go_to(const Choice& choice, const std::stop_token& stop);
  void swap_in(std::shared_ptr<SearchedSpace> next);
  void failed(const Choice& choice, const Error& error);
  void let_go();
  void set_wanted(std::string wanted, std::string problem);

  App& app_;
  Counter& done_;
  Counter& failed_;
  Gauge& pending_;
  mutable std::mutex mutex_;  // of the next three
  std::shared_ptr<SearchedSpace> current_;
  std::string wanted_;   // the space that is chosen and does not serve yet; empty: none
  std::string problem_;  // why not; empty: it is being got ready
  std::vector<std::shared_ptr<SearchedSpace>> leaving_;  // of the thread, as the rest
  std::optional<std::int64_t> refused_;  // space that could not be had; 0: that of the settings
  std::chrono::steady_clock::time_point try_again_at_{};
  BackgroundTask task_;
};

}  // namespace fit
