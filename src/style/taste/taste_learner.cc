#include "style/taste/taste_learner.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <ratio>
#include <tuple>
#include <utility>
#include <vector>

namespace fit::style {
namespace {

// All feedback about one item.
struct TargetWeight {
  ItemId item;
  double weight = 0;
  Timestamp time;
};

// The middle of ratings, and the distance from it that counts 1.
constexpr double kMiddleRating = (kMinRating + kMaxRating) / 2;
constexpr double kRatingUnit = (kMaxRating - kMinRating) / 2;

void add_signal(TargetWeight& target, const TasteTap& tap, double most) {
  const double weight = signal_weight(tap.signal, tap.value);
  if (weight == 0) return;
  const bool is_turn = (weight > 0) != (target.weight > 0) && target.weight != 0;
  if (is_turn && tap.signal == Signal::kClick) return;
  target.weight = std::clamp(is_turn ? weight : target.weight + weight, -most, most);
  target.time = tap.at;
}

// The targets in the order of their latest signals.
std::vector<TargetWeight> targets_of(std::span<const TasteTap> taps, const TasteOptions& options) {
  std::vector<TasteTap> sorted(taps.begin(), taps.end());
  std::ranges::stable_sort(sorted, {}, [](const TasteTap& tap) {
    return std::tuple(tap.at, tap.item, tap.signal, signal_weight(tap.signal, tap.value));
  });
  std::map<ItemId, TargetWeight> by_item;
  for (const TasteTap& tap : sorted) {
    add_signal(by_item.try_emplace(tap.item, TargetWeight{.item = tap.item, .time = tap.at}).first->second,
               tap, options.max_of_target);
  }
  std::vector<TargetWeight> targets;
  for (const auto& [item, target] : by_item) {
    if (target.weight != 0) targets.push_back(target);
  }
  std::ranges::stable_sort(targets, {}, &TargetWeight::time);
  const std::size_t dropped = targets.size() - std::min(targets.size(), options.max_targets);
  targets.erase(targets.begin(), targets.begin() + static_cast<std::ptrdiff_t>(dropped));
  return targets;
}

using Hours = std::chrono::duration<double, std::ratio<3600>>;

// Not before 0: a clock that was set back takes nothing away. Any times can be given.
double hours_between(Timestamp from, Timestamp to) {
  return std::max(0.0, Hours(to.time_since_epoch()).count() - Hours(from.time_since_epoch()).count());
}

}  // namespace

double signal_weight(Signal signal, std::optional<double> value) {
  switch (signal) {
    case Signal::kLike:
    case Signal::kWear:
      return 1;
    case Signal::kSave:
      return 1.2;
    case Signal::kBuy:
      return 2;
    case Signal::kClick:
      return 0.3;
    case Signal::kDislike:
    case Signal::kHide:
      return -1;
    case Signal::kRating:
      if (!value || !std::isfinite(*value)) return 0;
      return std::clamp((*value - kMiddleRating) / kRatingUnit, -1.0, 1.0);
  }
  return 0;
}

TasteLearner::TasteLearner(std::shared_ptr<const TasteBackground> background)
    : background_(std::move(background)),
      long_term_(*background_),
      short_term_(*background_),
      history_(background_->options()) {}

void TasteLearner::fade_both(TasteMemory& long_term, TasteMemory& short_term, double taps,
                             Timestamp time) const {
  if (!latest_) return;
  const TasteOptions& options = background_->options();
  const double hours = hours_between(*latest_, time);
  long_term.fade(
      std::exp2(-taps / options.long_half_life_taps - hours / Hours(options.long_half_life).count()));
  short_term.fade(
      std::exp2(-taps / options.short_half_life_taps - hours / Hours(options.short_half_life).count()));
}

void TasteLearner::add(const PreparedItem& item, double weight, Timestamp time) {
  if (!std::isfinite(weight) || weight == 0) return;
  const double most = background_->options().max_of_target;
  if (latest_) {
    history_.add({.long_term = long_term_.logit(item).sum(),
                  .short_term = short_term_.logit(item).sum(),
                  .is_liked = weight > 0});
  }
  fade_both(long_term_, short_term_, 1, time);
  long_term_.add(item, std::clamp(weight, -most, most));
  short_term_.add(item, std::clamp(weight, -most, most));
  latest_ = latest_ ? std::max(*latest_, time) : time;
}

Taste TasteLearner::taste(Timestamp now) const {
  if (!latest_) return {};
  Taste::Memories memories{
      .background = background_, .long_term = long_term_, .short_term = short_term_, .mix = history_.mix()};
  fade_both(memories.long_term, memories.short_term, 0, now);
  return Taste(std::move(memories));
}

Taste learn_taste(const std::shared_ptr<const TasteBackground>& background, std::span<const TasteTap> taps,
                  const ItemOf& item_of, Timestamp now) {
  TasteLearner learner(background);
  for (const TargetWeight& target : targets_of(taps, background->options())) {
    const PreparedItem* const item = item_of(target.item);
    if (item != nullptr) learner.add(*item, target.weight, target.time);
  }
  return learner.taste(now);
}

}  // namespace fit::style
