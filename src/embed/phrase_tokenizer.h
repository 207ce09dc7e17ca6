#pragma once

#include <string>
#include <unordered_map>

#include "base/result.h"
#include "embed/tokenizer.h"

namespace fit::embed {

// Finds known phrases of up to three words in a text: "navy striped t-shirts" is "navy", "striped",
// "t shirt". Words are runs of letters and digits in lower case. From the left, the longest known phrase
// counts, as it is or with its plural's "s" or "es" taken off or an "s" put on; words of no known phrase are
// passed over. A text of which nothing is known is the vocabulary's first line alone.
class PhraseTokenizer final : public Tokenizer {
 public:
  static constexpr std::size_t kLongestPhrase = 3;  // words

  // A phrase a line, whose number, from 0, is its token. kInvalid when a line is empty or comes twice.
  static Result<PhraseTokenizer> parse(std::string_view lines);

  std::vector<std::int64_t> encode(std::string_view text, int context_length) const override;

 private:
  std::optional<std::int64_t> find(const std::string& phrase) const;

  std::unordered_map<std::string, std::int64_t> tokens_;
};

}  // namespace fit::embed
