#include <algorithm>
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

constexpr std::size_t kTextsAtOnce = 64;
constexpr std::size_t kImagesAtOnce = 16;

// Embeds the inputs of one request. Checks the deadline and the stop between images and between batches, so
// that no work is done for a client that already has its response.
class EmbeddingCall {
 public:
  EmbeddingCall(const EmbeddingRouteDeps& deps, embed::Embedder& embedder, const std::stop_token& stop)
      : deps_(deps), embedder_(embedder), stop_(stop), deadline_(Clock::now() + deps.time_limit) {}

  // The vectors in the order of the inputs.
  Result<std::vector<embed::Vector>> run(const EmbeddingRequest& request) {
    FIT_CHECK(check_pixels(request));
    std::vector<std::string> texts;
    std::vector<media::Image> images;
    for (std::size_t i = 0; i < request.inputs.size(); ++i) {
      if (const auto* text = std::get_if<std::string>(&request.inputs[i])) {
        texts.push_back(*text);
        continue;
      }
      FIT_CHECK(check_time());
      FIT_TRY(const media::Image image, media::decode(field_of(i), std::get<Bytes>(request.inputs[i]),
                                                      embedder_.image_short_side(), deps_.image_limits));
      FIT_TRY(auto prepared, embedder_.prepare(image));  // small; the decoded image is freed
      images.push_back(std::move(prepared));
    }
    FIT_TRY(auto of_texts, embed_texts(texts));
    FIT_TRY(auto of_images, embed_images(images));
    std::vector<embed::Vector> vectors;
    auto next_text = of_texts.begin();
    auto next_image = of_images.begin();
    for (const EmbeddingRequest::Input& input : request.inputs) {
      vectors.push_back(std::move(std::holds_alternative<Bytes>(input) ? *next_image++ : *next_text++));
    }
    return vectors;
  }

 private:
  using Clock = std::chrono::steady_clock;

  static std::string field_of(std::size_t input) { return fit::format("input[{}]", input); }

  Result<void> check_time() const {
    if (stop_.stop_requested()) return Error{ErrorCode::kUnavailable, "the server is stopping", {}, {}};
    if (Clock::now() <= deadline_) return {};
    return Error{ErrorCode::kDeadlineExceeded, "took longer than the time limit", {}, {}};
  }

  // kTooLarge when the images have more than max_pixels in total. Reads only their headers.
  Result<void> check_pixels(const EmbeddingRequest& request) const {
    std::uint64_t pixels = 0;
    for (std::size_t i = 0; i < request.inputs.size(); ++i) {
      const auto* const file = std::get_if<Bytes>(&request.inputs[i]);
      if (file == nullptr) continue;
      FIT_CHECK(check_time());
      FIT_TRY(const media::ImageInfo info, media::probe(field_of(i), *file, deps_.image_limits));
      pixels += static_cast<std::uint64_t>(info.width) * static_cast<std::uint64_t>(info.height);
      if (pixels > deps_.max_pixels) {
        return Error{
            ErrorCode::kTooLarge,
            fit::format("the images of a request may have {} pixels in all; send fewer, or smaller ones",
                        deps_.max_pixels),
            "input",
            {}};
      }
    }
    return {};
  }

  Result<std::vector<embed::Vector>> embed_texts(std::span<const std::string> texts) const {
    return in_parts(texts, kTextsAtOnce, [this](std::span<const std::string> part) {
      auto embedded = embedder_.embed_texts(part);
      if (!embedded && embedded.error().field == "text") embedded.error().field = "input";
      return embedded;
    });
  }

  Result<std::vector<embed::Vector>> embed_images(std::span<const media::Image> images) const {
    return in_parts(images, kImagesAtOnce,
                    [this](std::span<const media::Image> part) { return embedder_.embed_images(part); });
  }

  template <class Input, class Embed>
  Result<std::vector<embed::Vector>> in_parts(std::span<const Input> inputs, std::size_t size,
                                              const Embed& embed) const {
    std::vector<embed::Vector> vectors;
    for (std::size_t first = 0; first < inputs.size(); first += size) {
      FIT_CHECK(check_time());
      FIT_TRY(auto part, embed(inputs.subspan(first, std::min(size, inputs.size() - first))));
      std::ranges::move(part, std::back_inserter(vectors));
    }
    return vectors;
  }

  const EmbeddingRouteDeps& deps_;
  embed::Embedder& embedder_;
  const std::stop_token stop_;
  const Clock::time_point deadline_;
};

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

Result<Response> embeddings(const EmbeddingRouteDeps& deps, const Request& request,
                            const TenantSnapshot& tenant) {
  if (media_type(request.headers.get("content-type")) != "application/json") {
    return Error{ErrorCode::kUnsupportedMedia, "must be application/json", "Content-Type", {}};
  }
  FIT_TRY(const EmbeddingRequest wanted, parse_embedding_request(request.body, deps.image_limits.max_bytes));
  embed::Embedder& embedder = tenant.embedder;
  FIT_CHECK(check_model(wanted, embedder.space()));
  FIT_TRY(auto vectors, EmbeddingCall(deps, embedder, request.stop).run(wanted));
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

// The active model in the form of OpenAI's list of models.
Json model_json(const embed::Space& space) {
  return {{"id", space.model}, {"object", "model"}, {"created", 0}, {"owned_by", "find-this-fit"}};
}

Result<Response> list_models(const Request& /*request*/, const TenantSnapshot& tenant) {
  return json_response({{"object", "list"}, {"data", Json::array({model_json(tenant.embedder.space())})}});
}

Result<Response> show_model(const Request& request, const TenantSnapshot& tenant) {
  const embed::Space& space = tenant.embedder.space();
  const std::string_view id = request.path_parameters.get("id");
  if (id != space.model && id != space.name) {
    return not_found(fit::format("there is no such model; the active one is \"{}\"", space.model));
  }
  return json_response(model_json(space));
}

}  // namespace

void add_embedding_routes(Router& router, EmbeddingRouteDeps deps) {
  router.add({.method = Method::kPost,
              .pattern = "/v1/embeddings",
              .required_scope = accounts::Scope::kEmbed,
              .run_on = RunOn::kEmbed,
              .route_class = RouteClass::kEmbedding,
              .max_body_bytes = deps.max_body_bytes},
             [deps](const Request& request, const TenantSnapshot& tenant) {
               return embeddings(deps, request, tenant);
             });
  router.add({.method = Method::kGet,
              .pattern = "/v1/models",
              .required_scope = accounts::Scope::kEmbed,
              .route_class = RouteClass::kNone},
             list_models);
  router.add({.method = Method::kGet,
              .pattern = "/v1/models/{id}",
              .required_scope = accounts::Scope::kEmbed,
              .route_class = RouteClass::kNone},
             show_model);
}

}  // namespace fit::http
