#include "embed/embeddings_answer.h"

#include <cmath>
#include <cstring>

#include "base/base64.h"
#include "base/format.h"
#include "base/json.h"

namespace fit::embed {
namespace {

constexpr std::size_t kMostDimensions = 16'384;

Error nonsense(std::string detail) {
  return {ErrorCode::kBadGateway,
          "the provider of text embeddings answered with something else",
          {},
          std::move(detail)};
}

Result<Vector> read_numbers(const Json& numbers) {
  if (numbers.size() > kMostDimensions) return nonsense("too many dimensions");
  Vector vector;
  vector.reserve(numbers.size());
  for (const Json& number : numbers) {
    if (!number.is_number()) return nonsense("an embedding holds what is no number");
    vector.push_back(number.get<float>());
  }
  return vector;
}

Result<Vector> read_base64(const Json& text) {
  const auto bytes =
      decode_base64("embedding", text.get_ref<const std::string&>(), kMostDimensions * sizeof(float));
  if (!bytes || bytes->size() % sizeof(float) != 0) return nonsense("an embedding is no base64 of floats");
  Vector vector(bytes->size() / sizeof(float));
  if (!vector.empty()) std::memcpy(vector.data(), bytes->data(), bytes->size());
  return vector;
}

Result<Vector> read_vector(const Json& embedding, std::size_t dimensions) {
  Vector vector;
  if (embedding.is_array()) {
    FIT_TRY(vector, read_numbers(embedding));
  } else if (embedding.is_string()) {
    FIT_TRY(vector, read_base64(embedding));
  } else {
    return nonsense("an embedding is neither an array nor base64");
  }
  if (vector.size() < dimensions) {
    Error error = nonsense("too few dimensions");
    error.message = fit::format(
        "the provider of text embeddings gives {} dimensions instead of {}; set TEXT_EMBEDDING_DIMENSIONS",
        vector.size(), dimensions);
    return error;
  }
  vector.resize(dimensions);
  if (auto scaled = normalize(vector, static_cast<int>(dimensions), "remote"); !scaled)
    return nonsense("an unusable vector: " + scaled.error().detail);
  return vector;
}

}  // namespace

Result<std::vector<Vector>> read_embeddings(std::string_view body, std::size_t count, int dimensions) {
  const auto answer = parse_json("answer", body);
  if (!answer) return nonsense(answer.error().describe());
  if (!answer->is_object() || !answer->contains("data") || !(*answer)["data"].is_array())
    return nonsense("no list \"data\"");
  const Json& data = (*answer)["data"];
  if (data.size() != count) return nonsense(fit::format("{} embeddings for {} texts", data.size(), count));
  std::vector<Vector> vectors(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Json& one = data[i];
    if (!one.is_object() || !one.contains("embedding")) return nonsense("an entry without an embedding");
    std::size_t index = i;
    if (one.contains("index")) {
      if (!one["index"].is_number_unsigned()) return nonsense("an index that is no number");
      index = one["index"].get<std::size_t>();
    }
    if (index >= count || !vectors[index].empty()) return nonsense("an index beyond the texts, or twice");
    FIT_TRY(vectors[index], read_vector(one["embedding"], static_cast<std::size_t>(dimensions)));
  }
  return vectors;
}

}  // namespace fit::embed
