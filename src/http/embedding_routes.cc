#include <bit>

#include "base/base64.h"
#include "base/format.h"
#include "embed/embedder.h"
#include "http/api.h"
#include "http/embedding_request.h"
#include "media/image.h"

namespace fit::http {
namespace {

static_assert(std::endian::native == std::endian::little, "vectors are sent as they lie in memory");

// Truncates a vector and scales it to norm 1 (Matryoshka: Kusupati et al., 2022; other models lose more
// quality).
Result<void> shorten(embed::Vector& vector, int dimensions) {
  vector.resize(static_cast<std::size_t>(dimensions));
  if (embed::normalize(vector, dimensions, "/v1/embeddings")) return {};
  return invalid("dimensions", "is too small: these numbers of the vector are all zero");
}

Json vector_json(const embed::Vector& vector, bool as_base64) {
  if (as_base64) return encode_base64(std::as_bytes(std::span(vector)));
  return vector;
}

// Embeds the texts in one batch and the images in another. The vectors are in the order of the inputs.
Result<std::vector<embed::Vector>> embed_all(const media::Limits& limits, embed::Embedder& embedder,
                                             const EmbeddingRequest& request) {
  std::vector<std::string> texts;
  std::vector<media::Image> images;
  for (std::size_t i = 0; i < request.inputs.size(); ++i) {
    if (const auto* text = std::get_if<std::string>(&request.inputs[i])) {
      texts.push_back(*text);
      continue;
    }
    FIT_TRY(const media::Image image,
            media::decode(fit::format("input[{}]", i), std::get<Bytes>(request.inputs[i]),
                          embedder.image_short_side(), limits));
    FIT_TRY(auto prepared, embedder.prepare(image));  // prepared images are small, so that memory holds many
    images.push_back(std::move(prepared));
  }
  std::vector<embed::Vector> of_texts;
  if (!texts.empty()) {
    auto embedded = embedder.embed_texts(texts);
    if (!embedded && embedded.error().field == "text") embedded.error().field = "input";
    FIT_TRY(of_texts, std::move(embedded));
  }
  std::vector<embed::Vector> of_images;
  if (!images.empty()) {
    FIT_TRY(of_images, embedder.embed_images(images));
  }
  std::vector<embed::Vector> vectors;
  auto next_text = of_texts.begin();
  auto next_image = of_images.begin();
  for (const EmbeddingRequest::Input& input : request.inputs) {
    vectors.push_back(std::move(std::holds_alternative<Bytes>(input) ? *next_image++ : *next_text++));
  }
  return vectors;
}

// kInvalid when the active model is another than the requested one, or gives fewer dimensions.
Result<void> check_model(const EmbeddingRequest& wanted, const embed::Space& space) {
  if (!wanted.model.empty() && wanted.model != space.model && wanted.model != space.name) {
    return invalid("model", fit::format("\"{}\" is not the active model, which is \"{}\"",
                                        wanted.model.substr(0, 100), space.model));
  }
  if (wanted.dimensions > space.dimensions) {
    return invalid("dimensions", fit::format("must be at most {}, what the model gives", space.dimensions));
  }
  return {};
}

Result<Response> embeddings(const media::Limits& limits, const Request& request,
                            const TenantSnapshot& tenant) {
  if (media_type(request.headers.get("content-type")) != "application/json") {
    return Error{ErrorCode::kUnsupportedMedia, "must be application/json", "Content-Type", {}};
  }
  FIT_TRY(const EmbeddingRequest wanted, parse_embedding_request(request.body, limits.max_bytes));
  embed::Embedder& embedder = tenant.embedder;
  FIT_CHECK(check_model(wanted, embedder.space()));
  FIT_TRY(auto vectors, embed_all(limits, embedder, wanted));
  Json data = Json::array();
  std::size_t tokens = 0;
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    if (wanted.dimensions > 0) FIT_CHECK(shorten(vectors[i], wanted.dimensions));
    data.push_back(
        {{"object", "embedding"}, {"index", i}, {"embedding", vector_json(vectors[i], wanted.as_base64)}});
    if (const auto* text = std::get_if<std::string>(&wanted.inputs[i]))
      tokens += embedder.count_tokens(*text);
  }
  return json_response({{"object", "list"},
                        {"data", std::move(data)},
                        {"model", embedder.space().model},
                        {"usage", {{"prompt_tokens", tokens}, {"total_tokens", tokens}}}});
}

}  // namespace

void add_embedding_routes(Router& router, EmbeddingRouteDeps deps) {
  router.add({.method = Method::kPost, .pattern = "/v1/embeddings", .max_body_bytes = deps.max_body_bytes},
             [limits = deps.image_limits](const Request& request, const TenantSnapshot& tenant) {
               return embeddings(limits, request, tenant);
             });
}

}  // namespace fit::http
