#include "embed/content_classifier.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "base/format.h"
#include "embed/configured_model.h"
#include "embed/onnx_embedder.h"
#include "embed/onnx_model.h"

namespace fit::embed {
namespace {

bool is_probability(float value) {
  return std::isfinite(value) && value >= 0 && value <= 1.001F;  // the sum of a softmax is rounded
}

}  // namespace

struct ContentClassifier::State {
  Manifest manifest;
  OnnxModel model;
};

ContentClassifier::ContentClassifier(std::unique_ptr<const State> state) : state_(std::move(state)) {}
ContentClassifier::~ContentClassifier() = default;

Result<std::unique_ptr<ContentClassifier>> ContentClassifier::load(const ModelFiles& files,
                                                                   Manifest manifest) {
  if (!manifest.content_filter) {
    return invalid("model", fit::format("'{}' is no content filter", manifest.name));
  }
  FIT_CHECK(files.check(manifest));
  FIT_TRY(
      auto model,
      OnnxModel::load(files, manifest, FileRole::kContentFilter,
                      {.threads = 1, .inputs = {manifest.image.input}, .outputs = {manifest.image.output}}));
  std::unique_ptr<ContentClassifier> classifier(
      new ContentClassifier(std::make_unique<const State>(State{std::move(manifest), std::move(model)})));
  const int size = classifier->image_short_side();
  media::Image grey{size, size, {}};
  grey.rgb.assign(static_cast<std::size_t>(size) * static_cast<std::size_t>(size) * 3, 128);
  FIT_CHECK(classifier->classify(grey));
  return classifier;
}

const std::vector<std::string>& ContentClassifier::classes() const {
  return state_->manifest.content_filter->classes;
}

int ContentClassifier::image_short_side() const {
  return state_->manifest.image.size;
}

Result<media::Image> ContentClassifier::prepare(const media::Image& image) const {
  return prepare_image(state_->manifest.image, image);
}

Result<std::vector<float>> ContentClassifier::classify(const media::Image& prepared) const {
  const ImageTower& tower = state_->manifest.image;
  if (prepared.width != tower.size || prepared.height != tower.size) {
    return internal("the image is not prepared for the content filter", state_->manifest.name);
  }
  std::vector<float> planes(prepared.rgb.size());
  to_planes(prepared, tower.mean, tower.std, planes);
  const OnnxModel::Input input{std::span<const float>(planes), {1, 3, tower.size, tower.size}};
  FIT_TRY(auto outputs, state_->model.run(std::span(&input, 1), std::span(&state_->manifest.dimensions, 1)));
  std::vector<float>& probabilities = outputs.front().front();
  if (!std::ranges::all_of(probabilities, is_probability)) {
    return internal("the content filter returned no probabilities", state_->manifest.name);
  }
  return std::move(probabilities);
}

Result<std::unique_ptr<ContentClassifier>> open_content_classifier(const std::string& model,
                                                                   const std::filesystem::path& models_dir) {
  return open_configured_model<ContentClassifier>("CONTENT_FILTER_MODEL", model, models_dir);
}

}  // namespace fit::embed
