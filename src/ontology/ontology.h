#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/records.h"

namespace fit::ontology {

class Lexicon;

// The garment taxonomy: the values of each of domain::kProperties, the terms that mean them, and their
// relations. Immutable and thread-safe; copies share their content. Properties are given by their index in
// domain::kProperties. Returned views live as long as the object or a copy of it.
class Ontology {
 public:
  // The ontology that is compiled into the program (ontology.json).
  static Result<Ontology> load();
  // Parses an ontology in the format of ontology.json. kMalformed when the text is not JSON; kInvalid, naming
  // the member ("values.pattern.striped"), for an unknown member, a missing property, a term that means two
  // values of one property, and a reference to a value that does not exist.
  static Result<Ontology> parse(std::string_view json);

  // The values of a property, in the file's order.
  std::span<const std::string> values(std::size_t property) const;

  // The value that a term means: "Grey" -> "gray", "t shirts" -> "t-shirt". nullopt for other texts.
  std::optional<std::string_view> canonical(std::size_t property, std::string_view text) const;

  // The value to suggest for a text that means none: the value with the term of the least edit distance, up
  // to a third of the text's length. nullopt when there is none. Takes microseconds; long texts return
  // nullopt.
  std::optional<std::string_view> nearest(std::size_t property, std::string_view text) const;

  // The category of a subcategory; nullopt for an unknown one.
  std::optional<std::string_view> category_of(std::string_view subcategory) const;

  // The category that a text means as a term of a category or of one of its subcategories: "Footwear" ->
  // "shoes", "pants" -> "bottoms". nullopt for other texts.
  std::optional<std::string_view> category_meant(std::string_view text) const;

  // The next broader value ("polo shirt" -> "t-shirt"); nullopt for an unknown value and at the top.
  std::optional<std::string_view> broader(std::size_t property, std::string_view value) const;

  // Whether `value` is `wanted` or has it as a broader value, over any number of steps.
  bool is_a(std::size_t property, std::string_view value, std::string_view wanted) const;

  // For the text readers of this folder.
  const Lexicon& lexicon() const { return *lexicon_; }

 private:
  explicit Ontology(std::shared_ptr<const Lexicon> lexicon) : lexicon_(std::move(lexicon)) {}

  std::shared_ptr<const Lexicon> lexicon_;
};

}  // namespace fit::ontology
