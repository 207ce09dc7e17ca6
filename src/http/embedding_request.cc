#include "http/embedding_request.h"

#include <algorithm>
#include <array>

#include "base/base64.h"
#include "base/format.h"
#include "base/json.h"

namespace fit::http {
namespace {

// "user" identifies the end user to a provider; it is ignored.
constexpr std::array<std::string_view, 5> kFields = {"input", "model", "encoding_format", "dimensions",
                                                     "user"};

// Whether the value is a token number or a list of them, which OpenAI's API accepts in place of a text.
bool is_tokens(const Json& value) {
  return value.is_number_integer() || (value.is_array() && !value.empty() && value[0].is_number_integer());
}

Result<EmbeddingRequest::Input> read_input(const std::string& field, const Json& value,
                                           std::size_t max_image_bytes) {
  if (is_tokens(value)) {
    return invalid(field,
                   "is a token number; tokens of other models mean nothing here: send the text itself");
  }
  if (!value.is_string()) return invalid(field, "must be a text or a data: URL of an image");
  const auto& text = value.get_ref<const std::string&>();
  if (text.starts_with("data:")) {
    FIT_TRY(Bytes image, decode_base64(field, text, max_image_bytes));
    return EmbeddingRequest::Input(std::move(image));
  }
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return invalid(field, "is empty");
  if (text.size() > kMaxEmbeddingTextBytes) {
    return Error{
        ErrorCode::kTooLarge, fit::format("is longer than {} bytes", kMaxEmbeddingTextBytes), field, {}};
  }
  return Result<EmbeddingRequest::Input>(std::in_place, text);
}

Result<std::vector<EmbeddingRequest::Input>> read_inputs(const Json& value, std::size_t max_image_bytes) {
  std::vector<EmbeddingRequest::Input> inputs;
  if (!value.is_array()) {
    FIT_TRY(auto input, read_input("input", value, max_image_bytes));
    inputs.push_back(std::move(input));
    return inputs;
  }
  if (value.empty() || value.size() > kMaxEmbeddingInputs) {
    return invalid("input", fit::format("must hold 1 to {} texts or images", kMaxEmbeddingInputs));
  }
  std::size_t images = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    FIT_TRY(auto input, read_input(fit::format("input[{}]", i), value[i], max_image_bytes));
    images += std::holds_alternative<Bytes>(input) ? 1 : 0;
    if (images > kMaxEmbeddingImages) {
      return invalid("input", fit::format("must hold at most {} images", kMaxEmbeddingImages));
    }
    inputs.push_back(std::move(input));
  }
  return inputs;
}

bool is_field(std::string_view name) {
  return std::ranges::contains(kFields, name);
}

Result<bool> read_encoding(const Json& value) {
  if (value == "float") return false;
  if (value == "base64") return true;
  return invalid("encoding_format", "must be \"float\" or \"base64\"");
}

Result<int> read_dimensions(const Json& value) {
  if (value.is_number_integer() && value >= 1 && value <= 65536) return value.get<int>();
  return invalid("dimensions", "must be a whole number of at least 1");
}

}  // namespace

Result<EmbeddingRequest> parse_embedding_request(std::string_view body, std::size_t max_image_bytes) {
  FIT_TRY(const Json json, parse_json("body", body));
  if (!json.is_object()) return malformed("body", "must be a JSON object");
  EmbeddingRequest request;
  for (const auto& [name, value] : json.items()) {
    if (value.is_null() && is_field(name)) continue;
    if (name == "input") {
      FIT_TRY(request.inputs, read_inputs(value, max_image_bytes));
    } else if (name == "model") {
      if (!value.is_string()) return invalid("model", "must be a text");
      request.model = value.get<std::string>();
    } else if (name == "encoding_format") {
      FIT_TRY(request.as_base64, read_encoding(value));
    } else if (name == "dimensions") {
      FIT_TRY(request.dimensions, read_dimensions(value));
    } else if (!is_field(name)) {
      return invalid(name.substr(0, 100),
                     "is not a known field; known are input, model, encoding_format, dimensions, user");
    }
  }
  if (request.inputs.empty()) return invalid("input", "is missing");
  return request;
}

}  // namespace fit::http
