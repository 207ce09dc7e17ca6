#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "ontology/ontology_file.h"
#include "ontology/words.h"

namespace fit::ontology {

// What a phrase says of a garment.
struct Meaning {
  std::uint8_t property = 0;
  std::uint16_t value = 0;  // its place among the property's values
  bool implied = false;     // said by the way: a "denim jacket" is of denim

  friend bool operator==(const Meaning&, const Meaning&) = default;
};

// A phrase of the ontology and how to take it where it stands in a text.
struct Phrase {
  std::vector<Meaning> meanings;
  bool title_and_tags_only = false;
  bool only_before_a_garment = false;
  bool not_alone = false;
  bool no_property = false;  // an idiom or a brand: hides the words in it
  bool negation = false;
  bool aside = false;
};

// All words of an ontology in a trie over words, and its values. Never changes once made.
class Lexicon {
 public:
  // kInvalid naming the member of the file that contradicts another.
  static Result<std::shared_ptr<const Lexicon>> make(const OntologyFile& file);

  // The longest phrase that starts at a word and is not broken by a comma or stop; nothing when there is
  // none.
  struct Match {
    const Phrase* phrase = nullptr;
    std::size_t length = 0;  // words
  };
  std::optional<Match> longest(const Words& words, std::size_t at) const;
  // The phrase that all the words together are.
  const Phrase* whole(const Words& words) const;

  bool negation_reaches_over(std::string_view word) const { return has(word, kReached); }
  bool negates_before(std::string_view word) const { return has(word, kNegatesBefore); }
  bool is_part(std::string_view word) const { return has(word, kPart); }

  struct Value {
    std::string name;
    std::optional<std::size_t> category;  // of a subcategory: its place among the categories
    std::optional<std::size_t> broader;   // its place among the property's values
    std::vector<std::string> words;       // all that mean it, folded, besides plurals
  };
  const std::vector<Value>& values(std::size_t property) const { return values_[property]; }
  const std::vector<std::string>& names(std::size_t property) const { return names_[property]; }
  std::optional<std::size_t> find(std::size_t property, std::string_view name) const;

 private:
  friend class LexiconBuilder;

  enum Mark : std::uint8_t { kReached = 1, kNegatesBefore = 2, kPart = 4 };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  struct Token {
    std::uint32_t id = 0;
    std::uint8_t marks = 0;
  };
  struct Node {
    std::int32_t phrase = -1;
  };

  bool has(std::string_view word, Mark mark) const;
  std::optional<std::uint32_t> step(std::uint32_t node, std::string_view word) const;
  std::uint32_t grow(std::uint32_t node, std::string_view word);
  Phrase& add(std::string_view text);  // `text` cut at blanks

  std::unordered_map<std::string, Token, Hash, std::equal_to<>> tokens_;
  std::unordered_map<std::uint64_t, std::uint32_t> edges_;  // node << 32 | token -> node
  std::vector<Node> nodes_{1};
  std::vector<Phrase> phrases_;
  std::array<std::vector<Value>, kPropertyCount> values_;
  std::array<std::vector<std::string>, kPropertyCount> names_;
};

}  // namespace fit::ontology
