#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "domain/space.h"
#include "store/catalogue.h"
#include "style/feedback/feedback_store.h"
#include "style/taste/taste.h"

namespace fit::style {

// A target whose latest signal is against it, besides clicks. An item stands for itself, as a result of a
// search and as a piece of an outfit.
struct RefusedTarget {
  FeedbackTarget target;  // of the kind kItem, kGarment or kOutfit
  Timestamp at;
};

// What is known of a person in one vector space, as of one moment.
struct KnownTaste {
  Taste taste;
  std::int64_t space_id = 0;
  std::shared_ptr<const TasteBackground> background;
  Timestamp at;
  std::unordered_set<ItemId> judged;  // the items that the person has given feedback to
  // The latest of them whose latest signal says so, the latest first. A click does not take a dislike back.
  std::vector<ItemId> liked;
  std::vector<RefusedTarget> refused = {};  // the latest first
};

// The tastes of the people of one catalogue. Tastes are learned when they are asked for, and kept for the
// people who asked last until their feedback changes. Thread-safe; calls block. Borrows the store.
class PersonalTastes {
 public:
  explicit PersonalTastes(store::Catalogue& store) : store_(store), feedback_(store.database()) {}

  FeedbackStore& feedback() { return feedback_; }
  store::Catalogue& store() { return store_; }

  // The present taste of a person, at most an hour old. With `at`, the taste that a call without it found at
  // that moment: later feedback is left out. What was undone or replaced meanwhile is not known any more.
  // Null: the person has no feedback. Errors are the store's.
  Result<std::shared_ptr<const KnownTaste>> find(const Person& person, const domain::SpaceRecord& space,
                                                 std::optional<Timestamp> at = {});

 private:
  // How the items of the catalogue are spread in a space.
  struct Spread {
    std::int64_t position = 0;   // of the catalogue before it was read
    std::int64_t last_item = 0;  // the largest id of an item then
    std::chrono::steady_clock::time_point read_at;
    std::shared_ptr<const TasteBackground> background;
  };
  struct Kept {
    std::string person;
    std::int64_t revision = 0;  // of the person's feedback
    bool is_present = false;    // found without a moment
    std::shared_ptr<const KnownTaste> taste;
  };

  Result<std::shared_ptr<const TasteBackground>> background_of(const domain::SpaceRecord& space);
  Result<std::shared_ptr<const KnownTaste>> learn(const Person& person, std::int64_t space_id,
                                                  std::shared_ptr<const TasteBackground> background,
                                                  std::optional<Timestamp> at);
  std::shared_ptr<const KnownTaste> find_kept(const Kept& wanted, std::optional<Timestamp> at);
  void keep(Kept kept);

  store::Catalogue& store_;
  FeedbackStore feedback_;
  std::mutex spread_mutex_;
  std::map<std::int64_t, Spread> spreads_;  // by space
  std::mutex kept_mutex_;
  std::list<Kept> kept_;  // the one that was asked for last comes first
};

}  // namespace fit::style
