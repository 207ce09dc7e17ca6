#include "embed/detector.h"

#include <algorithm>
#include <cmath>

#include "base/format.h"
#include "base/trace.h"
#include "embed/configured_model.h"
#include "embed/detector_outputs.h"
#include "embed/onnx_embedder.h"
#include "embed/onnx_model.h"

namespace fit::embed {
namespace {

// Where a photo lies in the input of a model, in pixels of the input.
struct Placement {
  int left = 0;
  int top = 0;
  int width = 0;
  int height = 0;
};

Placement placed(const DetectorHead& head, int width, int height) {
  if (!head.is_letterboxed) return {.width = head.side, .height = head.side};
  const double scale = static_cast<double>(head.side) / std::max(width, height);
  Placement at;
  at.width = std::clamp(static_cast<int>(std::lround(width * scale)), 1, head.side);
  at.height = std::clamp(static_cast<int>(std::lround(height * scale)), 1, head.side);
  at.left = (head.side - at.width) / 2;
  at.top = (head.side - at.height) / 2;
  return at;
}

// The photo in the middle of a square of the padding's colour.
Result<media::Image> placed_image(const DetectorHead& head, const media::Image& photo, const Placement& at) {
  FIT_TRY(media::Image small, media::resize(photo, at.width, at.height));
  if (at.width == head.side && at.height == head.side) return small;
  const auto side = static_cast<std::size_t>(head.side);
  media::Image square{head.side, head.side, {}};
  square.rgb.reserve(side * side * 3);
  for (std::size_t i = 0; i < side * side; ++i) {
    square.rgb.insert(square.rgb.end(), head.pad.begin(), head.pad.end());
  }
  const auto row_bytes = static_cast<std::size_t>(at.width) * 3;
  for (int y = 0; y < at.height; ++y) {
    const auto to = (static_cast<std::size_t>(at.top + y) * side + static_cast<std::size_t>(at.left)) * 3;
    std::copy_n(small.rgb.data() + static_cast<std::size_t>(y) * row_bytes, row_bytes,
                square.rgb.data() + to);
  }
  return square;
}

// The box in fractions of the photo, as far as it lies in it.
media::Box in_photo(const media::Box& box, const Placement& at, int side) {
  const auto across = [&](double x) { return std::clamp((x * side - at.left) / at.width, 0.0, 1.0); };
  const auto along = [&](double y) { return std::clamp((y * side - at.top) / at.height, 0.0, 1.0); };
  return {.left = across(box.left),
          .top = along(box.top),
          .right = across(box.right),
          .bottom = along(box.bottom)};
}

double prominence(const DetectedGarment& garment) {
  constexpr double kHalfDiagonal = 0.70710678118654752;
  const double x = (garment.box.left + garment.box.right) / 2 - 0.5;
  const double y = (garment.box.top + garment.box.bottom) / 2 - 0.5;
  const double centrality = 1 - 0.5 * std::hypot(x, y) / kHalfDiagonal;
  return static_cast<double>(garment.confidence) * std::sqrt(garment.box.area()) * centrality;
}

// A short side that leaves the long side as many pixels as the model takes.
int short_side_for(const media::ImageInfo& info, int side) {
  const double share =
      static_cast<double>(std::min(info.width, info.height)) / std::max(info.width, info.height);
  return std::max(1, static_cast<int>(std::ceil(side * share)));
}

}  // namespace

struct Detector::State {
  Manifest manifest;
  OnnxModel model;

  Result<std::vector<ScoredBox>> run(const media::Image& square) const {
    const DetectorHead& head = *manifest.detector;
    std::vector<float> planes(square.rgb.size());
    to_planes(square, head.mean, head.deviation, planes);
    const OnnxModel::Input input{std::span<const float>(planes), {1, 3, head.side, head.side}};
    FIT_TRY(const auto outputs, model.run_any(std::span(&input, 1), kMaxDetectorNumbers));
    return read_detector_outputs(head, manifest.name, outputs);
  }
};

Detector::Detector(std::unique_ptr<const State> state) : state_(std::move(state)) {}
Detector::~Detector() = default;

const Manifest& Detector::manifest() const {
  return state_->manifest;
}

Result<std::unique_ptr<Detector>> Detector::load(const ModelFiles& files, Manifest manifest) {
  if (!manifest.detector) return invalid("model", fit::format("'{}' is no detector", manifest.name));
  FIT_CHECK(files.check(manifest));
  const DetectorHead& head = *manifest.detector;
  FIT_TRY(auto model,
          OnnxModel::load(files, manifest, FileRole::kDetector,
                          {.threads = 1, .inputs = {head.input}, .outputs = output_names(head.output)}));
  std::unique_ptr<Detector> detector(
      new Detector(std::make_unique<const State>(State{std::move(manifest), std::move(model)})));
  const int side = detector->manifest().detector->side;
  media::Image grey{side, side, {}};
  grey.rgb.assign(static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 3, 128);
  const auto tried = detector->state_->run(grey);
  if (tried) return detector;
  Error error = tried.error();
  if (error.code == ErrorCode::kInternal) {
    error = invalid("model", fit::format("the detector '{}' does not take images of 1 x 3 x {} x {}",
                                         detector->manifest().name, side, side));
    error.detail = tried.error().detail;
  }
  return error;
}

Result<Detection> Detector::detect(const media::Image& image) const {
  const Span span("detect garments");
  const DetectorHead& head = *state_->manifest.detector;
  const Placement at = placed(head, image.width, image.height);
  FIT_TRY(const media::Image square, placed_image(head, image, at));
  auto boxes = state_->run(square);
  if (!boxes) return internal("the detector failed", boxes.error().describe());
  for (ScoredBox& one : *boxes) one.box = in_photo(one.box, at, head.side);
  // A box in the padding has nothing of the photo.
  std::erase_if(*boxes, [](const ScoredBox& one) { return !media::is_box(one.box); });
  Detection detection{.width = image.width, .height = image.height, .garments = {}};
  for (const ScoredBox& one : keep_best(*std::move(boxes), head.overlap, kMaxDetected)) {
    detection.garments.push_back(
        {.box = one.box, .category = head.labels[one.label], .confidence = one.score});
  }
  std::ranges::stable_sort(detection.garments, std::ranges::greater(), prominence);
  return detection;
}

Result<Detection> Detector::detect(const media::Image& image, const media::ImageInfo& file) const {
  FIT_TRY(Detection detection, detect(image));
  detection.width = file.width;
  detection.height = file.height;
  return detection;
}

int Detector::short_side(const media::ImageInfo& info) const {
  return short_side_for(info, state_->manifest.detector->side);
}

Result<Detection> Detector::detect_file(std::string_view field, ByteView file,
                                        const media::Limits& limits) const {
  FIT_TRY(const media::ImageInfo info, media::probe(field, file, limits));
  FIT_TRY(const media::Image image, media::decode(field, file, short_side(info), limits));
  return detect(image, info);
}

Result<std::unique_ptr<Detector>> open_detector(const std::string& model,
                                                const std::filesystem::path& models_dir) {
  return open_configured_model<Detector>("DETECTOR_MODEL", model, models_dir);
}

}  // namespace fit::embed
