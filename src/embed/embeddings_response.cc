#include "embed/embeddings_response.h"

#include <cmath>

#include "base/base64.h"
#include "base/floats.h"
#include "base/format.h"
#include "base/json_reader.h"

namespace fit::embed {
namespace {

constexpr std::size_t kMaxResponseDimensions = 16'384;

Error invalid_response(std::string detail) {
  return {ErrorCode::kBadGateway,
          "the provider of text embeddings returned an invalid response",
          {},
          std::move(detail)};
}

Result<Vector> read_numbers(const Json& numbers) {
  if (numbers.size() > kMaxResponseDimensions) return invalid_response("too many dimensions");
  Vector vector;
  vector.reserve(numbers.size());
  for (const Json& number : numbers) {
    if (!number.is_number()) return invalid_response("an element of an embedding is not a number");
    vector.push_back(number.get<float>());
  }
  return vector;
}

Result<Vector> read_base64(const Json& text) {
  const auto bytes =
      decode_base64("embedding", text.get_ref<const std::string&>(), kMaxResponseDimensions * sizeof(float));
  if (!bytes || bytes->size() % sizeof(float) != 0)
    return invalid_response("an embedding is not base64 of floats");
  return floats_of(*bytes);
}

Result<Vector> read_vector(const Json& embedding, std::size_t dimensions) {
  Vector vector;
  if (embedding.is_array()) {
    FIT_TRY(vector, read_numbers(embedding));
  } else if (embedding.is_string()) {
    FIT_TRY(vector, read_base64(embedding));
  } else {
    return invalid_response("an embedding is neither an array nor base64");
  }
  if (vector.size() < dimensions) {
    Error error = invalid_response("too few dimensions");
    error.message = fit::format(
        "the provider of text embeddings returns {} dimensions instead of {}; set TEXT_EMBEDDING_DIMENSIONS",
        vector.size(), dimensions);
    return error;
  }
  vector.resize(dimensions);
  if (auto scaled = normalize(vector, static_cast<int>(dimensions), "remote"); !scaled)
    return invalid_response("an unusable vector: " + scaled.error().detail);
  return vector;
}

}  // namespace

Result<std::vector<Vector>> read_embeddings(std::string_view body, std::size_t count, int dimensions) {
  // An embedding has at most a few thousand numbers; each input adds a few more values.
  const auto response =
      parse_json("response", body, {.values = count * (kMaxResponseDimensions + 100) + 1000});
  if (!response) return invalid_response(response.error().describe());
  JsonReader reader(*response);
  std::vector<JsonReader> entries = reader.objects("data");
  if (const auto read = reader.result(); !read) return invalid_response(read.error().describe());
  if (entries.size() != count)
    return invalid_response(fit::format("{} embeddings for {} texts", entries.size(), count));
  std::vector<Vector> vectors(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t index = entries[i].optional_count("index").value_or(i);
    const Json* const embedding = entries[i].require("embedding");
    if (const auto read = reader.result(); !read) return invalid_response(read.error().describe());
    if (index >= count || !vectors[index].empty())
      return invalid_response("an index out of range or repeated");
    FIT_TRY(vectors[index], read_vector(*embedding, static_cast<std::size_t>(dimensions)));
  }
  return vectors;
}

}  // namespace fit::embed
