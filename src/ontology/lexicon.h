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
#include "text/words.h"

namespace fit::ontology {

// A value that a phrase means.
struct PhraseValue {
  std::uint8_t property = 0;
  std::uint16_t value = 0;  // index among the property's values
  bool implied = false;     // follows from another value: a "denim jacket" is of denim

  friend bool operator==(const PhraseValue&, const PhraseValue&) = default;
};

// A phrase of the ontology and the rules for its use in texts; see OntologyFile.
struct Phrase {
  std::vector<PhraseValue> values;
  bool title_and_tags_only = false;
  bool only_before_a_garment = false;
  bool not_alone = false;
  bool no_property = false;  // an idiom or a brand, whose words have no meaning of their own
  bool negation = false;
  bool aside = false;
};

// The values of an ontology and a trie over words of all its phrases. Immutable and thread-safe.
class Lexicon {
 public:
  // kInvalid, naming a member of the file that contradicts another.
  static Result<std::shared_ptr<const Lexicon>> make(const OntologyFile& file);

  // A phrase found in a text.
  struct Match {
    const Phrase* phrase = nullptr;
    std::size_t length = 0;  // words
  };
  // The longest phrase that starts at a word and is not interrupted by a comma or a stop.
  std::optional<Match> longest(const text::Words& words, std::size_t at) const;
  // The phrase that consists of all the words; null when there is none.
  const Phrase* whole(const text::Words& words) const;

  // Whether the word is in the file's list of this name.
  bool negation_reaches_over(std::string_view word) const { return has(word, kReached); }
  bool negates_before(std::string_view word) const { return has(word, kNegatesBefore); }
  bool is_part(std::string_view word) const { return has(word, kPart); }

  // A value of a property and its relations.
  struct Value {
    std::string name;
    std::optional<std::size_t> category;  // a subcategory's category: index among the categories
    std::optional<std::size_t> broader;   // the broader value: index among the property's values
    std::vector<std::string> words;       // all terms of the value, folded, without plurals
  };
  const std::vector<Value>& values(std::size_t property) const { return values_[property]; }
  const std::vector<std::string>& names(std::size_t property) const { return names_[property]; }
  std::optional<std::size_t> find(std::size_t property, std::string_view name) const;

 private:
  friend class LexiconBuilder;

  // The word lists of the file that a word is in, as bits.
  enum Mark : std::uint8_t { kReached = 1, kNegatesBefore = 2, kPart = 4 };
  // Finds words by std::string_view.
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  // A word of a phrase or a list.
  struct Token {
    std::uint32_t id = 0;
    std::uint8_t marks = 0;  // bits of Mark
  };
  // A node of the trie, and the phrase that ends there.
  struct Node {
    std::int32_t phrase = -1;  // index in phrases_; -1: none
  };

  bool has(std::string_view word, Mark mark) const;
  std::optional<std::uint32_t> step(std::uint32_t node, std::string_view word) const;
  std::uint32_t add_edge(std::uint32_t node, std::string_view word);
  Phrase& add(std::string_view text);

  std::unordered_map<std::string, Token, Hash, std::equal_to<>> tokens_;
  std::unordered_map<std::uint64_t, std::uint32_t> edges_;  // node << 32 | token -> node
  std::vector<Node> nodes_{1};
  std::vector<Phrase> phrases_;
  std::array<std::vector<Value>, kPropertyCount> values_;
  std::array<std::vector<std::string>, kPropertyCount> names_;
};

}  // namespace fit::ontology
