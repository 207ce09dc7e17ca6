#pragma once

#include <optional>
#include <span>
#include <vector>

#include "alerts/alerts.h"
#include "alerts/search_plan.h"
#include "domain/records.h"

namespace fit::alerts {

// A price flutters when it changes by no more than this share of itself.
inline constexpr double kFlutter = 0.02;

// The price that a fall of the last state is measured against: the last one from which the price has moved by
// more than kFlutter downwards, or at all upwards. nullopt without an earlier price in the same currency.
// Prices of 0 count as none.
std::optional<double> reference_price(std::span<const domain::ItemState> history);

// What a recipient is to be told about an item that matches saved searches of theirs, if anything.
//   - kNew once, for an item that was listed after the search was saved;
//   - kRestock when the item was not active before its present state, at most once a day;
//   - kPriceDown when the price has fallen from the reference price, and below every price that the recipient
//     has been told, each time by more than kFlutter.
// The last two only for states that the item got after the search was saved, and once a state. `told` has
// what was told to this recipient about the item, `history` the states of the item with the present one last.
struct EventOf {
  std::span<const PlannedSearch* const> searches;  // of one recipient
  const domain::ItemRecord& item;
  std::span<const domain::ItemState> history;
  std::span<const Alert> told;
  Timestamp time;
};
std::optional<NewAlert> decide(const EventOf& what);

}  // namespace fit::alerts
