#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/result.h"

namespace fit::style {

// What a person does with a target.
enum class Signal : std::uint8_t { kLike, kDislike, kSave, kClick, kBuy, kWear, kHide, kRating };
inline constexpr std::array<std::string_view, 8> kSignals = {"like", "dislike", "save", "click",
                                                             "buy",  "wear",    "hide", "rating"};
std::string_view to_string(Signal signal);
// kInvalid naming "signal".
Result<Signal> parse_signal(std::string_view text);

// Whether the signal says that the person has chosen a result: a click, a save or a purchase.
bool is_choice(Signal signal);

inline constexpr double kMinRating = 1;
inline constexpr double kMaxRating = 5;

// What feedback is about.
struct FeedbackTarget {
  enum class Kind : std::uint8_t {
    kItem,     // `id` is an item's id
    kOutfit,   // an outfit's id: 1 to 100 letters, digits, ".", "_" and "-"
    kGarment,  // a garment's id, a number
    kPiece,    // an item in an outfit: "OUTFIT/ITEM"
    kResult,   // an item as the result of a search: its id
  };
  Kind kind = Kind::kItem;
  std::string id = {};

  friend bool operator==(const FeedbackTarget&, const FeedbackTarget&) = default;
};
inline constexpr std::array<std::string_view, 5> kFeedbackTargets = {"item", "outfit", "garment", "piece",
                                                                     "result"};
std::string_view to_string(FeedbackTarget::Kind kind);

// A target, checked. kInvalid naming "target.kind" or "target.id".
Result<FeedbackTarget> parse_target(std::string_view kind, std::string_view id);

// The item that a target is, or shows; nullopt for garments and outfits, whose items their tables know.
std::optional<ItemId> item_of(const FeedbackTarget& target);

inline constexpr std::size_t kMaxContextBytes = 2'000;
inline constexpr std::size_t kMaxKeyBytes = 100;

// Feedback that is to be stored.
struct NewFeedback {
  FeedbackTarget target;
  Signal signal = Signal::kLike;
  std::optional<double> value = {};  // of a rating: kMinRating to kMaxRating, more is better
  Json context = nullptr;            // an object about the circumstances, or null; at most kMaxContextBytes
  // Names one of several events, such as each wear: feedback with an equal key is stored once. Empty: a
  // person gives the signal once to the target.
  std::string key = {};
};

// kInvalid naming "value", "context" or "key".
Result<void> check_feedback(const NewFeedback& feedback);

using FeedbackId = Id<struct FeedbackTag>;

// Stored feedback.
struct Feedback {
  FeedbackId id;
  FeedbackTarget target;
  Signal signal = Signal::kLike;
  std::optional<double> value;
  std::string context;  // a JSON object; empty: none
  std::string key;
  Timestamp given_at;

  friend bool operator==(const Feedback&, const Feedback&) = default;
};

}  // namespace fit::style
