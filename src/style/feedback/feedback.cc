#include "style/feedback/feedback.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/format.h"
#include "base/text.h"

namespace fit::style {
namespace {

constexpr std::size_t kMaxOutfitBytes = 100;

bool is_outfit_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-';
}

Result<void> check_outfit_id(std::string_view id) {
  if (id.empty() || id.size() > kMaxOutfitBytes || !std::ranges::all_of(id, is_outfit_character)) {
    return invalid("target.id",
                   fit::format("must name an outfit by 1 to {} letters, digits, \".\", \"_\" and \"-\"",
                               kMaxOutfitBytes));
  }
  return {};
}

// A number as parse_id() reads it, without zeros in front.
Result<std::string> number_text(std::string_view text) {
  FIT_TRY(const std::int64_t number, parse_id("target.id", text));
  return std::to_string(number);
}

// The parts of "OUTFIT/ITEM".
std::pair<std::string_view, std::string_view> piece_parts(std::string_view id) {
  const std::size_t slash = std::min(id.rfind('/'), id.size());
  return {id.substr(0, slash), id.substr(std::min(slash + 1, id.size()))};
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

// "a, b or c".
template <std::size_t Size>
std::string choices_of(const std::array<std::string_view, Size>& names) {
  std::string text;
  for (std::size_t i = 0; i < Size; ++i) {
    if (i > 0) text += i + 1 == Size ? " or " : ", ";
    text += names[i];
  }
  return text;
}

}  // namespace

std::string_view to_string(Signal signal) {
  return kSignals.at(static_cast<std::size_t>(signal));
}

Result<Signal> parse_signal(std::string_view text) {
  const auto* const found = std::ranges::find(kSignals, text);
  if (found == kSignals.end()) return invalid("signal", "must be " + choices_of(kSignals));
  return static_cast<Signal>(found - kSignals.begin());
}

bool is_choice(Signal signal) {
  return signal == Signal::kClick || signal == Signal::kSave || signal == Signal::kBuy;
}

std::string_view to_string(FeedbackTarget::Kind kind) {
  return kFeedbackTargets.at(static_cast<std::size_t>(kind));
}

Result<FeedbackTarget> parse_target(std::string_view kind, std::string_view id) {
  const auto* const found = std::ranges::find(kFeedbackTargets, kind);
  if (found == kFeedbackTargets.end()) {
    return invalid("target.kind", "must be " + choices_of(kFeedbackTargets));
  }
  FeedbackTarget target{.kind = static_cast<FeedbackTarget::Kind>(found - kFeedbackTargets.begin())};
  switch (target.kind) {
    case FeedbackTarget::Kind::kItem:
    case FeedbackTarget::Kind::kGarment:
    case FeedbackTarget::Kind::kResult: {
      FIT_TRY(target.id, number_text(id));
      break;
    }
    case FeedbackTarget::Kind::kOutfit: {
      FIT_CHECK(check_outfit_id(id));
      target.id = id;
      break;
    }
    case FeedbackTarget::Kind::kPiece: {
      const auto [outfit, item] = piece_parts(id);
      FIT_CHECK(check_outfit_id(outfit));
      FIT_TRY(const std::string number, number_text(item));
      target.id = fit::format("{}/{}", outfit, number);
      break;
    }
  }
  return target;
}

std::optional<ItemId> item_of(const FeedbackTarget& target) {
  std::string_view number = target.id;
  switch (target.kind) {
    case FeedbackTarget::Kind::kOutfit:
    case FeedbackTarget::Kind::kGarment:
      return std::nullopt;
    case FeedbackTarget::Kind::kPiece:
      number = piece_parts(target.id).second;
      break;
    case FeedbackTarget::Kind::kItem:
    case FeedbackTarget::Kind::kResult:
      break;
  }
  const auto id = parse_id("target.id", number);
  if (!id) return std::nullopt;
  return ItemId{*id};
}

Result<void> check_feedback(const NewFeedback& feedback) {
  if (feedback.signal == Signal::kRating) {
    if (!feedback.value || !(*feedback.value >= kMinRating && *feedback.value <= kMaxRating)) {
      return invalid("value",
                     fit::format("must be a number from {} to {} for a rating", kMinRating, kMaxRating));
    }
  } else if (feedback.value) {
    return invalid("value", "is for ratings only");
  }
  if (!feedback.context.is_null()) {
    if (!feedback.context.is_object()) return invalid("context", "must be an object");
    if (dump_json(feedback.context).size() > kMaxContextBytes) {
      return invalid("context", fit::format("must have at most {} bytes", kMaxContextBytes));
    }
  }
  if (feedback.key.size() > kMaxKeyBytes || !is_printable(feedback.key)) {
    return invalid("key", fit::format("must have at most {} printable ASCII characters", kMaxKeyBytes));
  }
  return {};
}

}  // namespace fit::style
