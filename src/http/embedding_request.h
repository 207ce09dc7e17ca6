#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace fit::http {

inline constexpr std::size_t kMaxEmbeddingInputs = 2048;
inline constexpr std::size_t kMaxEmbeddingImages = 128;         // the most images among the inputs
inline constexpr std::size_t kMaxEmbeddingTextBytes = 100'000;  // bytes of one text

// The body of POST /v1/embeddings, in the format of OpenAI's API.
struct EmbeddingRequest {
  // A text, or an image file that was sent as a "data:image/…;base64," URL.
  using Input = std::variant<std::string, Bytes>;

  std::vector<Input> inputs;  // 1 to kMaxEmbeddingInputs
  std::string model;          // empty: the model of the active space
  bool as_base64 = false;     // vectors as base64 of little-endian float32 instead of numbers
  int dimensions = 0;         // 0: all of them
};

// Reads the body. A null member counts as absent. kMalformed when the body is not a JSON object; kInvalid
// naming the field for an unknown field, a wrong type or value, token numbers instead of texts, and more than
// kMaxEmbeddingImages images; kTooLarge naming the input for a text of more than kMaxEmbeddingTextBytes or an
// image of more than `max_image_bytes`, decoded. Thread-safe.
Result<EmbeddingRequest> parse_embedding_request(std::string_view body, std::size_t max_image_bytes);

}  // namespace fit::http
