#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/metrics.h"
#include "embed/embedder.h"

namespace fit::embed {

struct EmbedderOptions {
  std::string provider = "palette";  // "palette" or "onnx"
  std::string model;                 // onnx: a name known to ModelStore, or a model folder's path
  std::filesystem::path models_dir;
  int batch_size = 16;           // onnx: see BatchingEmbedder
  int max_concurrent = 1;        // onnx: see BatchingEmbedder
  std::size_t max_queued = 512;  // onnx: see BatchingEmbedder
  int threads = 0;               // onnx: of each model run; 0: as many as there are processors
  bool load_text = true;         // onnx: false saves the text model's memory and load time
  Metrics* metrics = nullptr;    // optional; must outlive the embedder
};

// The embedder that the settings ask for, ready to use from any thread; onnx comes inside a BatchingEmbedder.
// kInvalid: no such provider, or a model that is not right; kNotFound: no such model; kUnavailable: the model
// is known but not downloaded (the message says how), or there is no ONNX Runtime. Fields are the settings
// EMBEDDING_PROVIDER and EMBEDDING_MODEL.
Result<std::unique_ptr<Embedder>> make_embedder(const EmbedderOptions& options);

}  // namespace fit::embed
