#include "serving/trial_spaces.h"

#include <malloc.h>

#include <algorithm>
#include <utility>

#include "base/format.h"

namespace fit::serving {
namespace {

constexpr std::chrono::seconds kLookEvery{1};
constexpr std::chrono::seconds kOpenTrialAgain{30};

const std::string& name_of_space(const std::shared_ptr<SearchedSpace>& space) {
  return space->record().name;
}

}  // namespace

void TrialSpaces::start() {
  task_.start([this](const std::stop_token& stop) {
    do check(stop);
    while (task_.wait_for(kLookEvery));
  });
}

void TrialSpaces::stop() {
  task_.stop();
  const std::lock_guard lock(mutex_);
  for (const auto& space : spaces_) space->stop_filling();
}

void TrialSpaces::want(const std::vector<std::string>& names) {
  {
    const std::lock_guard lock(mutex_);
    if (wanted_ == names) return;
    wanted_ = names;
  }
  task_.wake();
}

bool TrialSpaces::is_wanted(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  return std::ranges::contains(wanted_, name);
}

std::shared_ptr<SearchedSpace> TrialSpaces::find(const std::string& name) const {
  if (auto active = parts_.active(); active->record().name == name) return active;
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(spaces_, name, name_of_space);
  return found == spaces_.end() ? nullptr : *found;
}

void TrialSpaces::notify() {
  const std::lock_guard lock(mutex_);
  for (const auto& space : spaces_) space->notify();
}

void TrialSpaces::check(const std::stop_token& stop) {
  release_unwanted();
  std::vector<std::string> missing;
  {
    const std::lock_guard lock(mutex_);
    missing = wanted_;
  }
  std::erase_if(missing, [this](const std::string& name) { return find(name) != nullptr; });
  std::erase_if(retry_at_,
                [&missing](const auto& one) { return !std::ranges::contains(missing, one.first); });
  for (const std::string& name : missing) {
    const auto retry = retry_at_.find(name);
    if (retry != retry_at_.end() && std::chrono::steady_clock::now() < retry->second) continue;
    auto opened = open(name, stop);
    if (opened) {
      parts_.log.info("searching a further space for an experiment", {{"space", name}});
      (*opened)->start_filling();
      const std::lock_guard lock(mutex_);
      spaces_.push_back(*std::move(opened));
    } else if (opened.error().code != ErrorCode::kCancelled) {
      parts_.log.error("the space of an experiment cannot be searched here", opened.error());
      retry_at_[name] = std::chrono::steady_clock::now() + kOpenTrialAgain;
    }
  }
}

Result<std::shared_ptr<SearchedSpace>> TrialSpaces::open(const std::string& name,
                                                         const std::stop_token& stop) const {
  FIT_TRY(const auto records, parts_.store.spaces().list());
  // The latest version of the space.
  const auto found = std::ranges::find_last_if(records, [&name](const domain::SpaceRecord& record) {
                       return record.name == name && record.of == domain::VectorsOf::kImages;
                     }).begin();
  if (found == records.end()) return not_found(fit::format("there is no space \"{}\"", name));
  FIT_TRY(std::shared_ptr<SearchedSpace> space, parts_.opener.open(*found));
  FIT_CHECK(space->load_search());
  space->follow();
  FIT_CHECK(space->warm_up(stop, [this, &name] { return is_wanted(name); }));
  return space;
}

// find() no longer returns the spaces that leave, so that a use count that has reached 1 stays there. A space
// that has become the active one is searched by the active space's objects.
void TrialSpaces::release_unwanted() {
  const std::string active = parts_.active()->record().name;
  std::vector<std::shared_ptr<SearchedSpace>> left;
  {
    const std::lock_guard lock(mutex_);
    const auto rest = std::ranges::stable_partition(spaces_, [&](const auto& space) {
      return space->record().name != active && std::ranges::contains(wanted_, space->record().name);
    });
    left.assign(rest.begin(), rest.end());
    spaces_.erase(rest.begin(), rest.end());
  }
  for (auto& space : left) {
    space->stop_filling();
    leaving_.push_back(std::move(space));
  }
  const auto released = std::erase_if(leaving_, [this](const std::shared_ptr<SearchedSpace>& space) {
    if (space.use_count() > 1) return false;
    parts_.log.info("space released", {{"space", space->record().name}});
    return true;
  });
  if (released > 0) malloc_trim(0);  // returns the memory of a model and an index at once
}

}  // namespace fit::serving
