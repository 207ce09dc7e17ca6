#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace fit::http {

inline constexpr std::size_t kMaxEmbeddingInputs = 128;
inline constexpr std::size_t kMaxEmbeddingTextBytes = 100'000;  // of one text

// The body of POST /v1/embeddings, in the form that OpenAI's API made common.
struct EmbeddingRequest {
  // Words, or an image file that came as a "data:image/…;base64," URL.
  using Input = std::variant<std::string, Bytes>;

  std::vector<Input> inputs;  // 1 to kMaxEmbeddingInputs
  std::string model;          // empty: whichever is active
  bool as_base64 = false;     // vectors as base64 of little-endian float32 instead of numbers
  int dimensions = 0;         // 0: all of them
};

// kMalformed for what is no JSON object; kInvalid naming the field for an unknown one, a wrong type or value;
// kTooLarge. `max_image_bytes` is of one image, decoded.
Result<EmbeddingRequest> parse_embedding_request(std::string_view body, std::size_t max_image_bytes);

}  // namespace fit::http
