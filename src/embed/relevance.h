#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace fit::embed {

// The probability that a result with a given cosine to the query is of the requested kind. The curve is
// piecewise linear between values at evenly spaced cosines from 0 to 1. It is measured (bench/similarity) for
// each model and kind of query, because their cosines are not comparable. Immutable and thread-safe.
class RelevanceCurve {
 public:
  // Takes at least two values from 0 to 1 in ascending order; otherwise kInvalid, naming `field`.
  static Result<RelevanceCurve> make(const std::string& field, std::vector<double> values);

  // The relevance at a cosine, 0 to 1. Cosines below 0 have the relevance of 0.
  double at(double cosine) const;
  // The least cosine with at least this relevance: -1 when every cosine has it, nullopt when none has.
  std::optional<double> least_cosine(double relevance) const;

  const std::vector<double>& values() const { return values_; }

 private:
  explicit RelevanceCurve(std::vector<double> values) : values_(std::move(values)) {}
  double step() const { return 1 / static_cast<double>(values_.size() - 1); }

  std::vector<double> values_;
};

// The curves of a space; nullopt where none was measured.
struct Relevance {
  std::optional<RelevanceCurve> photo;  // that an image shows the type of garment of the query's image
  std::optional<RelevanceCurve> words;  // that an image shows what the query's words describe
};

}  // namespace fit::embed
