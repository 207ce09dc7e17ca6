#pragma once

#include <memory>

#include "embed/embedder.h"
#include "embed/manifest.h"
#include "embed/model_files.h"

namespace fit::embed {

// An Embedder that runs the ONNX models of a model folder with ONNX Runtime on the CPU.
// Images: resized and cut as the manifest says (media/image.h), then (value / 255 - mean) / deviation per
// channel. Texts: tokenized, cut at the context length, padded, and masked.
class OnnxEmbedder final : public Embedder {
 public:
  struct Options {
    int threads = 0;        // of each model; 0: as many as there are processors
    bool load_text = true;  // false leaves the text model out: the space has then no text side
    int max_batch = 32;     // larger calls are run in parts, so that memory stays bounded
  };

  // Checks that all files are there with the sizes the manifest states (their sums are for
  // ModelStore::verify, as that takes seconds), loads the models, checks the names of their tensors and runs
  // each once to see its dimensions. kNotFound: a file is missing. kInvalid: a broken file, a missing tensor,
  // other dimensions. kUnavailable: no ONNX Runtime.
  static Result<std::unique_ptr<OnnxEmbedder>> load(const ModelFiles& files, Manifest manifest,
                                                    Options options);
  ~OnnxEmbedder() override;

  const Space& space() const override;
  int image_short_side() const override;
  Result<media::Image> prepare(const media::Image& image) const override;
  Result<std::vector<Vector>> embed_images(std::span<const media::Image> images) override;
  Result<std::vector<Vector>> embed_texts(std::span<const std::string> texts) override;
  Result<std::vector<PropertyPredictions>> predict(std::span<const Vector> vectors) override;
  Result<std::vector<std::vector<float>>> score_labels(std::span<const Vector> vectors,
                                                       std::span<const Label> labels) override;

 private:
  struct State;
  explicit OnnxEmbedder(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Interleaved bytes to planes of floats (nchw): (value / 255 - mean) / deviation. `planes` has 3 * width *
// height numbers.
void to_planes(const media::Image& image, const std::array<float, 3>& mean, const std::array<float, 3>& std,
               std::span<float> planes);

}  // namespace fit::embed
