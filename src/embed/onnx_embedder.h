#pragma once

#include <memory>

#include "embed/embedder.h"
#include "embed/manifest.h"
#include "embed/model_files.h"

namespace fit::embed {

// An Embedder that runs the ONNX models of a model folder with ONNX Runtime on the CPU. Images are resized
// and cropped by the manifest's rule (media/image.h) and normalised per channel: (value / 255 - mean) / std.
// Texts are tokenized, truncated to the context length, padded and masked. Thread-safe; calls block.
class OnnxEmbedder final : public Embedder {
 public:
  // The resources that the models may use.
  struct Options {
    int threads = 0;        // threads of each model; 0: one per processor
    bool load_text = true;  // false: do not load the text model; the space then has no text side
    int max_batch = 32;     // larger calls run in parts, which bounds memory
  };

  // Checks that all files exist with the manifest's sizes, loads the models, checks the names of their
  // tensors and runs each model once to check its dimensions. Checksums are not verified, because that takes
  // seconds; see ModelStore::verify(). kNotFound: a file is missing. kInvalid: a broken file, a missing
  // tensor or wrong dimensions. kUnavailable: ONNX Runtime is not installed.
  static Result<std::unique_ptr<OnnxEmbedder>> load(const ModelFiles& files, Manifest manifest,
                                                    Options options);
  ~OnnxEmbedder() override;

  const Space& space() const override;
  int image_short_side() const override;
  Result<media::Image> prepare(const media::Image& image) const override;
  Result<std::vector<Vector>> embed_images(std::span<const media::Image> images) override;
  Result<std::vector<Vector>> embed_texts(std::span<const std::string> texts) override;
  std::size_t count_tokens(std::string_view text) const override;
  Result<std::vector<PropertyPredictions>> predict(std::span<const Vector> vectors) override;
  Result<std::vector<std::vector<float>>> score_labels(std::span<const Vector> vectors,
                                                       std::span<const Label> labels) override;

 private:
  struct State;
  explicit OnnxEmbedder(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Resizes an image by the rule of the tower. An image of its size is returned as it is. Thread-safe.
Result<media::Image> prepare_image(const ImageTower& tower, const media::Image& image);

// Converts interleaved bytes to planes of floats (nchw): (value / 255 - mean) / std. `planes` has
// 3 * width * height elements.
void to_planes(const media::Image& image, const std::array<float, 3>& mean, const std::array<float, 3>& std,
               std::span<float> planes);

}  // namespace fit::embed
