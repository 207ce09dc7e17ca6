#include "style/outfits/outfit_score.h"

#include <algorithm>
#include <string_view>

namespace fit::style {
namespace {

// 1 for yes, -1 for no.
float verdict(bool agrees) {
  return agrees ? 1.0F : -1.0F;
}

bool both_known(const std::string& one, const std::string& other) {
  return !one.empty() && !other.empty();
}

float pattern_agreement(const std::string& one, const std::string& other) {
  if (!both_known(one, other)) return 0;
  return verdict(one == "solid" || other == "solid");
}

float occasion_agreement(const std::string& one, const std::string& other) {
  return both_known(one, other) ? verdict(one == other) : 0;
}

// Summer and winter contradict each other; spring and autumn lie between them.
float season_agreement(const std::string& one, const std::string& other) {
  constexpr std::string_view kAlways = "all season";
  if (!both_known(one, other)) return 0;
  if (one == other || one == kAlways || other == kAlways) return 1;
  const bool are_opposite = (one == "summer" && other == "winter") || (one == "winter" && other == "summer");
  return are_opposite ? -1.0F : 0.0F;
}

}  // namespace

OutfitScorer::OutfitScorer(const Compatibility& compatibility, std::span<const OutfitCandidate> candidates)
    : compatibility_(compatibility), candidates_(candidates), pairs_(candidates.size() * candidates.size()) {
  colours_.reserve(candidates.size());
  for (const OutfitCandidate& one : candidates) {
    colours_.push_back(reference_colour(one.properties[domain::kPrimaryColor]));
  }
}

OutfitParts OutfitScorer::parts(std::span<const std::size_t> outfit) {
  OutfitParts parts{.compatibility = compatibility_of(outfit)};
  if (outfit.size() < 2) return parts;
  std::vector<std::size_t>& sorted = sorted_;
  sorted.assign(outfit.begin(), outfit.end());
  std::ranges::sort(sorted);  // so that sums of floats do not depend on the order
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    for (std::size_t j = i + 1; j < sorted.size(); ++j) {
      const PieceAgreement& said = pair(sorted[i], sorted[j]);
      parts.colour += double{said.colour};
      parts.pattern += double{said.pattern};
      parts.occasion += double{said.occasion};
      parts.season += double{said.season};
      parts.likeness += double{said.likeness};
    }
    parts.taste += candidates_[sorted[i]].taste;
  }
  const auto pieces = static_cast<double>(sorted.size());
  const double pairs = pieces * (pieces - 1) / 2;
  for (double* const part :
       {&parts.colour, &parts.pattern, &parts.occasion, &parts.season, &parts.likeness}) {
    *part *= kTieBreaker / pairs;
  }
  parts.taste *= kTieBreaker / pieces;
  return parts;
}

double OutfitScorer::lift(std::span<const std::size_t> outfit, std::size_t piece) const {
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < outfit.size(); ++i) {
    if (i != piece) others.push_back(candidates_[outfit[i]].category);
  }
  return compatibility_.score(candidates_[outfit[piece]].category, others);
}

const PieceAgreement& OutfitScorer::pair(std::size_t one, std::size_t other) {
  std::optional<PieceAgreement>& known = pairs_[one * candidates_.size() + other];
  if (known) return *known;
  const OutfitCandidate& a = candidates_[one];
  const OutfitCandidate& b = candidates_[other];
  const auto of = [](const OutfitCandidate& candidate, std::size_t property) -> const std::string& {
    return candidate.properties[property];
  };
  PieceAgreement said{.colour = 0,
                      .pattern = pattern_agreement(of(a, domain::kPattern), of(b, domain::kPattern)),
                      .occasion = occasion_agreement(of(a, domain::kOccasion), of(b, domain::kOccasion)),
                      .season = season_agreement(of(a, domain::kSeason), of(b, domain::kSeason)),
                      .likeness = static_cast<float>(likeness_of(a, b).value_or(0))};
  if (colours_[one] && colours_[other]) {
    said.colour = verdict(is_harmony(colour_relation(*colours_[one], *colours_[other])));
  }
  return known.emplace(said);
}

double OutfitScorer::compatibility_of(std::span<const std::size_t> outfit) {
  std::vector<std::size_t>& kinds = kinds_;
  kinds.clear();
  for (const std::size_t piece : outfit) kinds.push_back(candidates_[piece].category);
  std::ranges::sort(kinds);
  const auto known = of_kinds_.find(kinds);
  if (known != of_kinds_.end()) return known->second;
  const double score = compatibility_.score_outfit(kinds);
  of_kinds_.emplace(kinds, score);
  return score;
}

}  // namespace fit::style
