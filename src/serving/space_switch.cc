#include "serving/space_switch.h"

#include <malloc.h>

#include <algorithm>

#include "catalog/chosen_space.h"

namespace fit::serving {
namespace {

constexpr std::chrono::seconds kCheckEvery{1};
constexpr std::chrono::seconds kRetryAfter{5};

Counter& switch_counter(Metrics& metrics, const char* outcome) {
  return metrics.counter("fit_space_switches_total", "Attempts to search another space",
                         {{"outcome", outcome}});
}

Gauge& serves(Metrics& metrics, const SearchedSpace& space) {
  return metrics.gauge("fit_space_serves", "1 for the space that is searched",
                       {{"space", space.record().name}});
}

std::string name_of(const SpaceChoice& choice) {
  return choice ? choice->name : "the settings'";
}

// The id of the chosen space; 0 for the space of the settings.
std::int64_t id_of(const SpaceChoice& choice) {
  return choice ? choice->id : 0;
}

std::string_view chosen_by(const SearchedSpace& space) {
  return space.is_chosen() ? "fit space use" : "EMBEDDING_PROVIDER and EMBEDDING_MODEL";
}

}  // namespace

Result<std::unique_ptr<SpaceSwitch>> SpaceSwitch::open(Parts parts, std::unique_ptr<SearchedSpace> first) {
  FIT_CHECK(first->load_search());
  return std::unique_ptr<SpaceSwitch>(new SpaceSwitch(std::move(parts), std::move(first)));
}

SpaceSwitch::SpaceSwitch(Parts parts, std::shared_ptr<SearchedSpace> first)
    : parts_(std::move(parts)),
      done_(switch_counter(parts_.metrics, "done")),
      failed_(switch_counter(parts_.metrics, "failed")),
      pending_(parts_.metrics.gauge("fit_space_switch_pending",
                                    "1 while another space is chosen than the one that is searched")),
      current_(std::move(first)) {
  current_->follow();
  serves(parts_.metrics, *current_).set(1);
  parts_.log.info("searching", {{"space", current_->record().name}, {"chosen_by", chosen_by(*current_)}});
}

SpaceSwitch::~SpaceSwitch() {
  stop();
}

void SpaceSwitch::start() {
  is_filling_ = true;
  current_->start_filling();
  task_.start([this](const std::stop_token& stop) {
    do check(stop);
    while (task_.wait_for(kCheckEvery));
  });
}

void SpaceSwitch::stop() {
  task_.stop();
  current_->stop_filling();
}

void SpaceSwitch::check(const std::stop_token& stop) {
  follow_choice(stop);
  release_unused();
}

std::shared_ptr<SearchedSpace> SpaceSwitch::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

Json SpaceSwitch::state() const {
  const std::lock_guard lock(mutex_);
  Json state = {{"name", current_->record().name},
                {"version", current_->record().version},
                {"chosen_by", chosen_by(*current_)}};
  if (!wanted_.empty()) state["wanted"] = wanted_;
  if (!problem_.empty()) state["problem"] = problem_;
  return state;
}

// Follows the stored choice. While the store cannot be read, the active space stays.
void SpaceSwitch::follow_choice(const std::stop_token& stop) {
  const auto choice = catalog::chosen_space(parts_.store);
  if (!choice) return;
  if (is_met(*choice)) {
    refused_.reset();
    set_wanted({}, {});
    return;
  }
  const bool is_refused = refused_ && *refused_ == id_of(*choice);
  if (is_refused && std::chrono::steady_clock::now() < retry_at_) return;
  if (!is_refused) {
    parts_.log.info("another space is chosen", {{"space", name_of(*choice)}});
    set_wanted(name_of(*choice), {});
  }
  const auto switched = switch_to(*choice, stop);
  if (switched || switched.error().code == ErrorCode::kCancelled || stop.stop_requested()) return;
  report_failure(*choice, switched.error());
}

// Whether the choice is the active space. If so, only the recorded origin of the choice changes.
bool SpaceSwitch::is_met(const SpaceChoice& choice) {
  if (!choice && !current_->is_chosen()) return true;
  const bool is_same =
      choice ? current_->record().id == choice->id : parts_.opener.is_of_settings(current_->record());
  if (is_same) current_->set_chosen(choice.has_value());
  return is_same;
}

Result<void> SpaceSwitch::switch_to(const SpaceChoice& choice, const std::stop_token& stop) {
  FIT_TRY(std::shared_ptr<SearchedSpace> next, parts_.opener.open(choice));
  FIT_CHECK(next->load_search());
  next->follow();
  // The operator may choose another space while the index is being filled.
  FIT_CHECK(next->warm_up(stop, [&] {
    const auto now = catalog::chosen_space(parts_.store);
    return !now || id_of(*now) == id_of(choice);
  }));
  exchange(std::move(next));
  return {};
}

void SpaceSwitch::exchange(std::shared_ptr<SearchedSpace> next) {
  std::shared_ptr<SearchedSpace> old;
  {
    const std::lock_guard lock(mutex_);
    old = std::exchange(current_, std::move(next));
  }
  set_wanted({}, {});
  refused_.reset();
  done_.add();
  serves(parts_.metrics, *old).set(0);
  serves(parts_.metrics, *current_).set(1);
  parts_.log.info("searching", {{"space", current_->record().name}, {"chosen_by", chosen_by(*current_)}});
  old->stop_filling();
  if (is_filling_) current_->start_filling();
  leaving_.push_back(std::move(old));
}

void SpaceSwitch::report_failure(const SpaceChoice& choice, const Error& error) {
  failed_.add();
  set_wanted(name_of(choice), error.message);
  if (refused_ != id_of(choice)) {
    parts_.log.error("the chosen space cannot be searched here; the old one keeps serving", error);
  }
  refused_ = id_of(choice);
  retry_at_ = std::chrono::steady_clock::now() + kRetryAfter;
}

// current() no longer returns these spaces, so a use count that has reached 1 stays there.
void SpaceSwitch::release_unused() {
  const auto released = std::erase_if(leaving_, [this](const std::shared_ptr<SearchedSpace>& space) {
    if (space.use_count() > 1) return false;
    parts_.log.info("space released", {{"space", space->record().name}});
    return true;
  });
  if (released > 0) malloc_trim(0);  // returns the memory of a model and an index at once
}

void SpaceSwitch::set_wanted(std::string wanted, std::string problem) {
  pending_.set(wanted.empty() ? 0 : 1);
  const std::lock_guard lock(mutex_);
  wanted_ = std::move(wanted);
  problem_ = std::move(problem);
}

}  // namespace fit::serving
