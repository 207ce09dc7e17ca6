#pragma once

#include <string>
#include <unordered_map>

#include "base/result.h"
#include "embed/tokenizer.h"

namespace fit::embed {

// Finds known phrases of up to three words in a text: "navy striped t-shirts" is "navy", "striped",
// "t shirt". Words are runs of letters and digits in lower case. At each word the longest known phrase is
// taken, either unchanged, without a plural "s" or "es", or with an "s" added; words of no known phrase are
// skipped. A text without a known phrase is encoded as token 0. Immutable; encode() may run concurrently.
class PhraseTokenizer final : public Tokenizer {
 public:
  static constexpr std::size_t kLongestPhrase = 3;  // words

  // Makes a tokenizer from one phrase per line; the line's number, from 0, is its token. kInvalid when there
  // is no line, or when a line is empty or repeated.
  static Result<PhraseTokenizer> parse(std::string_view lines);

  std::vector<std::int64_t> encode(std::string_view text, int context_length) const override;

 private:
  std::optional<std::int64_t> find(const std::string& phrase) const;

  std::unordered_map<std::string, std::int64_t> tokens_;
};

}  // namespace fit::embed
