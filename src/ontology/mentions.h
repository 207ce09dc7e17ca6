#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "ontology/ontology.h"

namespace fit::ontology {

// An occurrence of a value's term in a text.
struct Mention {
  std::size_t property = 0;  // primary_color for every colour
  std::string_view value;    // borrowed from the ontology
  std::uint32_t begin = 0;   // byte offset in the text
  std::uint32_t end = 0;
  bool negated = false;        // "not wool", "wool-free"
  bool implied = false;        // follows from another value: "jeans" are of denim
  bool aside = false;          // describes another item: "goes well with black jeans"
  bool part = false;           // describes a part of the item: "gold buttons", "silk lining"
  bool joined = false;         // a colour joined to the previous one: "black and white", "black/white"
  std::uint16_t segment = 0;   // number of the text's segment, between stops, commas and words such as "with"
  std::uint16_t sentence = 0;  // number of the text's sentence
  std::uint8_t percent = 0;    // 80 for "80% cotton"; 0 without a number

  friend bool operator==(const Mention&, const Mention&) = default;
};

// How find_mentions() reads a text.
struct MentionOptions {
  // Whether to read terms that have a meaning in short texts only: "top" in a title, but not in "in top
  // condition".
  bool is_short = true;
  // A sequence of words to ignore, such as the brand's name.
  std::string_view hidden;
};

// Returns the values that a text mentions, in order; a phrase may mention several values at one place. The
// longest phrase wins. The text may hold any bytes; at most text::Words::kMaxBytes are read. The time is
// linear in its length. Thread-safe.
std::vector<Mention> find_mentions(const Ontology& ontology, std::string_view text,
                                   const MentionOptions& options);

// A place in a text, in bytes.
struct TextRange {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

// Returns for each of the ranges, names in ascending order that do not overlap, whether a negation reaches it
// as it would reach a value: "not nike", "no nike or adidas", "anything but nike". Thread-safe.
std::vector<bool> find_negated(const Ontology& ontology, std::string_view text,
                               std::span<const TextRange> names);

// Returns the words without a value that a negation reaches, in order: "tassels" in "anything but tassels".
// Thread-safe.
std::vector<TextRange> find_negated_words(const Ontology& ontology, std::string_view text);

}  // namespace fit::ontology
