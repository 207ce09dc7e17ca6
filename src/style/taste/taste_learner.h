#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "base/clock.h"
#include "style/taste/taste.h"
#include "style/taste/taste_tap.h"

namespace fit::style {

// Learns a taste one target after the other. Not thread-safe.
class TasteLearner {
 public:
  explicit TasteLearner(std::shared_ptr<const TasteBackground> background);

  // Adds the feedback about one target, later than those before. `weight` is bounded by
  // TasteOptions::max_of_target; 0 and what is not finite add nothing.
  void add(const PreparedItem& item, double weight, Timestamp time);

  // What has been learned, with what has faded until `now`. A default Taste when nothing was added.
  Taste taste(Timestamp now) const;

 private:
  // Fades the memories by a number of further targets, and by the time since the latest one.
  void fade_both(TasteMemory& long_term, TasteMemory& short_term, double taps, Timestamp time) const;

  std::shared_ptr<const TasteBackground> background_;
  TasteMemory long_term_;
  TasteMemory short_term_;
  TasteHistory history_;
  std::optional<Timestamp> latest_;  // when feedback was added; nullopt: never
};

// The prepared item with that id; null: it is gone. Valid until the next call.
using ItemOf = std::function<const PreparedItem*(ItemId)>;

// The taste that feedback shows, in any order, at a time. A pure function of its arguments.
//
// The feedback about one item counts as one target at the time of its latest signal. Signals of one direction
// add up, to at most TasteOptions::max_of_target, so that any number of likes of one item moves a taste by no
// more than a few do; a signal of the other direction replaces those before it, except that a click does not
// take a dislike back. Feedback about items that are gone is left out.
Taste learn_taste(const std::shared_ptr<const TasteBackground>& background, std::span<const TasteTap> taps,
                  const ItemOf& item_of, Timestamp now);

}  // namespace fit::style
