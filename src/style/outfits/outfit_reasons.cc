#include "style/outfits/outfit_reasons.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>

#include "base/format.h"
#include "style/outfits/colour_harmony.h"

namespace fit::style {
namespace {

constexpr double kNoticeable = 1.05;  // the least ratio that a text names
constexpr double kLikedTaste = 0.2;   // the least taste that a text names

std::string_view described(ColourRelation relation) {
  constexpr std::array<std::string_view, 5> kTexts = {"one of them is neutral", "neighbouring hues",
                                                      "opposite hues", "a light and a dark one", ""};
  return kTexts[static_cast<std::size_t>(relation)];
}

class PieceReasons {
 public:
  PieceReasons(const OutfitScorer& scorer, std::span<const std::size_t> outfit, std::size_t piece)
      : scorer_(scorer), outfit_(outfit), piece_(piece) {}

  std::vector<std::string> list() {
    add_kind();
    add_colour();
    add_pattern();
    add_shared(domain::kOccasion, "for the same occasion");
    add_shared(domain::kSeason, "for the same season");
    if (own().taste >= kLikedTaste) reasons_.emplace_back("like what you have liked");
    return std::move(reasons_);
  }

 private:
  const OutfitCandidate& own() const { return scorer_.candidates()[outfit_[piece_]]; }
  const std::string& own(std::size_t property) const { return own().properties[property]; }

  template <class Visit>
  void visit_others(const Visit& visit) const {
    for (std::size_t i = 0; i < outfit_.size(); ++i) {
      if (i != piece_) visit(scorer_.candidates()[outfit_[i]]);
    }
  }

  void add_kind() {
    const double ratio = std::exp(scorer_.lift(outfit_, piece_));
    if (ratio >= kNoticeable)
      reasons_.push_back(fit::format("{:.1f} times likelier with these kinds than anywhere", ratio));
  }

  // Names the first piece whose colour harmonises, and prefers one with a colour of its own.
  void add_colour() {
    const auto colour = reference_colour(own(domain::kPrimaryColor));
    if (!colour) return;
    std::optional<ColourRelation> best;
    std::string_view beside;
    visit_others([&](const OutfitCandidate& other) {
      const std::string& name = other.properties[domain::kPrimaryColor];
      const auto theirs = reference_colour(name);
      if (!theirs || name == own(domain::kPrimaryColor)) return;
      const ColourRelation relation = colour_relation(*colour, *theirs);
      if (!is_harmony(relation) || (best && *best != ColourRelation::kNeutral)) return;
      if (best && relation == ColourRelation::kNeutral) return;
      best = relation;
      beside = name;
    });
    if (best) {
      reasons_.push_back(fit::format("{} and {}: {}", own(domain::kPrimaryColor), beside, described(*best)));
    }
  }

  void add_pattern() {
    const std::string& pattern = own(domain::kPattern);
    if (pattern.empty() || pattern == "solid") return;
    bool is_only_one = true;
    visit_others([&](const OutfitCandidate& other) {
      const std::string& theirs = other.properties[domain::kPattern];
      if (!theirs.empty() && theirs != "solid") is_only_one = false;
    });
    if (is_only_one) reasons_.push_back(fit::format("{}, the only pattern", pattern));
  }

  void add_shared(std::size_t property, std::string_view text) {
    if (own(property).empty()) return;
    bool is_shared = false;
    visit_others([&](const OutfitCandidate& other) {
      is_shared = is_shared || other.properties[property] == own(property);
    });
    if (is_shared) reasons_.push_back(fit::format("{}: {}", text, own(property)));
  }

  const OutfitScorer& scorer_;
  const std::span<const std::size_t> outfit_;
  const std::size_t piece_;
  std::vector<std::string> reasons_;
};

}  // namespace

std::vector<std::string> reasons_for(const OutfitScorer& scorer, std::span<const std::size_t> outfit,
                                     std::size_t piece) {
  return PieceReasons(scorer, outfit, piece).list();
}

}  // namespace fit::style
