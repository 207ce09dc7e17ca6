#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/metrics.h"
#include "embed/embedder.h"

namespace fit::embed {

struct EmbedderOptions {
  std::string provider = "builtin";  // "builtin", "palette" or "onnx"
  std::string model = {};            // onnx: a name known to ModelStore, or a model folder's path
  std::filesystem::path models_dir = {};
  int batch_size = 16;           // models: see BatchingEmbedder
  int max_concurrent = 1;        // models: see BatchingEmbedder
  std::size_t max_queued = 512;  // models: see BatchingEmbedder
  int threads = 0;               // models: of each run; 0: as many as there are processors (builtin: 1)
  bool load_text = true;         // models: false saves the text model's memory and load time
  Metrics* metrics = nullptr;    // optional; must outlive the embedder
};

// The provider of a space known by its name: "palette", "builtin", or "onnx" for all others.
std::string provider_of(std::string_view space);

// The embedder that the settings ask for, ready to use from any thread; models come inside a
// BatchingEmbedder. kInvalid: no such provider, or a model that is not right; kNotFound: no such model;
// kUnavailable: the model is known but not downloaded (the message says how), or there is no ONNX Runtime.
// Fields are the settings EMBEDDING_PROVIDER and EMBEDDING_MODEL.
Result<std::unique_ptr<Embedder>> make_embedder(const EmbedderOptions& options);

// The space of that embedder, without loading its model. Errors as above.
Result<Space> space_of(const EmbedderOptions& options);

}  // namespace fit::embed
