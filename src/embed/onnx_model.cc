#include "embed/onnx_model.h"

#define ORT_API_MANUAL_INIT
#include <onnxruntime/onnxruntime_cxx_api.h>

#include <malloc.h>

#include <algorithm>

#include "base/format.h"
#include "embed/ort_runtime.h"

namespace fit::embed {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string list;
  for (const std::int64_t each : shape) list += (list.empty() ? "" : "x") + std::to_string(each);
  return list;
}

Ort::SessionOptions session_options(int threads) {
  Ort::SessionOptions options;
  options.SetGraphOptimizationLevel(GraphOptimizationLevel::ORT_ENABLE_ALL);
  options.SetExecutionMode(ExecutionMode::ORT_SEQUENTIAL);
  options.SetInterOpNumThreads(1);
  options.SetIntraOpNumThreads(threads);
  options.SetLogSeverityLevel(ORT_LOGGING_LEVEL_FATAL);
  // Spinning between operators lowers the latency of a single image (docs/benchmarks.md) and has no
  // measurable cost on a busy server.
  options.AddConfigEntry("session.intra_op.allow_spinning", "1");
  // ONNX Runtime would store a memory pattern for each batch size, and batch sizes vary.
  options.DisableMemPattern();
  // Allocates weights outside the arena, which grows in steps and never shrinks: 40 MB less for CLIP ViT-B/32
  // in int8.
  options.AddConfigEntry("session.use_device_allocator_for_initializers", "1");
  // Processors without VNNI add products of 8-bit integers in 16 bits, which saturate: on them quantised
  // models would give other vectors than elsewhere. Their weights become unsigned there, which is slower and
  // exact.
  options.AddConfigEntry("session.x64quantprecision", "1");
  return options;
}

Ort::Session open_session(const Ort::Env& env, const ModelFiles::Location& location,
                          const Ort::SessionOptions& options) {
  if (const auto* path = std::get_if<std::filesystem::path>(&location)) {
    return Ort::Session(env, path->c_str(), options);
  }
  const ByteView bytes = std::get<ByteView>(location);
  return Ort::Session(env, bytes.data(), bytes.size(), options);
}

}  // namespace

struct OnnxModel::State {
  std::string name;  // the model's name, for messages
  Options options;
  Ort::Env env;
  Ort::Session session;
  Ort::MemoryInfo memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  std::vector<std::int64_t> second_dimensions = {};
  std::vector<const char*> input_names = {};
  std::vector<const char*> output_names = {};

  Error missing_tensor(std::string_view kind, const std::string& wanted,
                       const std::vector<std::string>& names) const {
    return invalid("model", fit::format("the model '{}' has no {} tensor '{}', but {}", name, kind, wanted,
                                        joined(names)));
  }

  Result<void> check_tensors() {
    const Ort::AllocatorWithDefaultOptions allocator;
    std::vector<std::string> inputs;
    std::vector<std::string> outputs;
    for (std::size_t i = 0; i < session.GetInputCount(); ++i) {
      inputs.emplace_back(session.GetInputNameAllocated(i, allocator).get());
    }
    for (std::size_t i = 0; i < session.GetOutputCount(); ++i) {
      outputs.emplace_back(session.GetOutputNameAllocated(i, allocator).get());
    }
    for (const std::string& wanted : options.inputs) {
      const auto found = std::ranges::find(inputs, wanted);
      if (found == inputs.end()) return missing_tensor("input", wanted, inputs);
      const auto index = static_cast<std::size_t>(found - inputs.begin());
      const auto shape = session.GetInputTypeInfo(index).GetTensorTypeAndShapeInfo().GetShape();
      second_dimensions.push_back(shape.size() > 1 ? shape[1] : -1);
      input_names.push_back(wanted.c_str());
    }
    for (const std::string& input : inputs) {
      if (std::ranges::find(options.inputs, input) == options.inputs.end()) {
        return invalid(
            "model",
            fit::format("the model '{}' requires an input tensor '{}' that its manifest does not name", name,
                        input));
      }
    }
    for (const std::string& wanted : options.outputs) {
      if (std::ranges::find(outputs, wanted) == outputs.end())
        return missing_tensor("output", wanted, outputs);
      output_names.push_back(wanted.c_str());
    }
    return {};
  }

  Ort::Value tensor(const Input& input) const {
    return std::visit(
        [&](auto values) {
          using Number = std::remove_const_t<typename decltype(values)::element_type>;
          return Ort::Value::CreateTensor<Number>(memory, const_cast<Number*>(values.data()), values.size(),
                                                  input.shape.data(), input.shape.size());
        },
        input.values);
  }

  Result<Rows> rows_of(const Ort::Value& output, const std::string& output_name, std::int64_t batch,
                       int width) const {
    const auto info = output.GetTensorTypeAndShapeInfo();
    const std::vector<std::int64_t> shape = info.GetShape();
    const auto numbers_each = static_cast<std::size_t>(width);
    const auto count = static_cast<std::size_t>(batch);
    const bool right_size =
        info.GetElementCount() == count * numbers_each && !shape.empty() && shape.front() == batch;
    if (info.GetElementType() != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT || !right_size) {
      return invalid(
          "model", fit::format("the model '{}' returns {} numbers as '{}', not the {} of its manifest", name,
                               count == 0 ? 0 : info.GetElementCount() / count, output_name, width) +
                       fit::format(" (shape {} for a batch of {})", shape_text(shape), batch));
    }
    const std::span<const float> numbers(output.GetTensorData<float>(), count * numbers_each);
    Rows rows;
    rows.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      const auto row = numbers.subspan(i * numbers_each, numbers_each);
      rows.emplace_back(row.begin(), row.end());
    }
    return rows;
  }

  Result<Tensor> whole(const Ort::Value& output, const std::string& output_name,
                       std::size_t max_values) const {
    const auto info = output.GetTensorTypeAndShapeInfo();
    const std::size_t count = info.GetElementCount();
    if (info.GetElementType() != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT || count > max_values) {
      return invalid("model",
                     fit::format("the model '{}' returns as '{}' {}", name, output_name,
                                 count > max_values ? "too many numbers" : "other than 32-bit floats") +
                         fit::format(" (shape {})", shape_text(info.GetShape())));
    }
    const float* const numbers = output.GetTensorData<float>();
    return Tensor{.shape = info.GetShape(), .values = {numbers, numbers + count}};
  }

  std::vector<Ort::Value> run(std::span<const Input> inputs) {
    std::vector<Ort::Value> tensors;
    tensors.reserve(inputs.size());
    for (const Input& input : inputs) tensors.push_back(tensor(input));
    return session.Run(Ort::RunOptions{nullptr}, input_names.data(), tensors.data(), tensors.size(),
                       output_names.data(), output_names.size());
  }
};

OnnxModel::OnnxModel(std::unique_ptr<State> state) : state_(std::move(state)) {}
OnnxModel::OnnxModel(OnnxModel&&) noexcept = default;
OnnxModel& OnnxModel::operator=(OnnxModel&&) noexcept = default;
OnnxModel::~OnnxModel() = default;

Result<OnnxModel> OnnxModel::load(const ModelFiles& files, const Manifest& manifest, FileRole role,
                                  Options options) {
  FIT_TRY(const ModelFiles::Location location, files.locate(manifest, role));
  FIT_CHECK(load_onnxruntime());
  try {
    const Ort::SessionOptions session = session_options(options.threads);
    Ort::Env env(ORT_LOGGING_LEVEL_FATAL, "fit");
    Ort::Session loaded = open_session(env, location, session);
    auto state =
        std::make_unique<State>(State{manifest.name, std::move(options), std::move(env), std::move(loaded)});
    FIT_CHECK(state->check_tensors());
    ::malloc_trim(0);  // releases the file's content, which the session has copied
    return OnnxModel(std::move(state));
  } catch (const std::exception& error) {
    return Error{ErrorCode::kInvalid,
                 fit::format("the file '{}' of the model '{}' is broken or not an ONNX model",
                             manifest.file(role)->path, manifest.name),
                 "model", error.what()};
  }
}

std::int64_t OnnxModel::second_dimension(std::size_t input) const {
  return state_->second_dimensions.at(input);
}

Result<std::vector<OnnxModel::Rows>> OnnxModel::run(std::span<const Input> inputs,
                                                    std::span<const int> widths) const {
  State& state = *state_;
  try {
    const std::vector<Ort::Value> outputs = state.run(inputs);
    std::vector<Rows> results;
    results.reserve(outputs.size());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      FIT_TRY(auto rows,
              state.rows_of(outputs[i], state.options.outputs[i], inputs.front().shape.front(), widths[i]));
      results.push_back(std::move(rows));
    }
    return results;
  } catch (const std::exception& error) {
    return internal(fit::format("the model '{}' failed", state.name), error.what());
  }
}

Result<std::vector<OnnxModel::Tensor>> OnnxModel::run_any(std::span<const Input> inputs,
                                                          std::size_t max_values) const {
  State& state = *state_;
  try {
    const std::vector<Ort::Value> outputs = state.run(inputs);
    std::vector<Tensor> tensors;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      FIT_TRY(tensors.emplace_back(), state.whole(outputs[i], state.options.outputs[i], max_values));
    }
    return tensors;
  } catch (const std::exception& error) {
    return internal(fit::format("the model '{}' failed", state.name), error.what());
  }
}

}  // namespace fit::embed
