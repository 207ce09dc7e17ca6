#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "search/team_draft.h"
#include "style/experiments/experiment.h"
#include "style/feedback/feedback.h"
#include "style/feedback/person.h"

namespace fit::style {

// How long after a search what a person does with its items counts for it.
inline constexpr std::chrono::hours kAttributionTime{1};

// An item of a page, with the variant that it is of.
struct ShownItem {
  ItemId item;
  search::Team team = search::Team::kNone;

  friend bool operator==(const ShownItem&, const ShownItem&) = default;
};

// What happened in an experiment, as it is recorded.
struct ExperimentNote {
  enum class Kind : std::uint8_t {
    kSearch,  // the first page of a search was shown
    kPage,    // a further page was shown
    kEvent,   // an item was clicked, saved or bought
  };
  Kind kind = Kind::kSearch;
  ExperimentId experiment;
  Person person;
  Timestamp at;
  // Of a page: names the search, and what was shown. Keys are random, so that nobody else's search has it.
  std::int64_t search_key = 0;
  std::vector<ShownItem> shown = {};
  bool is_interleaved = false;
  Variant variant = Variant::kA;  // of the person, unless results are interleaved
  // Of an event.
  ItemId item = {};
  Signal signal = Signal::kClick;
};

// Whether experiments count the signal: kClick, kSave and kBuy.
constexpr bool is_counted(Signal signal) {
  return signal == Signal::kClick || signal == Signal::kSave || signal == Signal::kBuy;
}

}  // namespace fit::style
