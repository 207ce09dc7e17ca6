#include "style/experiments/experiment_service.h"

#include <algorithm>
#include <utility>

#include "base/stopwatch.h"
#include "style/experiments/rank_overlap.h"

namespace fit::style {
namespace {

constexpr std::chrono::seconds kStep{1};
constexpr std::chrono::minutes kLookEvery{1};
constexpr std::size_t kMostNotes = 10'000;
constexpr std::size_t kMostShadows = 8;  // each may have a photo
constexpr std::size_t kPrunedAtOnce = 1'000;

std::vector<ItemId> first_items(const search::SearchResults& found, std::size_t count) {
  std::vector<ItemId> items;
  for (const search::Hit& hit : found.hits) {
    if (items.size() == count) break;
    items.push_back(hit.item.id);
  }
  return items;
}

}  // namespace

void ExperimentService::start() {
  recorder_.start([this](const std::stop_token&) {
    do step();
    while (recorder_.wait_for(kStep));
  });
  asker_.start([this](const std::stop_token&) {
    do ask_shadows();
    while (asker_.wait());
  });
}

void ExperimentService::stop() {
  asker_.stop();
  recorder_.stop();
  store_notes();
  store_shadows();
}

std::shared_ptr<const Experiment> ExperimentService::running() const {
  const std::lock_guard lock(mutex_);
  return running_;
}

Result<void> ExperimentService::refresh() {
  FIT_TRY(auto found, store_.running());
  std::vector<std::string> spaces;
  if (found) {
    for (const VariantOverrides* const one : {&found->fields.a, &found->fields.b}) {
      if (!one->space.empty() && !std::ranges::contains(spaces, one->space)) spaces.push_back(one->space);
    }
  }
  if (parts_.want_spaces) parts_.want_spaces(spaces);
  auto running = found ? std::make_shared<const Experiment>(*std::move(found)) : nullptr;
  const std::lock_guard lock(mutex_);
  running_ = std::move(running);
  return {};
}

void ExperimentService::note(ExperimentNote note) {
  const std::lock_guard lock(mutex_);
  if (waiting_.size() < kMostNotes) waiting_.push_back(std::move(note));
}

void ExperimentService::note_feedback(const Person& person, const FeedbackTarget& target, Signal signal,
                                      Timestamp at) {
  if (!is_counted(signal)) return;
  if (target.kind != FeedbackTarget::Kind::kItem && target.kind != FeedbackTarget::Kind::kResult) return;
  const auto item = item_of(target);
  const auto experiment = running();
  if (!item || experiment == nullptr || experiment->fields.mode == ExperimentMode::kShadow) return;
  note({.kind = ExperimentNote::Kind::kEvent,
        .experiment = experiment->id,
        .person = person,
        .at = at,
        .item = *item,
        .signal = signal});
}

void ExperimentService::compare(ShadowSearch search) {
  {
    const std::lock_guard lock(mutex_);
    if (shadows_.size() < kMostShadows) {
      shadows_.push_back(std::move(search));
    } else {
      add_shadow(search.experiment->id, {.dropped = 1});
    }
  }
  asker_.wake();
}

Result<void> ExperimentService::forget(const Person& person) {
  const std::lock_guard storing(store_mutex_);
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(waiting_, [&person](const ExperimentNote& note) { return note.person == person; });
  }
  return records_.forget(person);
}

void ExperimentService::step() {
  store_notes();
  store_shadows();
  if (const auto read = refresh(); !read) {
    parts_.log.warning("the running experiment is not known", {{"reason", read.error().describe()}});
  }
  if (std::chrono::steady_clock::now() >= next_look_) {
    next_look_ = std::chrono::steady_clock::now() + kLookEvery;
    prune();
  }
}

void ExperimentService::store_notes() {
  const std::lock_guard storing(store_mutex_);
  std::vector<ExperimentNote> notes;
  {
    const std::lock_guard lock(mutex_);
    notes = std::exchange(waiting_, {});
  }
  const auto experiment = running();
  const bool takes_people = experiment == nullptr || experiment->id != full_;
  if (const auto stored = records_.store(notes, takes_people); !stored) {
    parts_.log.warning("searches and clicks are not counted in the experiment",
                       {{"reason", stored.error().describe()}, {"notes", notes.size()}});
  }
}

void ExperimentService::store_shadows() {
  ShadowSums sums;
  ExperimentId experiment;
  {
    const std::lock_guard lock(mutex_);
    sums = std::exchange(shadow_sums_, {});
    experiment = shadow_experiment_;
  }
  if (sums.compared + sums.failed + sums.dropped == 0) return;
  if (const auto stored = records_.add_shadows(experiment, sums); !stored) {
    parts_.log.warning("shadow searches are not counted", {{"reason", stored.error().describe()}});
  }
}

// Removes searches that no click counts for any more, and looks whether the experiment has room for people.
void ExperimentService::prune() {
  for (std::int64_t pruned = kPrunedAtOnce; pruned >= static_cast<std::int64_t>(kPrunedAtOnce);) {
    const auto removed = records_.prune(now() - kAttributionTime, kPrunedAtOnce);
    if (!removed) {
      parts_.log.warning("old searches of experiments are not removed",
                         {{"reason", removed.error().describe()}});
      return;
    }
    pruned = recorder_.is_stopped() ? 0 : *removed;
  }
  const auto experiment = running();
  if (experiment == nullptr) return;
  const auto people = records_.people(experiment->id);
  if (people) full_ = *people < ExperimentRecords::kMaxPeople ? ExperimentId{} : experiment->id;
}

void ExperimentService::ask_shadows() {
  while (!asker_.is_stopped()) {
    std::optional<ShadowSearch> next;
    {
      const std::lock_guard lock(mutex_);
      if (shadows_.empty()) return;
      next = std::move(shadows_.front());
      shadows_.pop_front();
    }
    const ShadowSums sums = asked(*next);
    const std::lock_guard lock(mutex_);
    add_shadow(next->experiment->id, sums);
  }
}

void ExperimentService::add_shadow(ExperimentId experiment, const ShadowSums& sums) {
  if (shadow_experiment_ != experiment) shadow_sums_ = {};
  shadow_experiment_ = experiment;
  shadow_sums_.add(sums);
}

ShadowSums ExperimentService::asked(const ShadowSearch& search) {
  const auto engine = engine_of(search.experiment->fields.b);
  if (!engine) return {};
  search::Query query = search.query;
  query.stop = asker_.stop_token();
  const Stopwatch watch;
  const auto found = engine->engine->search(query);
  if (!found && found.error().code == ErrorCode::kCancelled) return {};
  if (!found) return {.failed = 1};
  const std::size_t depth = std::min(kOverlapDepth, query.limit);
  const RankOverlap agreement = overlap_of(
      std::span(search.shown).first(std::min(depth, search.shown.size())), first_items(*found, depth));
  ShadowSums sums{.compared = 1, .overlap = agreement.overlap, .rank_biased = agreement.rank_biased};
  if (search.is_timed && !found->is_cached) {
    sums.timed = 1;
    sums.a_ms = sums.a_slowest_ms = search.a_ms;
    sums.b_ms = sums.b_slowest_ms = watch.milliseconds();
  }
  return sums;
}

}  // namespace fit::style
