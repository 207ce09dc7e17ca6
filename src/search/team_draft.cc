#include "search/team_draft.h"

#include <random>
#include <unordered_set>

namespace fit::search {
namespace {

// The items of a ranking that nobody has picked.
class Unpicked {
 public:
  Unpicked(std::span<const ItemId> ranking, const std::unordered_set<ItemId>& picked)
      : rest_(ranking), picked_(picked) {}

  bool is_empty() {
    while (!rest_.empty() && picked_.contains(rest_.front())) rest_ = rest_.subspan(1);
    return rest_.empty();
  }
  // The best item; there must be one.
  ItemId best() const { return rest_.front(); }

 private:
  std::span<const ItemId> rest_;
  const std::unordered_set<ItemId>& picked_;
};

}  // namespace

Interleaved interleave(std::span<const ItemId> a, std::span<const ItemId> b, std::size_t limit,
                       std::uint64_t seed) {
  Interleaved merged;
  std::unordered_set<ItemId> picked;
  Unpicked rest_a(a, picked);
  Unpicked rest_b(b, picked);
  const auto pick = [&](const Unpicked& from, Team team) {
    const ItemId item = from.best();
    picked.insert(item);
    merged.items.push_back(item);
    merged.teams.push_back(team);
  };
  // The sequence of this generator is part of the C++ standard.
  std::mt19937_64 random(seed);
  bool a_is_next = false;
  bool is_new_round = true;
  while (merged.items.size() < limit) {
    const bool a_is_empty = rest_a.is_empty();
    const bool b_is_empty = rest_b.is_empty();
    if (a_is_empty && b_is_empty) break;
    // A round that has begun is completed where the other ranking can.
    const bool is_over = is_new_round ? a_is_empty || b_is_empty : (a_is_next ? b_is_empty : a_is_empty);
    if (is_over) {
      pick(a_is_empty ? rest_b : rest_a, Team::kNone);
      continue;
    }
    constexpr unsigned kCoinBit = 63;
    a_is_next = is_new_round ? (random() >> kCoinBit) != 0 : !a_is_next;
    is_new_round = !is_new_round;
    pick(a_is_next ? rest_a : rest_b, a_is_next ? Team::kA : Team::kB);
  }
  return merged;
}

}  // namespace fit::search
