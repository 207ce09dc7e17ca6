#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "embed/manifest.h"
#include "embed/onnx_model.h"
#include "media/crop.h"

namespace fit::embed {

// The most numbers of an output of a detector.
inline constexpr std::size_t kMaxDetectorNumbers = 20'000'000;

// A box that a detector returns, with its best label. The box is in fractions of the model's input, and may
// reach beyond it.
struct ScoredBox {
  media::Box box;
  std::size_t label = 0;
  float score = 0;  // 0 to 1
};

// The names of a detector's output tensors.
std::vector<std::string> output_names(DetectorOutput output);

// The boxes whose best label is a garment with at least the manifest's threshold, in the model's order. The
// outputs are those of output_names(). kInvalid naming "model" for outputs of other shapes than the manifest
// states, boxes that are no numbers and scores that are no probabilities.
Result<std::vector<ScoredBox>> read_detector_outputs(const DetectorHead& head, std::string_view model,
                                                     std::span<const OnnxModel::Tensor> outputs);

// Non-maximum suppression, whatever the labels: the boxes by falling score, without those whose intersection
// over union with a better one is above `overlap`; at most `most`. Ties keep their order.
std::vector<ScoredBox> keep_best(std::vector<ScoredBox> boxes, double overlap, std::size_t most);

}  // namespace fit::embed
