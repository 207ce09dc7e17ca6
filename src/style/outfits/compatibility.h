#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "style/outfits/compatibility_file.h"

namespace fit::style {

// How well garments go together by their kind, learned from real outfits (training/outfits.py,
// docs/style.md). The kinds are the fine category names of those outfits ("Ankle Booties"), given by their
// index in categories(); style/outfits/outfit_category.h maps them to the ontology.
//
// A score is a log-lift, in nats: the logarithm of how many times likelier a category is in the place of the
// missing piece of an outfit than among all pieces of all outfits. 0 says that the other pieces tell nothing,
// ln 2 that the category is twice as likely as by chance. Popular categories are not preferred.
//
// Every score is finite and does not depend on the order of the pieces. A category that stands several times
// in the given pieces counts once. Immutable and thread-safe.
class Compatibility {
 public:
  // The model that is compiled into the program.
  static Result<Compatibility> load();
  // Parses a model in the format of compatibility_file.h. The errors of read_compatibility_file().
  static Result<Compatibility> parse(std::string_view json);

  // All categories, in the order of the model.
  std::span<const std::string> categories() const { return names_; }
  // The index of a category, written as in categories(); nullopt for other texts.
  std::optional<std::size_t> find(std::string_view category) const;
  // The indexes of some categories, in their order. kInvalid naming "category" for the first unknown one.
  Result<std::vector<std::size_t>> find_all(std::span<const std::string> categories) const;

  // The score of each category as one more piece of an outfit of the pieces `rest`; all 0 if `rest` is empty.
  // Each index must be below categories().size().
  std::vector<double> scores(std::span<const std::size_t> rest) const;
  // The score of one category as one more piece.
  double score(std::size_t candidate, std::span<const std::size_t> rest) const;
  // The compatibility of an outfit: the mean over its pieces of the score of the piece given all others. 0
  // for an outfit of fewer than two pieces. A piece whose category stands in the outfit twice has a low
  // score.
  double score_outfit(std::span<const std::size_t> pieces) const;

 private:
  explicit Compatibility(CompatibilityFile file);

  std::vector<std::string> names_;
  std::vector<std::size_t> by_name_;  // indexes in names_, in the order of the names
  std::vector<double> shares_;
  std::vector<std::vector<double>> size_bias_;  // [pieces of the rest - 1][candidate], the bias included
  std::vector<double> pairs_;                   // [given][candidate]
};

}  // namespace fit::style
