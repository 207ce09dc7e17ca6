#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace fit::embed {

// Turns a text into the numbers that a text model reads. Immutable and thread-safe.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  // At least one and at most `context_length` (2 or more) tokens; not padded. Any bytes are fine, and time
  // grows with the text only until the tokens are full.
  virtual std::vector<std::int64_t> encode(std::string_view text, int context_length) const = 0;
};

}  // namespace fit::embed
