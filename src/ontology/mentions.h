#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "ontology/ontology.h"

namespace fit::ontology {

// A value of a property that a text names.
struct Mention {
  std::size_t property = 0;  // primary_color for every colour
  std::string_view value;    // the ontology's
  std::uint32_t begin = 0;   // bytes in the text
  std::uint32_t end = 0;
  bool negated = false;       // "not wool", "wool-free"
  bool implied = false;       // said by the way: "jeans" are of denim
  bool aside = false;         // of something else: "goes well with black jeans"
  bool part = false;          // of a part: "gold buttons", "silk lining"
  bool joined = false;        // a colour tied to the colour before: "black and white", "black/white"
  std::uint16_t segment = 0;  // counts sentences, and parts cut by commas and words such as "with"
  std::uint16_t sentence = 0;
  std::uint8_t percent = 0;  // "80% cotton"; 0: none given

  friend bool operator==(const Mention&, const Mention&) = default;
};

// How a text is read.
struct MentionOptions {
  // Words that mean something in short texts only are taken too: "top" in a title, not in "in top condition".
  bool is_short = true;
  // Where these words stand in the text they mean nothing: the brand's name.
  std::string_view hidden;
};

// The values that a text names, in its order; several of one place when a phrase says several things. The
// longest phrase wins. Any bytes, of any length (only the first Words::kMaxBytes are read); time grows with
// the length alone.
std::vector<Mention> find_mentions(const Ontology& ontology, std::string_view text,
                                   const MentionOptions& options);

}  // namespace fit::ontology
