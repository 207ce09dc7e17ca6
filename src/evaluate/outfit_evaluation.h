#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>

#include "base/json.h"
#include "base/result.h"
#include "style/outfits/compatibility.h"

namespace fit::evaluate {

// A share of questions with its 95 % confidence interval, by Wilson's formula. All are from 0 to 1.
struct Share {
  double value = 0;
  double lower = 0;
  double upper = 0;
};

// The share of `count` out of `total`, which must be above 0.
Share share_of(std::int64_t count, std::int64_t total);

// The answers to fill-in-the-blank questions: an outfit with one piece left out, and four categories of which
// one is the missing piece.
struct OutfitEvaluation {
  std::int64_t questions = 0;
  std::int64_t correct = 0;  // answered right by the compatibility model
  // Answered right by the pairwise pointwise mutual information of train.csv: the sum over the pieces r of
  // ln((n(c, r) + 0.5) N / (n(c) n(r))) for N outfits. nullopt where the folder has no train.csv.
  std::optional<std::int64_t> correct_by_pairs;
  // Questions with a category that the model does not know. It is left out of an outfit, and as a choice its
  // score is 0.
  std::int64_t with_unknown_category = 0;
};

// The share of right answers by chance.
inline constexpr double kOutfitChance = 0.25;

// Asks the questions of blanks-validation.csv in a folder. Its columns are outfit (categories, separated by
// "|"), a, b, c, d (categories) and right (0 to 3, the index of the right choice). The category with the
// highest score is the answer, of equal ones the first. train.csv has an outfit a row, without a header.
// kNotFound without the questions; kInvalid, naming the file and line, for a missing column, a row that
// cannot be read and a file without questions; kCancelled.
Result<OutfitEvaluation> evaluate_outfits(const style::Compatibility& compatibility,
                                          const std::filesystem::path& folder, const std::stop_token& stop);

Json to_json(const OutfitEvaluation& evaluation);

}  // namespace fit::evaluate
