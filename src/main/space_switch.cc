#include "main/space_switch.h"

#include <malloc.h>

#include <algorithm>

#include "catalog/chosen_space.h"

namespace fit {
namespace {

constexpr std::chrono::seconds kLookEvery{1};
constexpr std::chrono::seconds kTryAgainAfter{5};

Counter& switch_counter(Metrics& metrics, const char* outcome) {
  return metrics.counter("fit_space_switches_total", "Attempts to search another space",
                         {{"outcome", outcome}});
}

Gauge& serves(Metrics& metrics, const SearchedSpace& space) {
  return metrics.gauge("fit_space_serves", "1 for the space that is searched",
                       {{"space", space.record().name}});
}

std::string name_of(const std::optional<domain::SpaceRecord>& choice) {
  return choice ? choice->name : "the settings'";
}

// 0: that of the settings.
std::int64_t id_of(const std::optional<domain::SpaceRecord>& choice) {
  return choice ? choice->id : 0;
}

std::string_view chosen_by(const SearchedSpace& space) {
  return space.is_chosen() ? "fit space use" : "EMBEDDING_PROVIDER and EMBEDDING_MODEL";
}

}  // namespace

Result<std::unique_ptr<SpaceSwitch>> SpaceSwitch::open(App& app) {
  std::shared_ptr<SearchedSpace> first = app.release_space();
  FIT_CHECK(first->load_search());
  return std::unique_ptr<SpaceSwitch>(new SpaceSwitch(app, std::move(first)));
}

SpaceSwitch::SpaceSwitch(App& app, std::shared_ptr<SearchedSpace> first)
    : app_(app),
      done_(switch_counter(app.metrics(), "done")),
      failed_(switch_counter(app.metrics(), "failed")),
      pending_(app.metrics().gauge("fit_space_switch_pending",
                                   "1 while another space is chosen than the one that is searched")),
      current_(std::move(first)) {
  current_->follow();
  serves(app_.metrics(), *current_).set(1);
  app_.log().info("searching", {{"space", current_->record().name}, {"chosen_by", chosen_by(*current_)}});
}

void SpaceSwitch::start() {
  current_->begin_filling();
  task_.start([this](const std::stop_token& stop) { run(stop); });
}

SpaceSwitch::~SpaceSwitch() {
  task_.stop();
  // What it writes, it tells to current().
  current_->end_filling();
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

void SpaceSwitch::run(const std::stop_token& stop) {
  do {
    look(stop);
    let_go();
  } while (task_.wait_for(kLookEvery));
}

// A store that does not answer changes nothing.
void SpaceSwitch::look(const std::stop_token& stop) {
  const auto choice = catalog::chosen_space(app_.store());
  if (!choice) return;
  if (is_met(*choice)) {
    refused_.reset();
    set_wanted({}, {});
    return;
  }
  const bool is_refused = refused_ && *refused_ == id_of(*choice);
  if (is_refused && std::chrono::steady_clock::now() < try_again_at_) return;
  if (!is_refused) {
    app_.log().info("another space is chosen", {{"space", name_of(*choice)}});
    set_wanted(name_of(*choice), {});
  }
  const auto gone = go_to(*choice, stop);
  if (gone || gone.error().code == ErrorCode::kCancelled || stop.stop_requested()) return;
  failed(*choice, gone.error());
}

// Where the choice is the space that serves already, only the reason changes.
bool SpaceSwitch::is_met(const Choice& choice) {
  if (!choice && !current_->is_chosen()) return true;
  const bool is_same = choice ? current_->record().id == choice->id : app_.is_of_settings(current_->record());
  if (is_same) current_->set_chosen(choice.has_value());
  return is_same;
}

Result<void> SpaceSwitch::go_to(const Choice& choice, const std::stop_token& stop) {
  FIT_TRY(auto opened, app_.open_space(choice));
  const std::shared_ptr<SearchedSpace> next = std::move(opened);
  FIT_CHECK(next->load_search());
  next->follow();
  // Filling an index can take long, and the operator may think better of it.
  FIT_CHECK(next->warm_up(stop, [&] {
    const auto now = catalog::chosen_space(app_.store());
    return !now || id_of(*now) == id_of(choice);
  }));
  swap_in(next);
  return {};
}

void SpaceSwitch::swap_in(std::shared_ptr<SearchedSpace> next) {
  std::shared_ptr<SearchedSpace> old;
  {
    const std::lock_guard lock(mutex_);
    old = std::exchange(current_, std::move(next));
  }
  set_wanted({}, {});
  refused_.reset();
  done_.add();
  serves(app_.metrics(), *old).set(0);
  serves(app_.metrics(), *current_).set(1);
  app_.log().info("searching", {{"space", current_->record().name}, {"chosen_by", chosen_by(*current_)}});
  old->end_filling();
  current_->begin_filling();
  leaving_.push_back(std::move(old));
}

void SpaceSwitch::failed(const Choice& choice, const Error& error) {
  failed_.add();
  set_wanted(name_of(choice), error.message);
  if (refused_ != id_of(choice)) {
    app_.log().error("the chosen space cannot be searched here; the old one goes on", error);
  }
  refused_ = id_of(choice);
  try_again_at_ = std::chrono::steady_clock::now() + kTryAgainAfter;
}

// Those that nobody uses any more; no one can come to use them again.
void SpaceSwitch::let_go() {
  const auto gone = std::erase_if(leaving_, [this](const std::shared_ptr<SearchedSpace>& space) {
    if (space.use_count() > 1) return false;
    app_.log().info("let go", {{"space", space->record().name}});
    return true;
  });
  if (gone > 0) malloc_trim(0);  // the memory of a model and an index is worth giving back at once
}

void SpaceSwitch::set_wanted(std::string wanted, std::string problem) {
  pending_.set(wanted.empty() ? 0 : 1);
  const std::lock_guard lock(mutex_);
  wanted_ = std::move(wanted);
  problem_ = std::move(problem);
}

}  // namespace fit
