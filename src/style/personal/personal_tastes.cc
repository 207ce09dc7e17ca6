#include "style/personal/personal_tastes.h"

#include <algorithm>
#include <functional>
#include <map>
#include <ranges>
#include <unordered_map>
#include <utility>

#include "style/outfits/outfit_id.h"
#include "style/personal/taste_items.h"
#include "style/taste/taste_learner.h"

namespace fit::style {
namespace {

constexpr std::size_t kMostKept = 256;
constexpr std::size_t kMostLiked = 200;
constexpr std::chrono::hours kTasteLifetime{1};
constexpr std::chrono::minutes kSpreadLifetime{10};

// The latest signal about an item, besides clicks where there are others.
struct LatestTap {
  ItemId item;
  Signal signal = Signal::kLike;
  bool is_liked = false;
};

std::vector<TasteTap> taps_of(const std::vector<Feedback>& history, std::optional<Timestamp> until) {
  std::vector<TasteTap> taps;
  for (const Feedback& one : history) {
    if (until && one.given_at > *until) continue;
    if (const auto item = item_of(one.target)) {
      taps.push_back({.item = *item, .signal = one.signal, .value = one.value, .at = one.given_at});
    } else if (one.target.kind == FeedbackTarget::Kind::kOutfit && signal_weight(one.signal, one.value) > 0) {
      // Whoever likes an outfit likes its pieces a little. A dislike may be of how they are combined.
      const auto pieces = pieces_of_outfit_id(one.target.id).value_or(std::vector<OutfitPieceId>());
      for (const OutfitPieceId& piece : pieces) {
        if (piece.kind != PieceKind::kItem) continue;
        taps.push_back({.item = ItemId{piece.id}, .signal = Signal::kClick, .value = {}, .at = one.given_at});
      }
    }
  }
  return taps;
}

std::vector<RefusedTarget> refused_targets(const std::vector<Feedback>& history,
                                           std::optional<Timestamp> until) {
  std::map<std::pair<FeedbackTarget::Kind, std::string>, std::optional<Timestamp>> latest;
  for (const Feedback& one : history) {
    if (one.signal == Signal::kClick || (until && one.given_at > *until)) continue;
    const auto item = item_of(one.target);
    const auto target = item ? std::pair(FeedbackTarget::Kind::kItem, item->str())
                             : std::pair(one.target.kind, one.target.id);
    const bool is_refused = signal_weight(one.signal, one.value) < 0;
    latest[target] = is_refused ? std::optional(one.given_at) : std::nullopt;
  }
  std::vector<RefusedTarget> refused;
  for (const auto& [target, at] : latest) {
    if (at) refused.push_back({.target = {.kind = target.first, .id = target.second}, .at = *at});
  }
  std::ranges::stable_sort(refused, std::ranges::greater(), &RefusedTarget::at);
  return refused;
}

// The tapped items, the latest first.
std::vector<LatestTap> latest_taps(const std::vector<TasteTap>& taps) {
  std::vector<LatestTap> latest;
  std::unordered_map<ItemId, std::size_t> places;
  for (const TasteTap& tap : taps | std::views::reverse) {
    const auto [place, is_new] = places.try_emplace(tap.item, latest.size());
    if (is_new) latest.push_back({.item = tap.item});
    LatestTap& one = latest[place->second];
    // A click does not take a dislike back.
    if (!is_new && (one.signal != Signal::kClick || tap.signal == Signal::kClick)) continue;
    one.signal = tap.signal;
    one.is_liked = signal_weight(tap.signal, tap.value) > 0;
  }
  return latest;
}

}  // namespace

Result<std::shared_ptr<const TasteBackground>> PersonalTastes::background_of(
    const domain::SpaceRecord& space) {
  FIT_TRY(const std::int64_t position, store_.changes().position());
  const std::lock_guard lock(spread_mutex_);
  Spread& spread = spreads_[space.id];
  const auto time = std::chrono::steady_clock::now();
  if (spread.background != nullptr && spread.position == position) return spread.background;
  FIT_TRY(const std::int64_t last, last_item(store_));
  const bool has_grown = last > spread.last_item + spread.last_item / 5;
  if (spread.background != nullptr && !has_grown && time < spread.read_at + kSpreadLifetime) {
    return spread.background;
  }
  FIT_TRY(auto background, sample_background(store_, space));
  spread = {.position = position, .last_item = last, .read_at = time, .background = std::move(background)};
  return spread.background;
}

Result<std::shared_ptr<const KnownTaste>> PersonalTastes::find(const Person& person,
                                                               const domain::SpaceRecord& space,
                                                               std::optional<Timestamp> at) {
  FIT_TRY(const std::int64_t revision, feedback_.revision(person));
  if (revision == 0) return std::shared_ptr<const KnownTaste>();
  FIT_TRY(auto background, background_of(space));
  auto wanted = std::make_shared<KnownTaste>();
  wanted->space_id = space.id;
  wanted->background = background;
  Kept kept{.person = person.str(),
            .revision = revision,
            .is_present = !at.has_value(),
            .taste = std::move(wanted)};
  if (auto found = find_kept(kept, at)) return found;
  FIT_TRY(kept.taste, learn(person, space.id, std::move(background), at));
  auto found = kept.taste;
  keep(std::move(kept));
  return found;
}

Result<std::shared_ptr<const KnownTaste>> PersonalTastes::learn(
    const Person& person, std::int64_t space_id, std::shared_ptr<const TasteBackground> background,
    std::optional<Timestamp> at) {
  auto known = std::make_shared<KnownTaste>();
  known->space_id = space_id;
  known->background = std::move(background);
  const Timestamp time = now();  // before the feedback is read: what comes meanwhile is later
  FIT_TRY(const auto history, feedback_.history(person));
  const std::vector<TasteTap> taps = taps_of(history, at);
  // The clock of another process may be ahead.
  known->at = at.value_or(taps.empty() ? time : std::max(time, taps.back().at));
  known->refused = refused_targets(history, at);
  std::vector<ItemId> items;
  for (const LatestTap& one : latest_taps(taps)) {
    known->judged.insert(one.item);
    if (items.size() < known->background->options().max_targets) items.push_back(one.item);
    if (one.is_liked && known->liked.size() < kMostLiked) known->liked.push_back(one.item);
  }
  FIT_TRY(const auto prepared, prepared_items(store_, space_id, *known->background, items));
  known->taste = learn_taste(
      known->background, taps,
      [&prepared](ItemId item) -> const PreparedItem* {
        const auto found = prepared.find(item);
        return found == prepared.end() ? nullptr : &found->second;
      },
      known->at);
  return std::shared_ptr<const KnownTaste>(std::move(known));
}

std::shared_ptr<const KnownTaste> PersonalTastes::find_kept(const Kept& wanted, std::optional<Timestamp> at) {
  const Timestamp time = now();
  const std::lock_guard lock(kept_mutex_);
  const auto found = std::ranges::find_if(kept_, [&](const Kept& one) {
    if (one.person != wanted.person || one.revision != wanted.revision ||
        one.taste->space_id != wanted.taste->space_id || one.taste->background != wanted.taste->background) {
      return false;
    }
    return at ? one.taste->at == *at : one.is_present && time < one.taste->at + kTasteLifetime;
  });
  if (found == kept_.end()) return nullptr;
  kept_.splice(kept_.begin(), kept_, found);
  return found->taste;
}

void PersonalTastes::keep(Kept kept) {
  const std::lock_guard lock(kept_mutex_);
  // What was learned from earlier feedback is not asked for again.
  std::erase_if(kept_, [&kept](const Kept& one) {
    return one.person == kept.person && one.taste->space_id == kept.taste->space_id &&
           (one.revision != kept.revision || one.is_present == kept.is_present);
  });
  kept_.push_front(std::move(kept));
  if (kept_.size() > kMostKept) kept_.pop_back();
}

}  // namespace fit::style
