#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>

#include "base/log.h"
#include "serving/searched_space.h"
#include "serving/space_opener.h"
#include "store/catalogue.h"

namespace fit::serving {

// The active space of a process that makes vectors and searches nothing, such as `fit worker`. Follows the
// choice of the catalogue (catalog/chosen_space.h) when it is asked, without a thread of its own.
// Thread-safe. The objects in Parts must outlive it.
class FollowedSpace {
 public:
  using Clock = std::chrono::steady_clock;
  struct Parts {
    store::Catalogue& store;
    const SpaceOpener& opener;
    Log log;
    std::function<Clock::time_point()> now = Clock::now;
  };
  FollowedSpace(Parts parts, std::shared_ptr<SearchedSpace> first);

  // The active space, for one piece of work; never null. Looks at most once a second whether another space
  // is chosen, and opens it: other callers wait meanwhile. If it cannot be opened here, the old space stays
  // active, and the next attempt comes five seconds later. Blocks.
  std::shared_ptr<SearchedSpace> current();

 private:
  void follow_choice();
  bool is_current(const SpaceChoice& choice) const;

  const Parts parts_;
  std::mutex mutex_;  // guards the members below
  std::shared_ptr<SearchedSpace> current_;
  Clock::time_point look_at_;
  bool has_failed_ = false;  // the last attempt to open a space
};

}  // namespace fit::serving
