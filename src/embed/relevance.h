#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace fit::embed {

// How likely what has a cosine to a question is of the kind asked for: straight between values at evenly
// spaced cosines, the first at 0 and the last at 1; measured (bench/similarity), since each model and kind of
// question has cosines of its own. Immutable.
class RelevanceCurve {
 public:
  // Two values at least, each 0 to 1 and none below the one before: kInvalid naming `field` otherwise.
  static Result<RelevanceCurve> make(const std::string& field, std::vector<double> values);

  // 0 to 1; cosines below 0 are taken for 0.
  double at(double cosine) const;
  // The least cosine from which the relevance is at least this; nothing where it never is. -1 for what every
  // cosine has.
  std::optional<double> least_cosine(double relevance) const;

  const std::vector<double>& values() const { return values_; }

 private:
  explicit RelevanceCurve(std::vector<double> values) : values_(std::move(values)) {}
  double step() const { return 1 / static_cast<double>(values_.size() - 1); }

  std::vector<double> values_;
};

// The curves of a space; nothing where nobody has measured.
struct Relevance {
  std::optional<RelevanceCurve> photo;  // of images beside images: of one type of garment
  std::optional<RelevanceCurve> words;  // of words beside images: what the words say
};

}  // namespace fit::embed
