#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "embed/manifest.h"
#include "embed/model_files.h"
#include "media/crop.h"

namespace fit::embed {

// The most garments that a detector reports of a photo.
inline constexpr std::size_t kMaxDetected = 32;

// A garment that a photo shows.
struct DetectedGarment {
  media::Box box;
  std::string category;  // of the ontology
  float confidence = 0;  // 0 to 1
};

// The garments of a photo, the most prominent first: prominence is the confidence times the square root of
// the share of the photo that the box covers, halved from the middle of the photo to its corners.
struct Detection {
  int width = 0;  // of the upright photo, in pixels
  int height = 0;
  std::vector<DetectedGarment> garments;
};

// Finds garments in photos by the ONNX model of a folder with the role detector. Thread-safe; a call runs on
// the calling thread and blocks.
class Detector {
 public:
  // Loads the model and runs it once. kInvalid naming "model" for another manifest, a broken file and outputs
  // of other shapes than the manifest states; kNotFound for a missing file; kUnavailable where ONNX Runtime
  // is not installed.
  static Result<std::unique_ptr<Detector>> load(const ModelFiles& files, Manifest manifest);
  ~Detector();
  Detector(const Detector&) = delete;
  Detector& operator=(const Detector&) = delete;

  const Manifest& manifest() const;

  // The garments in an image; width and height are the image's. kInternal when the model fails.
  Result<Detection> detect(const media::Image& image) const;
  // The garments in an image that was reduced from a file with this header; width and height are the file's.
  // The errors of detect().
  Result<Detection> detect(const media::Image& image, const media::ImageInfo& file) const;
  // The short side for which media::decode() reduces an image with this header to what detect() looks at.
  int short_side(const media::ImageInfo& info) const;
  // The garments in an image file, which is decoded as small as the model takes it. The errors of
  // media::decode() naming `field`, and of detect().
  Result<Detection> detect_file(std::string_view field, ByteView file, const media::Limits& limits) const;

 private:
  struct State;
  explicit Detector(std::unique_ptr<const State> state);
  const std::unique_ptr<const State> state_;
};

// Opens the detector of a name, or of the path of its folder. The errors of find_configured_model() and
// load(), naming DETECTOR_MODEL.
Result<std::unique_ptr<Detector>> open_detector(const std::string& model,
                                                const std::filesystem::path& models_dir);

}  // namespace fit::embed
