#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace fit::embed {

// Turns a text into the token ids of a text model. Immutable and thread-safe.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  // Returns 1 to `context_length` tokens, without padding; `context_length` is at least 2. Accepts any bytes.
  // The rest of a text beyond the last token is not read.
  virtual std::vector<std::int64_t> encode(std::string_view text, int context_length) const = 0;
};

}  // namespace fit::embed
