#include "search/change_follower.h"

namespace fit::search {
namespace {

constexpr std::size_t kBatch = 5000;
constexpr std::chrono::seconds kProgressEvery{5};

}  // namespace

Result<void> load_columns(store::Catalogue& store, ItemColumns& columns) {
  FIT_TRY(const std::int64_t position, store.changes().position());
  ItemId after{0};
  while (true) {
    FIT_TRY(const auto facts, store.items().list_filter_columns(after, kBatch));
    if (facts.empty()) {
      columns.set_position(position);
      return {};
    }
    columns.upsert(facts);
    after = facts.back().id;
  }
}

Result<void> follow_columns(store::Catalogue& store, ItemColumns& columns) {
  const std::lock_guard lock(columns.following());
  while (true) {
    FIT_TRY(const auto changes, store.changes().list(columns.position(), kBatch));
    if (changes.empty()) return {};
    std::vector<ItemId> written;
    std::vector<ItemId> removed;
    for (const store::Change& change : changes) (change.removed ? removed : written).push_back(change.item);
    FIT_TRY(const auto facts, store.items().filter_columns(written));
    columns.upsert(facts);
    columns.remove(removed);
    columns.set_position(changes.back().position);
  }
}

ChangeFollower::ChangeFollower(store::Catalogue& store, ItemColumns& columns, SpaceIndex& index, Log log,
                               Metrics& metrics, Options options)
    : store_(store),
      columns_(columns),
      index_(index),
      log_(std::move(log)),
      metrics_(metrics),
      options_(options),
      task_([this](const std::stop_token& stop) {
        do step(stop);
        while (task_.wait_for(options_.poll));
      }) {}

ChangeFollower::~ChangeFollower() {
  task_.stop();
  save(index_);
  if (options_.texts != nullptr) save(*options_.texts);
}

void ChangeFollower::save(SpaceIndex& index) {
  if (const auto saved = index.save(); !saved) log_.error("index snapshot not written", saved.error());
}

// Until the index was complete once, says every few seconds how far it is.
Progress ChangeFollower::progress_log(const SpaceIndex& index) const {
  if (index.complete()) return {};
  return
      [this, &index, last = std::chrono::steady_clock::now()](std::int64_t done, std::int64_t total) mutable {
        const auto now = std::chrono::steady_clock::now();
        if (now - last < kProgressEvery) return;
        last = now;
        log_.info("building the index", {{"space", index.space().name}, {"done", done}, {"total", total}});
      };
}

void ChangeFollower::step(SpaceIndex& index, const std::stop_token& stop) {
  const bool was_complete = index.complete();
  if (const auto caught_up = index.catch_up(progress_log(index), stop); !caught_up) {
    log_.error("index is behind the catalogue", caught_up.error());
  } else if (!was_complete && index.complete()) {
    log_.info("index is complete",
              {{"space", index.space().name}, {"images", index.vectors().stats().images}});
  }
  const index::IndexStats stats = index.vectors().stats();
  const Labels labels = {{"space", index.space().name}};
  metrics_.gauge("fit_index_images", "Live vectors in the index", labels)
      .set(static_cast<double>(stats.images));
  metrics_.gauge("fit_index_bytes", "Size of the index, in this process or in the database", labels)
      .set(static_cast<double>(stats.memory_bytes));
  metrics_.gauge("fit_index_position", "Change number of the store that the index has reached", labels)
      .set(static_cast<double>(index.position()));
}

void ChangeFollower::step(const std::stop_token& stop) {
  if (const auto followed = follow_columns(store_, columns_); !followed) {
    log_.error("filter columns are behind the catalogue", followed.error());
  }
  step(index_, stop);
  if (options_.texts != nullptr) step(*options_.texts, stop);
  metrics_.gauge("fit_items", "Items in the catalogue").set(static_cast<double>(columns_.size()));

  const auto since_save = std::chrono::steady_clock::now() - last_save_;
  const std::int64_t unsaved =
      std::max(index_.unsaved_changes(), options_.texts == nullptr ? 0 : options_.texts->unsaved_changes());
  if (!stop.stop_requested() && unsaved > 0 &&
      (unsaved >= options_.save_after_changes || since_save >= options_.save_every)) {
    save(index_);
    if (options_.texts != nullptr) save(*options_.texts);
    last_save_ = std::chrono::steady_clock::now();
  }
}

}  // namespace fit::search
