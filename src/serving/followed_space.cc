#include "serving/followed_space.h"

#include <utility>

#include "catalog/chosen_space.h"

namespace fit::serving {
namespace {

constexpr std::chrono::seconds kLookAgain{1};
constexpr std::chrono::seconds kOpenAgain{5};

}  // namespace

FollowedSpace::FollowedSpace(Parts parts, std::shared_ptr<SearchedSpace> first)
    : parts_(std::move(parts)), current_(std::move(first)), look_at_(parts_.now() + kLookAgain) {}

std::shared_ptr<SearchedSpace> FollowedSpace::current() {
  const std::lock_guard lock(mutex_);
  if (parts_.now() >= look_at_) follow_choice();
  return current_;
}

// While the store cannot be read, the active space stays.
void FollowedSpace::follow_choice() {
  look_at_ = parts_.now() + kLookAgain;
  const auto choice = catalog::chosen_space(parts_.store);
  if (!choice || is_current(*choice)) return;
  auto next = parts_.opener.open(*choice);
  if (next) {
    current_ = *std::move(next);
    has_failed_ = false;
    parts_.log.info("making vectors", {{"space", current_->record().name}});
    return;
  }
  look_at_ = parts_.now() + kOpenAgain;
  if (!std::exchange(has_failed_, true)) {
    parts_.log.error("vectors of the chosen space cannot be made here", next.error());
  }
}

bool FollowedSpace::is_current(const SpaceChoice& choice) const {
  if (choice) return current_->record().id == choice->id;
  return !current_->is_chosen() || parts_.opener.is_of_settings(current_->record());
}

}  // namespace fit::serving
