#include "embed/remote_protocol.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "base/base64.h"
#include "base/format.h"
#include "base/json.h"

namespace fit::embed {
namespace {

constexpr std::size_t kMaxNumbers = 16'384;  // of one vector

Error unusable_answer(std::string detail) {
  return {ErrorCode::kBadGateway,
          "the provider of embeddings returned an invalid response",
          {},
          std::move(detail)};
}

std::string data_url_of(const Bytes& jpeg) {
  return "data:image/jpeg;base64," + encode_base64(jpeg);
}

// A list of what `make` makes of each input.
template <class Input>
Json list_of(std::span<const Input> inputs, const std::function<Json(const Input&)>& make) {
  Json list = Json::array();
  for (const Input& one : inputs) list.push_back(make(one));
  return list;
}

Result<Vector> numbers_of(const Json& list) {
  if (!list.is_array() || list.empty() || list.size() > kMaxNumbers) {
    return unusable_answer("an embedding is no list of numbers");
  }
  Vector vector;
  vector.reserve(list.size());
  for (const Json& number : list) {
    if (!number.is_number()) return unusable_answer("a number of an embedding is none");
    vector.push_back(number.get<float>());
    if (!std::isfinite(vector.back())) return unusable_answer("a number of an embedding is not finite");
  }
  return vector;
}

Result<Json> parsed(std::string_view body, std::size_t count) {
  auto json = parse_json("response", body, {.values = count * (kMaxNumbers + 100) + 1000});
  if (!json) return unusable_answer(json.error().describe());
  if (!json->is_object()) return unusable_answer("it is no object");
  return json;
}

// Vectors in a list, in the order of the inputs.
Result<std::vector<Vector>> vectors_in_order(const Json& list, std::size_t count) {
  if (!list.is_array() || list.size() != count) {
    return unusable_answer(fit::format("not {} embeddings", count));
  }
  std::vector<Vector> vectors;
  for (const Json& one : list) {
    FIT_TRY(Vector vector, numbers_of(one));
    vectors.push_back(std::move(vector));
  }
  return vectors;
}

// Vectors as OpenAI has them: "data" with objects that name their index.
Result<std::vector<Vector>> vectors_by_index(std::string_view body, std::size_t count) {
  FIT_TRY(const Json json, parsed(body, count));
  const auto data = json.find("data");
  if (data == json.end() || !data->is_array() || data->size() != count) {
    return unusable_answer(fit::format("not {} embeddings", count));
  }
  std::vector<Vector> vectors(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Json& entry = (*data)[i];
    const auto embedding = entry.is_object() ? entry.find("embedding") : entry.end();
    if (!entry.is_object() || embedding == entry.end()) return unusable_answer("an embedding is missing");
    const std::int64_t index = json_number(entry, "index", static_cast<std::int64_t>(i));
    if (index < 0 || static_cast<std::size_t>(index) >= count ||
        !vectors[static_cast<std::size_t>(index)].empty()) {
      return unusable_answer("an index out of range or repeated");
    }
    FIT_TRY(vectors[static_cast<std::size_t>(index)], numbers_of(*embedding));
  }
  return vectors;
}

// What all providers have in common: a JSON body, and the key as a bearer token.
class JsonProtocol : public RemoteProtocol {
 public:
  JsonProtocol(Settings settings, std::string_view path)
      : settings_(std::move(settings)), url_(settings_.base_url + std::string(path)) {}

 protected:
  Request request(const Json& body) const {
    Request made{.url = url_,
                 .body = dump_json(body),
                 .headers = {"Content-Type: application/json", "Accept: application/json"}};
    if (!settings_.key.empty()) made.headers.push_back(key_header());
    return made;
  }
  virtual std::string key_header() const { return "Authorization: Bearer " + settings_.key; }
  const Settings& settings() const { return settings_; }

 private:
  const Settings settings_;
  const std::string url_;
};

// https://api.jina.ai/redoc: POST /v1/embeddings of jina-clip models.
class JinaProtocol final : public JsonProtocol {
 public:
  explicit JinaProtocol(Settings settings) : JsonProtocol(std::move(settings), "/embeddings") {}

  Request images(std::span<const Bytes> jpegs) const override {
    return of_inputs(
        list_of<Bytes>(jpegs, [](const Bytes& one) { return Json{{"image", encode_base64(one)}}; }));
  }
  Request texts(std::span<const std::string> texts) const override {
    return of_inputs(list_of<std::string>(texts, [](const std::string& one) { return Json{{"text", one}}; }));
  }
  Result<std::vector<Vector>> read(std::string_view body, std::size_t count) const override {
    return vectors_by_index(body, count);
  }

 private:
  Request of_inputs(Json inputs) const {
    Json body = {{"model", settings().model},
                 {"input", std::move(inputs)},
                 {"embedding_type", "float"},
                 {"normalized", true}};
    if (settings().dimensions > 0) body["dimensions"] = settings().dimensions;
    return request(body);
  }
};

// https://docs.cohere.com/reference/embed: POST /v2/embed. All images are documents, also those that are
// searched with, so that equal images have equal vectors.
class CohereProtocol final : public JsonProtocol {
 public:
  explicit CohereProtocol(Settings settings) : JsonProtocol(std::move(settings), "/embed") {}

  Request images(std::span<const Bytes> jpegs) const override {
    return of_inputs("search_document", list_of<Bytes>(jpegs, [](const Bytes& one) {
                       return content_of({{"type", "image_url"}, {"image_url", {{"url", data_url_of(one)}}}});
                     }));
  }
  Request texts(std::span<const std::string> texts) const override {
    return of_inputs("search_query", list_of<std::string>(texts, [](const std::string& one) {
                       return content_of({{"type", "text"}, {"text", one}});
                     }));
  }
  Result<std::vector<Vector>> read(std::string_view body, std::size_t count) const override {
    FIT_TRY(const Json json, parsed(body, count));
    const auto embeddings = json.find("embeddings");
    if (embeddings == json.end() || !embeddings->is_object() || !embeddings->contains("float")) {
      return unusable_answer("it has no embeddings of type float");
    }
    return vectors_in_order((*embeddings)["float"], count);
  }

 private:
  static Json content_of(Json part) {
    Json parts = Json::array();
    parts.push_back(std::move(part));
    return Json{{"content", std::move(parts)}};
  }
  Request of_inputs(std::string_view type, Json inputs) const {
    Json types = Json::array();
    types.push_back("float");
    Json body = {{"model", settings().model},
                 {"input_type", type},
                 {"inputs", std::move(inputs)},
                 {"embedding_types", std::move(types)}};
    if (settings().dimensions > 0) body["output_dimension"] = settings().dimensions;
    return request(body);
  }
};

// https://docs.voyageai.com/reference/multimodal-embeddings-api: POST /v1/multimodalembeddings. Images have
// no input type, so that equal images have equal vectors.
class VoyageProtocol final : public JsonProtocol {
 public:
  explicit VoyageProtocol(Settings settings) : JsonProtocol(std::move(settings), "/multimodalembeddings") {}

  Request images(std::span<const Bytes> jpegs) const override {
    return request(body_of(list_of<Bytes>(jpegs, [](const Bytes& one) {
      return content_of({{"type", "image_base64"}, {"image_base64", data_url_of(one)}});
    })));
  }
  Request texts(std::span<const std::string> texts) const override {
    Json body = body_of(list_of<std::string>(
        texts, [](const std::string& one) { return content_of({{"type", "text"}, {"text", one}}); }));
    body["input_type"] = "query";
    return request(body);
  }
  Result<std::vector<Vector>> read(std::string_view body, std::size_t count) const override {
    return vectors_by_index(body, count);
  }

 private:
  static Json content_of(Json part) {
    Json parts = Json::array();
    parts.push_back(std::move(part));
    return Json{{"content", std::move(parts)}};
  }
  Json body_of(Json inputs) const {
    Json body = {{"model", settings().model}, {"inputs", std::move(inputs)}};
    if (settings().dimensions > 0) body["output_dimension"] = settings().dimensions;
    return body;
  }
};

// https://docs.marqo.ai: POST /indexes/{index}/embed. Marqo takes images in base64 as queries only.
class MarqoProtocol final : public JsonProtocol {
 public:
  explicit MarqoProtocol(const Settings& settings)
      : JsonProtocol(settings, "/indexes/" + settings.model + "/embed") {}

  Request images(std::span<const Bytes> jpegs) const override {
    return of_content(list_of<Bytes>(jpegs, [](const Bytes& one) { return Json(data_url_of(one)); }));
  }
  Request texts(std::span<const std::string> texts) const override {
    return of_content(list_of<std::string>(texts, [](const std::string& one) { return Json(one); }));
  }
  Result<std::vector<Vector>> read(std::string_view body, std::size_t count) const override {
    FIT_TRY(const Json json, parsed(body, count));
    const auto embeddings = json.find("embeddings");
    if (embeddings == json.end()) return unusable_answer("it has no embeddings");
    return vectors_in_order(*embeddings, count);
  }

 private:
  std::string key_header() const override { return "x-api-key: " + settings().key; }
  Request of_content(Json content) const {
    return request({{"content", std::move(content)}, {"contentType", "query"}});
  }
};

// https://platform.openai.com/docs/api-reference/embeddings with images as data: URLs among the texts, as
// POST /v1/embeddings of this program takes them.
class OpenaiProtocol final : public JsonProtocol {
 public:
  explicit OpenaiProtocol(Settings settings) : JsonProtocol(std::move(settings), "/embeddings") {}

  Request images(std::span<const Bytes> jpegs) const override {
    return of_inputs(list_of<Bytes>(jpegs, [](const Bytes& one) { return Json(data_url_of(one)); }));
  }
  Request texts(std::span<const std::string> texts) const override {
    return of_inputs(list_of<std::string>(texts, [](const std::string& one) { return Json(one); }));
  }
  Result<std::vector<Vector>> read(std::string_view body, std::size_t count) const override {
    return vectors_by_index(body, count);
  }

 private:
  Request of_inputs(Json inputs) const {
    Json body = {{"model", settings().model}, {"input", std::move(inputs)}, {"encoding_format", "float"}};
    if (settings().dimensions > 0) body["dimensions"] = settings().dimensions;
    return request(body);
  }
};

constexpr std::array<RemoteProtocol::Provider, 5> kProviders = {{
    {"jina", "https://api.jina.ai/v1", "jina-clip-v2", 1024, 64},
    {"cohere", "https://api.cohere.com/v2", "embed-v4.0", 1536, 32},
    {"voyage", "https://api.voyageai.com/v1", "voyage-multimodal-3", 1024, 64},
    {"marqo", "http://localhost:8882", "", 512, 64},
    {"openai-compatible", "", "", 512, 64},
}};

}  // namespace

std::span<const RemoteProtocol::Provider> RemoteProtocol::providers() {
  return kProviders;
}

const RemoteProtocol::Provider* RemoteProtocol::find_provider(std::string_view name) {
  const auto* const found = std::ranges::find(kProviders, name, &Provider::name);
  return found == kProviders.end() ? nullptr : found;
}

std::unique_ptr<RemoteProtocol> RemoteProtocol::make(const Provider& provider, Settings settings) {
  if (provider.name == "jina") return std::make_unique<JinaProtocol>(std::move(settings));
  if (provider.name == "cohere") return std::make_unique<CohereProtocol>(std::move(settings));
  if (provider.name == "voyage") return std::make_unique<VoyageProtocol>(std::move(settings));
  if (provider.name == "marqo") return std::make_unique<MarqoProtocol>(settings);
  return std::make_unique<OpenaiProtocol>(std::move(settings));
}

Result<Vector> fitted_vector(Vector vector, int dimensions) {
  vector.resize(static_cast<std::size_t>(dimensions));
  if (auto scaled = normalize(vector, dimensions, "remote"); !scaled) {
    return unusable_answer("an unusable vector: " + scaled.error().detail);
  }
  return vector;
}

}  // namespace fit::embed
