#pragma once

#include <optional>

#include "base/clock.h"
#include "base/ids.h"
#include "style/feedback/feedback.h"

namespace fit::style {

// Feedback about an item, as a taste reads it.
struct TasteTap {
  ItemId item;
  Signal signal = Signal::kLike;
  std::optional<double> value = {};  // of a rating
  Timestamp at;
};

// How much one signal counts: above 0 for what is liked, below 0 for what is not; a like counts 1. A rating
// counts by its distance from the middle.
double signal_weight(Signal signal, std::optional<double> value);

}  // namespace fit::style
