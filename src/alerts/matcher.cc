#include "alerts/matcher.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/stopwatch.h"

namespace fit::alerts {
namespace {

constexpr std::size_t kChangesAtOnce = 500;
constexpr std::size_t kHistory = 200;                  // states of an item that are looked at
constexpr std::chrono::milliseconds kHoldTime{5'000};  // for which the work of a process that is gone waits
constexpr int kMaxStale = 3;             // attempts that others have overtaken, one after the other
constexpr double kMaxFailedSeconds = 5;  // of attempts to compile, after which the rest waits

FilterRules rules_of(search::SearchEngine& engine) {
  return {.satisfies = [&engine](const domain::Listing& listing,
                                 const search::Filter& filter) { return engine.may_show(listing, filter); },
          .value_key = [&engine](std::string_view column,
                                 std::string_view value) { return engine.value_key(column, value); }};
}

// Whether no later attempt at the same search succeeds.
bool is_permanent(const Error& error) {
  switch (error.code) {
    case ErrorCode::kMalformed:
    case ErrorCode::kForbidden:
    case ErrorCode::kNotFound:
    case ErrorCode::kTooLarge:
    case ErrorCode::kUnsupportedMedia:
    case ErrorCode::kInvalid:
    case ErrorCode::kDamaged:
      return true;
    default:
      return false;
  }
}

std::size_t size_of(const MatchedBatch& batch) {
  return batch.alerts.size() + batch.dropped.size();
}

}  // namespace

struct Matcher::Failures {
  std::vector<SavedSearchId> ids;
  std::optional<Error> first;
  double seconds = 0;
};

Matcher::Matcher(Parts parts)
    : parts_(std::move(parts)),
      access_(parts_.access),
      shown_searches_(
          parts_.metrics.gauge("fit_saved_searches", "Saved searches that new items are compared with")),
      shown_waiting_(parts_.metrics.gauge("fit_saved_searches_waiting",
                                          "Saved searches that cannot be compiled for the time being")),
      shown_changes_(
          parts_.metrics.gauge("fit_alert_changes_waiting",
                               "Changes of the catalogue that saved searches are not compared with yet")),
      step_seconds_(parts_.metrics.latency("fit_alert_step_seconds",
                                           "Time to compare up to 500 changes with all saved searches")) {}

Result<std::size_t> Matcher::catch_up(const std::stop_token& stop) {
  std::size_t alerts = 0;
  bool may_retry = true;
  for (int stale = 0; stale < kMaxStale;) {
    if (stop.stop_requested()) return cancelled();
    FIT_TRY(const MatcherState state, parts_.searches.state());
    FIT_TRY(const std::int64_t target, parts_.store.changes().position());
    shown_changes_.set(static_cast<double>(std::max<std::int64_t>(target - state.position, 0)));
    const bool is_retry = may_retry && has_waiting_ && retry_at_ <= now();
    if (is_retry) may_retry = false;
    if (state.position >= target && !is_retry) return alerts;
    FIT_TRY(const bool is_held, keep_hold());
    if (!is_held) return alerts;  // another process does the work
    const Stopwatch watch;
    Step step{.batch = {.from = state.position,
                        .to = state.position,
                        .number = state.batch,
                        .revision = state.revision},
              .stop = stop,
              .moves = !is_retry};
    const auto is_whole = is_retry ? retry_waiting(step) : match_changes(step);
    alerts += step.stored;
    FIT_CHECK(is_whole);
    if (!*is_whole) {
      held_until_ = {};
      ++stale;  // again, with the searches as they are now
      continue;
    }
    stale = 0;
    if (is_retry) continue;
    step_seconds_.observe(watch.seconds());
  }
  return alerts;
}

Result<bool> Matcher::keep_hold() {
  const Timestamp time = now();
  if (held_until_ >= time + kHoldTime / 2) return true;
  FIT_TRY(const bool is_held, parts_.alerts.hold(parts_.holder, time, time + kHoldTime));
  if (!is_held) return false;
  // Another process may have held the work since, and have let searches wait that this one has in its plan.
  if (held_until_ <= time) has_waiting_ = true;
  held_until_ = time + kHoldTime;
  return true;
}

Result<bool> Matcher::match_changes(Step& step) {
  FIT_TRY(const auto changes, parts_.store.changes().list(step.batch.from, kChangesAtOnce));
  if (changes.empty()) return false;
  // The searches are read after the changes: one that was saved before a change was made is among them.
  FIT_TRY(const MatcherState current, parts_.searches.state());
  step.batch.revision = current.revision;
  const EngineLease lease = parts_.engine();
  FIT_CHECK(load(lease, current.revision, step.batch.from));
  FIT_TRY(const bool is_current, match(lease, *plan_, changes, step));
  if (!is_current) return false;
  return flush(step);
}

Result<void> Matcher::load(const EngineLease& lease, std::int64_t revision, std::int64_t position) {
  if (!plan_ || owner_.lock() != lease.owner) {
    plan_ = std::make_unique<SearchPlan>(rules_of(lease.engine));
    owner_ = lease.owner;
    loaded_revision_ = -1;
  }
  if (loaded_revision_ == revision) return {};
  FIT_TRY(const auto changed, parts_.searches.changed_after(loaded_revision_));
  for (const SavedSearchId id : changed.unreadable) plan_->remove(id);
  note_unreadable(changed.unreadable);
  Failures failures;
  for (const StoredSearch& one : changed.searches) {
    const SavedSearchId id = one.saved.id;
    SearchPtr search;
    if (one.is_matched && one.waiting_from) {
      has_waiting_ = true;  // it is compared with what it has missed first
    } else if (one.is_matched) {
      FIT_TRY(search, prepare(lease, one, failures));
    }
    if (search) {
      plan_->put(std::move(search));
    } else {
      plan_->remove(id);
    }
  }
  if (!failures.ids.empty()) FIT_CHECK(let_wait(failures, position));
  FIT_TRY(const auto ids, parts_.searches.ids());
  const std::unordered_set<SavedSearchId> present(ids.begin(), ids.end());
  plan_->keep_if([&present](SavedSearchId id) { return present.contains(id); });
  loaded_revision_ = revision;
  measure();
  return {};
}

void Matcher::measure() {
  shown_searches_.set(static_cast<double>(plan_->size()));
}

void Matcher::set_waiting(std::size_t count) {
  waiting_ = count;
  shown_waiting_.set(static_cast<double>(waiting_));
}

Result<void> Matcher::let_wait(const Failures& failures, std::int64_t position) {
  if (waiting_ != failures.ids.size()) {
    parts_.log.warning("saved searches wait to be compiled",
                       {{"count", std::to_string(failures.ids.size())},
                        {"first", failures.ids.front().str()},
                        {"error", failures.first ? failures.first->describe() : ""}});
  }
  FIT_CHECK(parts_.searches.wait_from(failures.ids, position));
  set_waiting(failures.ids.size());
  has_waiting_ = true;
  retry_at_ = now() + parts_.retry_pause;
  return {};
}

void Matcher::note_unreadable(const std::vector<SavedSearchId>& ids) {
  for (const SavedSearchId id : ids) {
    if (unreadable_.insert(id).second) {
      parts_.log.error("a saved search cannot be read and is left out",
                       {{"id", id.str()}, {"remedy", "remove it with fit alerts remove"}});
    }
  }
}

Result<Matcher::SearchPtr> Matcher::prepare(const EngineLease& lease, const StoredSearch& stored,
                                            Failures& failures) {
  const bool is_compiled = stored.compiled_for == compilation_key(lease.engine.space().id);
  if (!is_compiled && failures.seconds > kMaxFailedSeconds) {
    failures.ids.push_back(stored.saved.id);
    return SearchPtr();
  }
  const Stopwatch watch;
  auto search = planned(lease, stored);
  if (search) {
    if (!stored.saved.problem.empty()) FIT_CHECK(parts_.searches.put_problem(stored.saved, {}));
    return search;
  }
  const Error& error = search.error();
  if (!is_permanent(error)) {
    failures.seconds += watch.seconds();
    if (!failures.first) failures.first = error;
    failures.ids.push_back(stored.saved.id);
    return SearchPtr();
  }
  parts_.log.warning("a saved search cannot be matched",
                     {{"id", stored.saved.id.str()}, {"error", error.describe()}});
  FIT_CHECK(parts_.searches.put_problem(stored.saved,
                                        error.message.empty() ? "it cannot be compared" : error.message));
  return SearchPtr();
}

Result<Matcher::SearchPtr> Matcher::planned(const EngineLease& lease, const StoredSearch& stored) {
  const domain::SpaceRecord& space = lease.engine.space();
  auto search = std::make_shared<PlannedSearch>();
  search->saved = stored.saved;
  if (stored.compiled_for == compilation_key(space.id)) {
    auto compiled = stored_compiled(stored.compiled.json, stored.compiled.vectors,
                                    static_cast<std::size_t>(space.dimensions));
    if (compiled) {
      search->compiled = *std::move(compiled);
      return SearchPtr(std::move(search));
    }
  }
  FIT_TRY(search->compiled, compile_again(lease, stored));
  return SearchPtr(std::move(search));
}

// Compiles a search that was compiled for another space, or whose compilation is damaged.
Result<CompiledSearch> Matcher::compile_again(const EngineLease& lease, const StoredSearch& stored) {
  search::Query query = asked_query(stored.saved.query, stored.saved.options);
  if (stored.saved.has_photo) {
    FIT_TRY(query.image, parts_.searches.photo(stored.saved.id));
  }
  FIT_TRY(const search::ResolvedQuery resolved, lease.engine.resolve(query));
  CompiledSearch compiled = compile(resolved, query, stored.saved.options);
  FIT_CHECK(parts_.searches.put_compiled(stored.saved, store_compiled(compiled),
                                         compilation_key(lease.engine.space().id)));
  return compiled;
}

// Tries the searches that wait, and compares those that wait no more with what they have missed. Changes that
// they were compared with before lead to no second alert (events.h).
Result<bool> Matcher::retry_waiting(Step& step) {
  retry_at_ = now() + parts_.retry_pause;
  FIT_TRY(const auto waiting, parts_.searches.waiting());
  note_unreadable(waiting.unreadable);
  has_waiting_ = !waiting.searches.empty();
  if (!has_waiting_) {
    set_waiting(0);
    return true;
  }
  const EngineLease lease = parts_.engine();
  SearchPlan plan(rules_of(lease.engine));
  std::vector<SearchPtr> ready;
  std::vector<SavedSearchId> ended;
  std::int64_t from = step.batch.from;
  Failures failures;
  for (const StoredSearch& one : waiting.searches) {
    if (!one.is_matched) {
      ended.push_back(one.saved.id);  // it is matched from the moment on in which it may be
      continue;
    }
    FIT_TRY(SearchPtr search, prepare(lease, one, failures));
    if (!search) continue;
    ended.push_back(one.saved.id);
    from = std::min(from, one.waiting_from.value_or(from));
    plan.put(search);
    ready.push_back(std::move(search));
  }
  if (!failures.ids.empty()) FIT_CHECK(let_wait(failures, step.batch.from));
  FIT_TRY(const bool is_current, catch_up_with(lease, plan, from, step));
  if (!is_current) return false;
  step.batch.caught_up = std::move(ended);
  FIT_TRY(const bool is_stored, flush(step));
  if (!is_stored) return false;
  // A plan of another space, or none, is filled by load().
  if (plan_ && owner_.lock() == lease.owner) {
    for (SearchPtr& one : ready) plan_->put(std::move(one));
    measure();
  }
  has_waiting_ = !failures.ids.empty();
  if (!has_waiting_) set_waiting(0);
  return true;
}

Result<bool> Matcher::catch_up_with(const EngineLease& lease, const SearchPlan& plan, std::int64_t from,
                                    Step& step) {
  while (plan.size() > 0 && from < step.batch.from) {
    FIT_TRY(auto changes, parts_.store.changes().list(from, kChangesAtOnce));
    std::erase_if(changes, [&step](const store::Change& one) { return one.position > step.batch.from; });
    if (changes.empty()) break;
    FIT_TRY(const bool is_held, keep_hold());
    if (!is_held) return false;
    FIT_TRY(const bool is_current, match(lease, plan, changes, step));
    if (!is_current) return false;
    from = changes.back().position;
  }
  return true;
}

Result<bool> Matcher::match(const EngineLease& lease, const SearchPlan& plan,
                            std::span<const store::Change> changes, Step& step) {
  FIT_CHECK(access_.refresh(now()));
  std::vector<ItemId> changed;
  std::vector<ItemId> written;
  for (const store::Change& change : changes) {
    changed.push_back(change.item);
    if (!change.removed) written.push_back(change.item);
  }
  std::unordered_set<ItemId> awaited;
  if (step.moves) {
    FIT_TRY(const auto items, parts_.alerts.awaited(changed));
    awaited.insert(items.begin(), items.end());
  }
  std::unordered_map<ItemId, domain::ItemRecord> items;
  std::unordered_map<ItemId, std::vector<domain::ImageVector>> vectors;
  if (plan.size() > 0 && !written.empty()) {
    FIT_TRY(auto records, parts_.store.items().get(written));
    FIT_TRY(auto all_vectors, parts_.store.vectors().of_items(lease.engine.space().id, written));
    for (domain::ItemRecord& one : records) items.emplace(one.id, std::move(one));
    for (domain::ImageVector& one : all_vectors) vectors[one.item].push_back(std::move(one));
  }
  for (const store::Change& change : changes) {
    if (step.stop.stop_requested()) return cancelled();
    std::vector<RecipientId> matched;
    if (const auto item = items.find(change.item); item != items.end()) {
      FIT_TRY(const bool is_current,
              match_item(plan, {.item = item->second, .vectors = vectors[change.item]}, step, matched));
      if (!is_current) return false;
    }
    if (awaited.contains(change.item)) {
      FIT_TRY(const bool is_current, drop_untrue(change.item, matched, step));
      if (!is_current) return false;
    }
    if (step.moves) step.batch.to = change.position;
  }
  return true;
}

Result<bool> Matcher::match_item(const SearchPlan& plan, const Subject& subject, Step& step,
                                 std::vector<RecipientId>& matched) {
  const domain::ItemRecord& item = subject.item;
  std::vector<const PlannedSearch*> found;
  for (const PlannedSearch* const one : plan.match(item, subject.vectors)) {
    FIT_TRY(const bool is_granted, access_.is_granted(one->saved.created_by));
    if (is_granted) found.push_back(one);
  }
  if (found.empty()) return true;
  auto history = parts_.store.items().history(item.id, kHistory);
  if (!history && history.error().code == ErrorCode::kNotFound)
    return true;  // its removal is the next change
  FIT_CHECK(history);
  FIT_TRY(const auto told, parts_.alerts.told(item.id));
  std::unordered_map<RecipientId, std::vector<Alert>> told_to;
  for (const Alert& one : told) told_to[one.recipient].push_back(one);
  const auto recipient_of = [](const PlannedSearch* one) { return one->saved.recipient; };
  std::ranges::stable_sort(found, {}, recipient_of);
  for (auto at = found.begin(); at != found.end();) {
    const RecipientId recipient = recipient_of(*at);
    const auto end = std::ranges::find_if(
        at, found.end(), [&](const PlannedSearch* one) { return recipient_of(one) != recipient; });
    auto alert = decide({.searches = {at, end},
                         .item = item,
                         .history = *history,
                         .told = told_to[recipient],
                         .time = now()});
    matched.push_back(recipient);
    at = end;
    if (!alert) continue;
    step.batch.alerts.push_back(*std::move(alert));
    FIT_TRY(const bool is_current, flush_if_full(step));
    if (!is_current) return false;
  }
  return true;
}

Result<bool> Matcher::drop_untrue(ItemId item, const std::vector<RecipientId>& matched, Step& step) {
  FIT_TRY(const auto awaiting, parts_.alerts.awaiting(item));
  const std::unordered_set<RecipientId> kept(matched.begin(), matched.end());
  for (const RecipientId recipient : awaiting) {
    if (kept.contains(recipient)) continue;
    step.batch.dropped.emplace_back(item, recipient);
    FIT_TRY(const bool is_current, flush_if_full(step));
    if (!is_current) return false;
  }
  return true;
}

Result<bool> Matcher::flush_if_full(Step& step) {
  if (size_of(step.batch) < parts_.batch_size) return true;
  return flush(step);
}

Result<bool> Matcher::flush(Step& step) {
  FIT_TRY(const bool is_held, keep_hold());
  if (!is_held) return false;
  MatchedBatch& batch = step.batch;
  FIT_TRY(const bool is_stored, parts_.alerts.store(batch, now()));
  if (!is_stored) return false;
  count(batch);
  step.stored += batch.alerts.size();
  batch =
      MatchedBatch{.from = batch.to, .to = batch.to, .number = batch.number + 1, .revision = batch.revision};
  return true;
}

void Matcher::count(const MatchedBatch& batch) {
  for (const NewAlert& one : batch.alerts) {
    parts_.metrics
        .counter("fit_alerts_total", "Alerts that saved searches have led to",
                 {{"event", std::string(to_string(one.alert.event))}})
        .add();
  }
}

}  // namespace fit::alerts
