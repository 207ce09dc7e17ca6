#include "embed/provider.h"

#include <algorithm>
#include <thread>

#include "base/format.h"
#include "embed/batcher.h"
#include "embed/builtin_models.h"
#include "embed/configured_model.h"
#include "embed/model_store.h"
#include "embed/onnx_embedder.h"
#include "embed/palette.h"
#include "embed/remote_image_embedder.h"
#include "embed/remote_protocol.h"

namespace fit::embed {
namespace {

constexpr const char* kModelField = "EMBEDDING_MODEL";

Result<ModelEntry> find_installed(const EmbedderOptions& options, const std::string& model) {
  if (model.empty()) return invalid(kModelField, "must name a model when EMBEDDING_PROVIDER is onnx");
  return find_configured_model(kModelField, model, options.models_dir);
}

Result<std::unique_ptr<Embedder>> make_model(const EmbedderOptions& options, const std::string& model) {
  FIT_TRY(const ModelEntry entry, find_installed(options, model));
  // The built-in models are so small that concurrent batches of one thread each are faster than one batch on
  // all threads, which would have to synchronise after each layer.
  const bool small = entry.in_program && options.threads == 0;
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  auto loaded = OnnxEmbedder::load(entry.files(), entry.manifest,
                                   {.threads = small ? 1 : options.threads,
                                    .load_text = options.load_text,
                                    .max_batch = options.batch_size});
  if (!loaded) return naming_setting(kModelField, std::move(loaded).error());
  const int concurrent = small ? std::max(cores, options.max_concurrent) : options.max_concurrent;
  return std::make_unique<BatchingEmbedder>(*std::move(loaded),
                                            BatchingEmbedder::Options{.batch_size = options.batch_size,
                                                                      .max_concurrent = concurrent,
                                                                      .max_queued = options.max_queued,
                                                                      .metrics = options.metrics});
}

RemoteImageEmbedder::Options remote_options(const EmbedderOptions& options) {
  return {.provider = options.provider,
          .base_url = options.remote.base_url,
          .key = options.remote.key,
          .model = options.model,
          .dimensions = options.remote.dimensions,
          .batch_size = options.batch_size,
          .interactive_timeout = options.remote.timeout,
          .metrics = options.metrics,
          .wait = options.remote.wait};
}

}  // namespace

bool is_remote_provider(std::string_view provider) {
  return RemoteProtocol::find_provider(provider) != nullptr;
}

std::string provider_of(std::string_view space) {
  return space == "palette" || space == kBuiltinModel ? std::string(space) : "onnx";
}

Result<Space> space_of(const EmbedderOptions& options) {
  if (is_remote_provider(options.provider)) return RemoteImageEmbedder::space_of(remote_options(options));
  const bool is_model = options.provider == kBuiltinModel || options.provider == "onnx";
  if (!is_model) {
    FIT_TRY(const auto embedder, make_embedder(options));
    return embedder->space();
  }
  FIT_TRY(const ModelEntry entry,
          find_installed(options, options.provider == "onnx" ? options.model : std::string(kBuiltinModel)));
  return entry.manifest.vector_space();
}

Result<std::unique_ptr<Embedder>> make_embedder(const EmbedderOptions& options) {
  if (options.provider == kBuiltinModel) return make_model(options, std::string(kBuiltinModel));
  if (options.provider == "palette") return make_palette_embedder();
  if (options.provider == "onnx") return make_model(options, options.model);
  if (is_remote_provider(options.provider)) return RemoteImageEmbedder::make(remote_options(options));
  return invalid(
      "EMBEDDING_PROVIDER",
      fit::format(
          "must be builtin, palette, onnx, jina, cohere, voyage, marqo or openai-compatible, not '{}'",
          options.provider));
}

}  // namespace fit::embed
