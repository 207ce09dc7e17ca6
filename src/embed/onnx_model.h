#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "embed/embedder.h"
#include "embed/model_files.h"

namespace fit::embed {

// One ONNX model: a session of ONNX Runtime and the names of its tensors. The first dimension of every tensor
// is the batch. Concurrent calls of run() are safe and share the session's worker threads.
class OnnxModel {
 public:
  // The session's threads and the names of the tensors to use.
  struct Options {
    int threads = 1;
    std::vector<std::string> inputs;
    std::vector<std::string> outputs;
  };

  // An input tensor; the caller owns the memory.
  struct Input {
    std::variant<std::span<const float>, std::span<const std::int64_t>> values;
    std::vector<std::int64_t> shape;
  };

  // kNotFound: the file is missing. kInvalid: the file is broken or a tensor is missing; the message names
  // the tensors of the model. kUnavailable: ONNX Runtime is not installed.
  static Result<OnnxModel> load(const ModelFiles& files, const Manifest& manifest, FileRole role,
                                Options options);
  OnnxModel(OnnxModel&&) noexcept;
  OnnxModel& operator=(OnnxModel&&) noexcept;
  ~OnnxModel();

  // The second dimension of an input as the model declares it, or -1 when it may vary.
  std::int64_t second_dimension(std::size_t input) const;

  // Runs the model with `inputs` in the order of Options::inputs. Returns the rows of each output in the
  // order of Options::outputs: one row per element of the batch, of the length given in `widths`. kInvalid
  // when an output has another width; kInternal when the model fails. Blocks.
  using Rows = std::vector<std::vector<float>>;
  Result<std::vector<Rows>> run(std::span<const Input> inputs, std::span<const int> widths) const;

  // An output of any shape.
  struct Tensor {
    std::vector<std::int64_t> shape;
    std::vector<float> values;
  };
  // Runs the model like run() and returns the outputs as they are. kInvalid when an output has no floats or
  // more than `max_values` numbers; kInternal when the model fails. Blocks.
  Result<std::vector<Tensor>> run_any(std::span<const Input> inputs, std::size_t max_values) const;

 private:
  struct State;
  explicit OnnxModel(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace fit::embed
