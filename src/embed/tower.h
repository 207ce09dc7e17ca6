#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "embed/embedder.h"

namespace fit::embed {

// One ONNX model that turns a batch into vectors: a session and the names of its tensors.
// run() may be called from several threads; they share the session's worker threads.
class Tower {
 public:
  struct Options {
    std::string model_name;  // for messages
    int dimensions = 0;
    int threads = 1;
    std::vector<std::string> inputs;
    std::string output;
  };

  // A tensor given by the caller, which keeps the memory: its shape's first number is the batch's size.
  struct Input {
    std::variant<std::span<const float>, std::span<const std::int64_t>> values;
    std::vector<std::int64_t> shape;
  };

  // kNotFound, kInvalid (broken file, no such tensor: the message says which and names those there are),
  // kUnavailable.
  static Result<Tower> load(const std::filesystem::path& file, Options options);
  Tower(Tower&&) noexcept;
  Tower& operator=(Tower&&) noexcept;
  ~Tower();

  // The second number of an input's shape as the model declares it, or -1 when it may vary.
  std::int64_t second_dimension(std::size_t input) const;

  // One unit vector an element of the batch. `inputs` in the order of Options::inputs. kInvalid when the
  // model's output has other dimensions than promised; kInternal when it fails or gives NaN.
  Result<std::vector<Vector>> run(std::span<const Input> inputs) const;

 private:
  struct State;
  explicit Tower(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace fit::embed
