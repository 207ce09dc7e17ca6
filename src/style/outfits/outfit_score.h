#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "style/outfits/colour_harmony.h"
#include "style/outfits/compatibility.h"
#include "style/outfits/outfit_candidate.h"

namespace fit::style {

// How much a tie-breaker adds to a score at most, in nats: as much as a kind that is a tenth likelier. There
// is no data to learn it from (docs/style.md).
inline constexpr double kTieBreaker = 0.1;

// The parts of an outfit's score. Compatibility is a log-lift in nats; each other part is a tie-breaker from
// -kTieBreaker to kTieBreaker, and 0 where nothing is known.
struct OutfitParts {
  double compatibility = 0;
  double colour = 0;    // colours harmonise
  double pattern = 0;   // one piece at most has a pattern
  double occasion = 0;  // pieces are for the same occasion
  double season = 0;    // pieces are for the same season
  double likeness = 0;  // pieces look alike to the model of the images
  double taste = 0;     // the person likes the pieces

  double total() const { return compatibility + colour + pattern + occasion + season + likeness + taste; }
};

// What two pieces say of each other, each from -1 to 1, and 0 where it is not known.
struct PieceAgreement {
  float colour = 0;
  float pattern = 0;
  float occasion = 0;
  float season = 0;
  float likeness = 0;
};

// Scores outfits of some candidates, which are named by their indexes, and remembers what outfits have in
// common. Borrows both arguments. Not thread-safe.
class OutfitScorer {
 public:
  OutfitScorer(const Compatibility& compatibility, std::span<const OutfitCandidate> candidates);

  std::span<const OutfitCandidate> candidates() const { return candidates_; }

  // Does not depend on the order of the pieces, each of which is given once.
  OutfitParts parts(std::span<const std::size_t> outfit);
  // The log-lift of the kind of outfit[piece], given the kinds of the others.
  double lift(std::span<const std::size_t> outfit, std::size_t piece) const;

 private:
  const PieceAgreement& pair(std::size_t one, std::size_t other);
  double compatibility_of(std::span<const std::size_t> outfit);

  const Compatibility& compatibility_;
  std::span<const OutfitCandidate> candidates_;
  std::vector<std::optional<Oklch>> colours_;            // of the candidates
  std::vector<std::optional<PieceAgreement>> pairs_;     // [smaller index][larger index]
  std::map<std::vector<std::size_t>, double> of_kinds_;  // compatibility by the sorted categories
  std::vector<std::size_t> sorted_;  // of parts(), which is called for each step of a search
  std::vector<std::size_t> kinds_;   // the same
};

}  // namespace fit::style
