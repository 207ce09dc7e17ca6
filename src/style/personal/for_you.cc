#include "style/personal/for_you.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <random>
#include <unordered_map>
#include <utility>

#include "style/personal/taste_items.h"

namespace fit::style {
namespace {

// The pages of the newest items that are read. What a person has given feedback to fills fewer.
constexpr std::size_t kMostPages = 2 + FeedbackStore::kMaxOfPerson / search::kMaxLimit;
constexpr std::size_t kNewest = 100;       // candidates among the newest items
constexpr std::size_t kCentres = 3;        // that are drawn
constexpr std::size_t kExamples = 3;       // of a centre
constexpr std::size_t kAlike = 60;         // candidates of a centre
constexpr std::size_t kExploredEvery = 5;  // places
constexpr double kNoise = 0.05;            // the deviation of what is added to a score
constexpr double kRepetition = 0.15;       // what a pick takes from the score of an item that looks the same
constexpr double kSameLook = 0.999;        // the cosine of two copies of one picture
constexpr double kNever = -std::numeric_limits<double>::infinity();

struct PickCandidate {
  ForYouPick pick;
  PreparedItem prepared = {};
  bool is_new = false;  // one of the newest items
  double score = 0;     // with noise; kNever: picked, or a copy of a pick
  double likeness = 0;  // the greatest cosine to a pick
};

class Picker {
 public:
  Picker(search::SearchEngine& engine, store::Catalogue& store, const KnownTaste* known,
         const ForYouOptions& options)
      : engine_(engine), store_(store), known_(known), options_(options), random_(options.seed) {}

  Result<ForYouPicks> pick() {
    const bool is_personal = known_ != nullptr && known_->taste.confidence() > 0;
    FIT_CHECK(add_newest(is_personal ? kNewest : options_.limit));
    if (!is_personal) return newest();
    for (const TasteCentre& centre : drawn_centres()) FIT_CHECK(add_alike(centre));
    FIT_CHECK(judge());
    return best();
  }

 private:
  search::Query query() const {
    search::Query query;
    query.filter = options_.filter;
    query.required = options_.required;
    query.stop = options_.stop;
    return query;
  }

  void add(domain::ItemRecord item, bool is_new) {
    if (known_ != nullptr && known_->judged.contains(item.id)) return;
    const bool is_known = std::ranges::any_of(
        candidates_, [&item](const PickCandidate& one) { return one.pick.item.id == item.id; });
    if (is_known) return;
    candidates_.push_back({.pick = {.item = std::move(item), .taste = {}}, .is_new = is_new});
  }

  Result<void> add_newest(std::size_t wanted) {
    search::Query newest = query();
    newest.browse = true;
    newest.paged = true;
    newest.limit = search::kMaxLimit;
    for (std::size_t page = 0; page < kMostPages && candidates_.size() < wanted; ++page) {
      FIT_TRY(auto found, engine_.search(newest));
      for (search::Hit& hit : found.hits) add(std::move(hit.item), true);
      if (found.next_cursor.empty()) break;
      newest.cursor = std::move(found.next_cursor);
    }
    return {};
  }

  ForYouPicks newest() {
    ForYouPicks picks;
    for (PickCandidate& one : candidates_) {
      if (picks.picks.size() < options_.limit) picks.picks.push_back(std::move(one.pick));
    }
    return picks;
  }

  // A number from a Beta distribution.
  double draw(double more, double less) {
    const double one = std::gamma_distribution<double>(more)(random_);
    const double other = std::gamma_distribution<double>(less)(random_);
    return one + other > 0 ? one / (one + other) : 0.5;
  }

  std::vector<TasteCentre> drawn_centres() {
    std::vector<TasteCentre> centres = known_->taste.centres(0);
    double total = 0;
    for (const TasteCentre& one : centres) total += one.weight;
    std::vector<std::pair<double, std::size_t>> draws;
    for (std::size_t i = 0; i < centres.size(); ++i) {
      draws.emplace_back(draw(1 + centres[i].weight, 1 + total - centres[i].weight), i);
    }
    std::ranges::sort(draws, std::greater());
    std::vector<TasteCentre> drawn;
    for (const auto& [value, index] : draws) {
      if (drawn.size() < kCentres) drawn.push_back(std::move(centres[index]));
    }
    return drawn;
  }

  // The liked items that are nearest to a centre and exist for the person, as far as they are near.
  Result<std::vector<ItemId>> examples_of(const TasteCentre& centre) {
    if (!liked_) {
      FIT_TRY(liked_, prepared_items(store_, known_->space_id, *known_->background, known_->liked));
    }
    std::vector<std::pair<double, ItemId>> near;
    for (const ItemId item : known_->liked) {
      const auto found = liked_->find(item);
      if (found == liked_->end() || found->second.vectors.front().empty()) continue;
      const double cosine = double{taste_cosine(found->second.vectors.front(), centre.direction)};
      if (cosine >= known_->background->options().same_centre) near.emplace_back(cosine, item);
    }
    std::ranges::sort(near, std::greater());
    std::vector<ItemId> examples;
    for (const auto& [cosine, item] : near) {
      if (examples.size() == kExamples) break;
      FIT_TRY(const bool is_there, engine_.may_show(item, options_.required));
      if (is_there) examples.push_back(item);
    }
    return examples;
  }

  Result<void> add_alike(const TasteCentre& centre) {
    search::Query alike = query();
    FIT_TRY(alike.like, examples_of(centre));
    if (alike.like.empty()) return {};
    alike.limit = kAlike;
    auto found = engine_.search(alike);
    // An example was removed meanwhile.
    if (!found && found.error().code == ErrorCode::kNotFound) return {};
    if (!found) return found.error();
    for (search::Hit& hit : found->hits) add(std::move(hit.item), false);
    return {};
  }

  Result<void> judge() {
    std::vector<ItemId> ids;
    for (const PickCandidate& one : candidates_) ids.push_back(one.pick.item.id);
    FIT_TRY(auto prepared, prepared_items(store_, known_->space_id, *known_->background, ids));
    std::normal_distribution<double> noise(0, kNoise);
    for (PickCandidate& one : candidates_) {
      const double added = noise(random_);
      const auto found = prepared.find(one.pick.item.id);
      if (found != prepared.end()) {
        one.prepared = std::move(found->second);
        one.pick.taste = known_->taste.score(one.prepared);
      }
      one.score = one.pick.taste.score + added;
    }
    return {};
  }

  // The candidate with the best score; null when all are picked.
  PickCandidate* best_left() {
    const auto value = [](const PickCandidate& one) { return one.score - kRepetition * one.likeness; };
    const auto best = std::ranges::max_element(candidates_, {}, value);
    return best == candidates_.end() || best->score == kNever ? nullptr : &*best;
  }

  // One of the newest candidates; null when all are picked.
  PickCandidate* any_new() {
    std::vector<PickCandidate*> left;
    for (PickCandidate& one : candidates_) {
      if (one.is_new && one.score != kNever) left.push_back(&one);
    }
    return left.empty() ? nullptr : left[random_() % left.size()];
  }

  // Lowers the scores of what looks like a pick.
  void compare(const PreparedItem& pick) {
    if (pick.vectors.empty() || pick.vectors.front().empty()) return;
    for (PickCandidate& one : candidates_) {
      if (one.prepared.vectors.empty() || one.prepared.vectors.front().empty()) continue;
      const double cosine = double{taste_cosine(one.prepared.vectors.front(), pick.vectors.front())};
      one.likeness = std::max(one.likeness, cosine);
      if (cosine > kSameLook) one.score = kNever;
    }
  }

  ForYouPicks best() {
    ForYouPicks picks{.picks = {}, .is_personal = true};
    while (picks.picks.size() < options_.limit) {
      const bool explores = (picks.picks.size() + 1) % kExploredEvery == 0;
      PickCandidate* next = explores ? any_new() : nullptr;
      const bool is_exploration = next != nullptr;
      if (next == nullptr) next = best_left();
      if (next == nullptr) break;
      next->score = kNever;
      next->pick.is_exploration = is_exploration;
      compare(next->prepared);
      picks.picks.push_back(std::move(next->pick));
    }
    return picks;
  }

  search::SearchEngine& engine_;
  store::Catalogue& store_;
  const KnownTaste* const known_;  // null: nothing is known
  const ForYouOptions& options_;
  std::mt19937_64 random_;
  std::optional<std::unordered_map<ItemId, PreparedItem>> liked_;
  std::vector<PickCandidate> candidates_;
};

}  // namespace

Result<ForYouPicks> pick_for_you(search::SearchEngine& engine, store::Catalogue& store,
                                 const KnownTaste* known, const ForYouOptions& options) {
  return Picker(engine, store, known, options).pick();
}

}  // namespace fit::style
