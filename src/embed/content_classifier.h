#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "embed/manifest.h"
#include "embed/model_files.h"
#include "media/image.h"

namespace fit::embed {

// Runs the classifier of a content filter: an ONNX model that gives an image a probability for each of a few
// classes, such as "neutral" and "porn". The manifest states the classes, and how images are resized and
// normalised. Thread-safe; a call runs on the calling thread.
class ContentClassifier {
 public:
  // Loads the model of a folder whose manifest has a content filter, and runs it once. kInvalid naming
  // "model" for another manifest, a broken file or another number of classes; kNotFound for a missing file;
  // kUnavailable where ONNX Runtime is not installed.
  static Result<std::unique_ptr<ContentClassifier>> load(const ModelFiles& files, Manifest manifest);
  ~ContentClassifier();
  ContentClassifier(const ContentClassifier&) = delete;
  ContentClassifier& operator=(const ContentClassifier&) = delete;

  // In the order of the probabilities.
  const std::vector<std::string>& classes() const;

  // The short side to which an image may be reduced before prepare(), in pixels.
  int image_short_side() const;
  // Resizes an image to the model's size.
  Result<media::Image> prepare(const media::Image& image) const;
  // The probability of each class, from 0 to 1, of an image that prepare() returned. kInternal when the model
  // fails or returns something else.
  Result<std::vector<float>> classify(const media::Image& prepared) const;

 private:
  struct State;
  explicit ContentClassifier(std::unique_ptr<const State> state);
  const std::unique_ptr<const State> state_;
};

// Opens the classifier of a model by its name or by the path of its folder, as ModelStore::find() takes them.
// The errors of find() and load(), naming CONTENT_FILTER_MODEL; kUnavailable for a model that is not
// installed.
Result<std::unique_ptr<ContentClassifier>> open_content_classifier(const std::string& model,
                                                                   const std::filesystem::path& models_dir);

}  // namespace fit::embed
