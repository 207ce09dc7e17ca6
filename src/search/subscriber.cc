#include "search/subscriber.h"

#include <algorithm>

namespace fit::search {
namespace {

constexpr std::size_t kChangeBatch = 2000;  // changes applied at once

}  // namespace

Result<void> Subscriber::catch_up(const Progress& progress, const std::stop_token& stop) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t announced = announced_;
  FIT_TRY(const std::int64_t target, store_.changes().position());
  if (position_ == 0 && target > 0) {
    if (rebuilt_from_ == 0) rebuilt_from_ = target;
    FIT_CHECK(rebuild(progress, stop));
    position_ = rebuilt_from_;
  }
  while (position_ < target) {
    if (stop.stop_requested()) return cancelled();
    FIT_TRY(const auto changes, store_.changes().list(position_, kChangeBatch));
    if (changes.empty()) break;
    FIT_CHECK(apply(changes));
    position_ = changes.back().position;
    progress(position_, std::max(position_.load(), target));
  }
  is_complete_ = true;
  {
    const std::lock_guard applied(applied_mutex_);
    applied_ = announced;
  }
  applied_changed_.notify_all();
  caught_up(stop);
  return {};
}

void Subscriber::wait_for_announced(std::chrono::milliseconds limit) const {
  if (!is_complete_) return;
  const std::uint64_t announced = announced_;
  std::unique_lock lock(applied_mutex_);
  applied_changed_.wait_for(lock, limit, [&] { return applied_ >= announced; });
}

void Subscriber::caught_up(const std::stop_token&) {}

Result<void> Subscriber::checkpoint() {
  const std::lock_guard lock(mutex_);
  const std::int64_t position = position_;
  if (position == saved_position_) return {};
  FIT_CHECK(save(position));
  saved_position_ = position;
  return {};
}

ChangedItems::ChangedItems(std::span<const store::Change> changes) {
  for (const store::Change& change : changes) (change.removed ? removed : written).push_back(change.item);
}

}  // namespace fit::search
