#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/metrics.h"
#include "embed/embedder.h"

namespace fit::embed {

// A remote provider of vectors of images (remote_image_embedder.h).
struct RemoteEmbedding {
  std::string base_url = {};                                 // empty: the provider's own
  std::string key = {};                                      // empty: none is sent
  int dimensions = 0;                                        // 0: those of its usual model
  std::chrono::milliseconds timeout{5'000};                  // of a request that somebody waits for
  std::function<bool(std::chrono::milliseconds)> wait = {};  // between attempts; empty: sleeps
};

// The choice of an embedder. The members after models_dir, except metrics and remote, apply to "builtin" and
// "onnx" only.
struct EmbedderOptions {
  std::string provider = "builtin";  // "builtin", "palette", "onnx" or a name of RemoteProtocol::providers()
  // onnx: a name known to ModelStore, or a model folder's path. A remote provider: its name of the model;
  // empty: its usual one.
  std::string model = {};
  std::filesystem::path models_dir = {};
  int batch_size = 16;           // see BatchingEmbedder
  int max_concurrent = 1;        // see BatchingEmbedder
  std::size_t max_queued = 512;  // see BatchingEmbedder
  int threads = 0;               // threads of each run; 0: one per processor (builtin: 1)
  bool load_text = true;         // false saves the text model's memory and load time
  Metrics* metrics = nullptr;    // optional; must outlive the embedder
  RemoteEmbedding remote = {};   // of a remote provider
};

// Whether the provider is a remote one.
bool is_remote_provider(std::string_view provider);

// The provider that makes the space of this name: "palette", "builtin", or "onnx" for all others.
std::string provider_of(std::string_view space);

// Makes the embedder of the options, ready to use from any thread; a model is wrapped in a BatchingEmbedder.
// Blocks while the model is loaded. kInvalid: an unknown provider or an invalid model; kNotFound: an unknown
// model; kUnavailable: the model is not downloaded (the message names the command) or ONNX Runtime is not
// installed. The errors' fields are the settings EMBEDDING_PROVIDER and EMBEDDING_MODEL.
Result<std::unique_ptr<Embedder>> make_embedder(const EmbedderOptions& options);

// The space of that embedder, without loading its model. The errors of make_embedder().
Result<Space> space_of(const EmbedderOptions& options);

}  // namespace fit::embed
