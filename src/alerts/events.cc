#include "alerts/events.h"

#include <algorithm>

#include "alerts/schedule.h"

namespace fit::alerts {
namespace {

constexpr std::chrono::hours kRestockPause{24};

std::optional<double> price_of(const domain::ItemState& state, const std::string& currency) {
  if (!state.price || *state.price <= 0 || state.currency != currency) return std::nullopt;
  return state.price;
}

bool is_fall(double from, double to) {
  return to < from * (1 - kFlutter);
}

class EventDecision {
 public:
  explicit EventDecision(const EventOf& what) : what_(what), state_(what.history.back()) {}

  std::optional<NewAlert> decide() {
    if (what_.told.empty() && choose(Event::kNew)) return made_;
    const bool is_told =
        std::ranges::any_of(what_.told, [this](const Alert& one) { return one.state_since >= state_.since; });
    if (is_told) return std::nullopt;
    if (is_restocked() && choose(Event::kRestock)) return made_;
    const auto reference = reference_price(what_.history);
    const auto price = price_of(state_, state_.currency);
    if (!reference || !price || !is_fall(*reference, *price) || !is_below_told(*price)) return std::nullopt;
    if (!choose(Event::kPriceDown)) return std::nullopt;
    made_.alert.old_price = reference;
    return made_;
  }

 private:
  bool is_restocked() const {
    if (what_.history.size() < 2 || state_.status != "active") return false;
    if (what_.history[what_.history.size() - 2].status == "active") return false;
    return std::ranges::all_of(
        what_.told, [this](const Alert& one) { return one.created_at + kRestockPause <= what_.time; });
  }

  bool is_below_told(double price) const {
    return std::ranges::all_of(what_.told, [&](const Alert& one) {
      return !one.price || one.currency != state_.currency || is_fall(*one.price, price);
    });
  }

  bool is_asked(const PlannedSearch& search, Event event) const {
    if (!search.saved.options.wants(event)) return false;
    if (event == Event::kNew) return what_.item.id > search.saved.after_item;
    return state_.since > search.saved.created_at;
  }

  // Makes the alert of the searches that want the event. False when none does.
  bool choose(Event event) {
    made_ = {.alert = {.recipient = {},
                       .item = what_.item.id,
                       .event = event,
                       .price = state_.price,
                       .currency = state_.currency,
                       .state_since = state_.since},
             .searches = {},
             .deliveries = {}};
    for (const PlannedSearch* const search : what_.searches) {
      if (is_asked(*search, event)) add(search->saved);
    }
    return !made_.searches.empty();
  }

  // Each channel delivers once, when the first of the searches wants it.
  void add(const SavedSearch& search) {
    made_.alert.recipient = search.recipient;
    made_.searches.push_back(search.id);
    const Timestamp due = due_time(search.options, what_.time);
    for (const Channel& channel : search.options.channels) {
      const std::string name = channel.text();
      const auto known = std::ranges::find(made_.deliveries, name, &Delivery::channel);
      if (known == made_.deliveries.end()) {
        made_.deliveries.push_back({.channel = name, .search = search.id, .due_at = due});
      } else if (due < known->due_at) {
        *known = {.channel = name, .search = search.id, .due_at = due};
      }
    }
  }

  const EventOf& what_;
  const domain::ItemState& state_;
  NewAlert made_;
};

}  // namespace

std::optional<double> reference_price(std::span<const domain::ItemState> history) {
  std::optional<double> reference;
  if (history.empty()) return reference;
  const std::string& currency = history.back().currency;
  for (const domain::ItemState& state : history.first(history.size() - 1)) {
    const auto price = price_of(state, currency);
    if (price && (!reference || *price > *reference || is_fall(*reference, *price))) reference = price;
  }
  return reference;
}

std::optional<NewAlert> decide(const EventOf& what) {
  if (what.history.empty()) return std::nullopt;
  return EventDecision(what).decide();
}

}  // namespace fit::alerts
