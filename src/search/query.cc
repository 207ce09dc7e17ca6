#include "search/query.h"

#include "base/format.h"
#include "base/text.h"

namespace fit::search {
namespace {

constexpr std::size_t kMaxTextBytes = 100'000;

Result<void> check_text(std::string_view text) {
  if (text.empty()) return {};
  if (text.size() > kMaxTextBytes) {
    return Error{ErrorCode::kTooLarge, fit::format("is longer than {} bytes", kMaxTextBytes), "text", {}};
  }
  if (!is_utf8(text)) return malformed("text", "is not valid UTF-8");
  if (trim(text).empty()) return invalid("text", "is empty");
  if (has_control_characters(text)) return invalid("text", "must not have control characters");
  std::size_t words = 0;
  bool in_word = false;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    words += !blank && !in_word;
    in_word = !blank;
  }
  if (words > kMaxTextWords) {
    return invalid("text", fit::format("has more than {} words", kMaxTextWords));
  }
  return {};
}

Result<void> check_weights(const Weights& weights) {
  double sum = 0;
  for (const double weight :
       {weights.image, weights.text, weights.words, weights.properties, weights.freshness}) {
    if (!(weight >= 0 && weight <= kMaxWeight)) {
      return invalid("weights", fit::format("must be between 0 and {}", kMaxWeight));
    }
    sum += weight;
  }
  if (!(weights.taste >= 0 && weights.taste <= kMaxTasteWeight)) {
    return invalid("weights", fit::format("taste must be between 0 and {}", kMaxTasteWeight));
  }
  if (sum == 0) return invalid("weights", "must not all be 0");
  return {};
}

}  // namespace

double* weight_of(Weights& weights, std::string_view name) {
  if (name == "image") return &weights.image;
  if (name == "text") return &weights.text;
  if (name == "words") return &weights.words;
  if (name == "properties") return &weights.properties;
  if (name == "freshness") return &weights.freshness;
  if (name == "taste") return &weights.taste;
  return nullptr;
}

Result<void> check_query(const Query& query) {
  if (query.limit < 1 || query.limit > kMaxLimit) {
    return invalid("limit", fit::format("must be between 1 and {}", kMaxLimit));
  }
  if (query.min_similarity && !(*query.min_similarity >= -1 && *query.min_similarity <= 1)) {
    return invalid("min_similarity", "must be between -1 and 1");
  }
  if (query.min_relevance && !(*query.min_relevance >= 0 && *query.min_relevance <= 1)) {
    return invalid("min_relevance", "must be between 0 and 1");
  }
  if (!query.image.empty() && query.item_id) {
    return invalid(query.image_field, "give only one of a photo and an item_id; like takes further items");
  }
  if (query.has_client_vector() && (!query.image.empty() || query.item_id)) {
    return invalid("vector", "give only one of a photo, an item_id and a vector; like takes further items");
  }
  FIT_CHECK(check_photo_part(query.part));
  if (!query.part.is_whole() && query.image.empty()) {
    return invalid(std::string(query.part.field()), "needs a photo, which it is a part of");
  }
  if (query.like.size() > kMaxExamples) {
    return invalid("like", fit::format("must have at most {} items", kMaxExamples));
  }
  if (query.unlike.size() > kMaxExamples) {
    return invalid("unlike", fit::format("must have at most {} items", kMaxExamples));
  }
  const bool has_example_or_text = !query.image.empty() || query.item_id || !query.vector.empty() ||
                                   !query.text.empty() || !query.like.empty();
  if (!has_example_or_text && !query.browse) {
    if (!query.unlike.empty())
      return invalid("unlike", "needs a photo, a text or an item that results resemble");
    return invalid(query.image_field, "is missing; give a photo, a text or an item_id");
  }
  if (!query.vector.empty() && query.vector_space.empty() && query.paged) {
    return invalid("cursor", "is not for a vector");
  }
  FIT_CHECK(check_text(query.text));
  return check_weights(query.weights);
}

}  // namespace fit::search
