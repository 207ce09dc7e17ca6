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

// One ONNX model: a session and the names of its tensors. Every tensor's first number is the batch's size.
// run() may be called from several threads; they share the session's worker threads.
class OnnxModel {
 public:
  struct Options {
    int threads = 1;
    std::vector<std::string> inputs;
    std::vector<std::string> outputs;
  };

  // A tensor given by the caller, which keeps the memory.
  struct Input {
    std::variant<std::span<const float>, std::span<const std::int64_t>> values;
    std::vector<std::int64_t> shape;
  };

  // kNotFound, kInvalid (broken file, no such tensor: the message says which and names those there are),
  // kUnavailable.
  static Result<OnnxModel> load(const ModelFiles& files, const Manifest& manifest, FileRole role,
                                Options options);
  OnnxModel(OnnxModel&&) noexcept;
  OnnxModel& operator=(OnnxModel&&) noexcept;
  ~OnnxModel();

  // The second number of an input's shape as the model declares it, or -1 when it may vary.
  std::int64_t second_dimension(std::size_t input) const;

  // What each output says, in the order of Options::outputs: a row an element of the batch, each of
  // `widths`'s numbers. `inputs` in the order of Options::inputs. kInvalid when an output has another width
  // than promised; kInternal when the model fails.
  using Rows = std::vector<std::vector<float>>;
  Result<std::vector<Rows>> run(std::span<const Input> inputs, std::span<const int> widths) const;

 private:
  struct State;
  explicit OnnxModel(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace fit::embed
