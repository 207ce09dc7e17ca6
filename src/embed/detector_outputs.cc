#include "embed/detector_outputs.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/format.h"

namespace fit::embed {
namespace {

using Tensor = OnnxModel::Tensor;

// More boxes than these are not compared with each other: the best count.
constexpr std::size_t kMaxCandidates = 1000;

Error no_detector(std::string_view model, std::string message) {
  return invalid("model", fit::format("the detector '{}' ", model) + std::move(message));
}

Error wrong_shape(std::string_view model, std::string_view tensor, const Tensor& output,
                  std::string_view wanted) {
  std::string shape;
  for (const std::int64_t side : output.shape) {
    shape += (shape.empty() ? "" : " x ") + std::to_string(side);
  }
  return no_detector(model, fit::format("returns '{}' in the shape {}, not {}", tensor, shape, wanted));
}

bool has_shape(const Tensor& tensor, std::int64_t rows, std::int64_t columns) {
  return tensor.shape == std::vector<std::int64_t>{1, rows, columns};
}

std::int64_t second(const Tensor& tensor) {
  return tensor.shape.size() == 3 ? tensor.shape[1] : -1;
}

media::Box around(double x, double y, double width, double height) {
  return {.left = x - width / 2, .top = y - height / 2, .right = x + width / 2, .bottom = y + height / 2};
}

// The boxes and scores of any kind of outputs, by functions of the number of the box.
struct View {
  std::int64_t count = 0;
  std::function<media::Box(std::size_t box)> box;
  // Writes the probability of each label.
  std::function<void(std::size_t box, std::span<float> scores)> scores;
};

View view_of_rows(const Tensor& boxes, const Tensor& scores) {
  return {.count = boxes.shape[1],
          .box =
              [&boxes](std::size_t i) {
                const float* const at = boxes.values.data() + 4 * i;
                return media::Box{.left = at[0], .top = at[1], .right = at[2], .bottom = at[3]};
              },
          .scores =
              [&scores](std::size_t i, std::span<float> to) {
                std::copy_n(scores.values.data() + to.size() * i, to.size(), to.data());
              }};
}

// [1, 4 + K, N]: each number has a row.
View view_of_columns(const Tensor& output, int side) {
  const auto count = static_cast<std::size_t>(output.shape[2]);
  const float* const values = output.values.data();
  return {.count = output.shape[2],
          .box =
              [values, count, side](std::size_t i) {
                const auto at = [&](std::size_t row) {
                  return static_cast<double>(values[row * count + i]) / side;
                };
                return around(at(0), at(1), at(2), at(3));
              },
          .scores =
              [values, count](std::size_t i, std::span<float> to) {
                for (std::size_t k = 0; k < to.size(); ++k) to[k] = values[(4 + k) * count + i];
              }};
}

// One more logit than labels: a softmax with "nothing" as the last. As many: a probability of each label.
void probabilities(std::span<const float> logits, std::span<float> to) {
  if (logits.size() == to.size()) {
    std::ranges::transform(logits, to.begin(), [](float one) { return 1 / (1 + std::exp(-one)); });
    return;
  }
  const float most = *std::ranges::max_element(logits);
  float sum = 0;
  for (const float one : logits) sum += std::exp(one - most);
  for (std::size_t k = 0; k < to.size(); ++k) to[k] = std::exp(logits[k] - most) / sum;
}

View view_of_logits(const Tensor& boxes, const Tensor& logits) {
  const auto width = static_cast<std::size_t>(logits.shape[2]);
  return {.count = boxes.shape[1],
          .box =
              [&boxes](std::size_t i) {
                const float* const at = boxes.values.data() + 4 * i;
                return around(at[0], at[1], at[2], at[3]);
              },
          .scores =
              [&logits, width](std::size_t i, std::span<float> to) {
                probabilities(std::span(logits.values).subspan(i * width, width), to);
              }};
}

Result<View> view_of(const DetectorHead& head, std::string_view model, std::span<const Tensor> outputs) {
  const auto labels = static_cast<std::int64_t>(head.labels.size());
  const std::vector<std::string> names = output_names(head.output);
  const Tensor& first = outputs[0];
  if (head.output == DetectorOutput::kYolo) {
    const bool is_right = first.shape.size() == 3 && has_shape(first, 4 + labels, first.shape[2]);
    if (is_right) return view_of_columns(first, head.side);
    return wrong_shape(model, names[0], first,
                       fit::format("1 x {} x N of 4 numbers and {} labels", 4 + labels, labels));
  }
  if (second(first) < 0 || !has_shape(first, second(first), 4)) {
    return wrong_shape(model, names[0], first, "1 x N x 4");
  }
  const std::int64_t count = second(first);
  if (has_shape(outputs[1], count, labels)) {
    return head.output == DetectorOutput::kDetr ? view_of_logits(first, outputs[1])
                                                : view_of_rows(first, outputs[1]);
  }
  const bool has_nothing = head.output == DetectorOutput::kDetr && has_shape(outputs[1], count, labels + 1);
  if (has_nothing) return view_of_logits(first, outputs[1]);
  return wrong_shape(model, names[1], outputs[1], fit::format("1 x {} x {} as its labels", count, labels));
}

bool is_score(float value) {
  return value >= 0 && value <= 1.001F;  // the sum of a softmax is rounded
}

bool is_finite(const media::Box& box) {
  return std::isfinite(box.left) && std::isfinite(box.top) && std::isfinite(box.right) &&
         std::isfinite(box.bottom);
}

}  // namespace

std::vector<std::string> output_names(DetectorOutput output) {
  switch (output) {
    case DetectorOutput::kBoxesScores:
      return {"boxes", "scores"};
    case DetectorOutput::kYolo:
      return {"output0"};
    case DetectorOutput::kDetr:
      return {"pred_boxes", "logits"};
  }
  return {};
}

Result<std::vector<ScoredBox>> read_detector_outputs(const DetectorHead& head, std::string_view model,
                                                     std::span<const Tensor> outputs) {
  FIT_TRY(const View view, view_of(head, model, outputs));
  std::vector<ScoredBox> found;
  std::vector<float> scores(head.labels.size());
  for (std::size_t i = 0; i < static_cast<std::size_t>(view.count); ++i) {
    view.scores(i, scores);
    if (!std::ranges::all_of(scores, is_score)) {
      return no_detector(model, "returns scores that are no probabilities");
    }
    const auto best = static_cast<std::size_t>(std::ranges::max_element(scores) - scores.begin());
    if (scores[best] < head.threshold || head.labels[best].empty()) continue;
    const media::Box box = view.box(i);
    if (!is_finite(box)) return no_detector(model, "returns boxes that are no numbers");
    found.push_back({.box = box, .label = best, .score = std::min(scores[best], 1.0F)});
  }
  return found;
}

std::vector<ScoredBox> keep_best(std::vector<ScoredBox> boxes, double overlap, std::size_t most) {
  std::ranges::stable_sort(boxes, std::ranges::greater(), &ScoredBox::score);
  if (boxes.size() > kMaxCandidates) boxes.resize(kMaxCandidates);
  std::vector<ScoredBox> kept;
  for (const ScoredBox& one : boxes) {
    if (kept.size() == most) break;
    const bool is_covered = std::ranges::any_of(kept, [&](const ScoredBox& better) {
      return media::intersection_over_union(better.box, one.box) > overlap;
    });
    if (!is_covered) kept.push_back(one);
  }
  return kept;
}

}  // namespace fit::embed
