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

// The garment taxonomy: which values each of domain::kProperties has, what other words mean them, and how
// they hang together. Never changes once made; a copy shares it. Thread-safe. Properties are given by their
// index in domain::kProperties. Views that it gives live as long as it or a copy.
class Ontology {
 public:
  // The one that the program was built with (ontology.json).
  static Result<Ontology> load();
  // Another one, of the same format. kMalformed (no JSON) or kInvalid naming the place, such as
  // "values.pattern.striped": an unknown member, a missing property, a word that means two values of one
  // property, a value that is named and does not exist.
  static Result<Ontology> parse(std::string_view json);

  // The values of a property; in the file's order.
  std::span<const std::string> values(std::size_t property) const;

  // The value that a word or phrase means: "Grey", "t shirts" -> "gray", "t-shirt". Nothing for other texts.
  std::optional<std::string_view> canonical(std::size_t property, std::string_view text) const;

  // The value to suggest for a text that is none: the one with the word of least edit distance, no more than
  // a third of the text's letters away. Nothing when none is near. Takes microseconds, whatever the text.
  std::optional<std::string_view> nearest(std::size_t property, std::string_view text) const;

  // The category of a subcategory; nothing for an unknown one.
  std::optional<std::string_view> category_of(std::string_view subcategory) const;

  // The value that this one is a kind of ("polo shirt" -> "t-shirt"); nothing at the top.
  std::optional<std::string_view> broader(std::size_t property, std::string_view value) const;

  // Whether `value` is `wanted` or a kind of it, over any number of steps.
  bool is_a(std::size_t property, std::string_view value, std::string_view wanted) const;

  // For the readers of texts in this folder.
  const Lexicon& lexicon() const { return *lexicon_; }

 private:
  explicit Ontology(std::shared_ptr<const Lexicon> lexicon) : lexicon_(std::move(lexicon)) {}

  std::shared_ptr<const Lexicon> lexicon_;
};

}  // namespace fit::ontology
