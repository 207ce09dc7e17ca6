#pragma once

#include <deque>

#include "style/taste/taste_options.h"

namespace fit::style {

// How much each memory counts; their sum is 1.
struct TasteMix {
  double long_term = 0.5;
  double short_term = 0.5;
  double none = 0;  // of the belief that the feedback says nothing

  // How far the feedback agrees with itself, from 0 to 1.
  double agreement() const;
};

// How well the memories have predicted each target before it was added. The memories, and a third that
// predicts nothing, compete by exponential weights (Littlestone and Warmuth, 1994): so a taste that has
// changed follows the short-term memory, and random feedback is believed by none. A prediction says how much
// more likely a target is liked than disliked; likes and dislikes count alike, however many there are of
// each. Borrows the options. Not thread-safe.
class TasteHistory {
 public:
  explicit TasteHistory(const TasteOptions& options) : options_(options) {}

  struct Prediction {
    double long_term = 0;  // logits
    double short_term = 0;
    bool is_liked = false;  // what came
  };
  void add(const Prediction& prediction);

  TasteMix mix() const;

 private:
  const TasteOptions& options_;
  std::deque<Prediction> predictions_;  // the latest
};

}  // namespace fit::style
