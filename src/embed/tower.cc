#include "embed/tower.h"

#define ORT_API_MANUAL_INIT
#include <onnxruntime/onnxruntime_cxx_api.h>

#include <malloc.h>

#include <algorithm>
#include <format>

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
  // Spinning between operators answers a lone picture sooner (docs/benchmarks.md) and costs a full server
  // nothing that could be measured.
  options.AddConfigEntry("session.intra_op.allow_spinning", "1");
  // Memory patterns are kept for each batch size ever seen; the sizes vary all the time.
  options.DisableMemPattern();
  // Weights outside the arena, which grows in steps and never gives back: 40 MB less for CLIP ViT-B/32 in
  // int8.
  options.AddConfigEntry("session.use_device_allocator_for_initializers", "1");
  return options;
}

}  // namespace

struct Tower::State {
  Options options;
  Ort::Env env;
  Ort::Session session;
  Ort::MemoryInfo memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  std::vector<std::int64_t> second_dimensions = {};

  Error wrong_tensor(std::string_view kind, const std::string& name,
                     const std::vector<std::string>& there) const {
    return invalid("model", std::format("the model '{}' has no {} tensor '{}', but {}", options.model_name,
                                        kind, name, joined(there)));
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
    for (const std::string& name : options.inputs) {
      const auto found = std::ranges::find(inputs, name);
      if (found == inputs.end()) return wrong_tensor("input", name, inputs);
      const auto index = static_cast<std::size_t>(found - inputs.begin());
      const auto shape = session.GetInputTypeInfo(index).GetTensorTypeAndShapeInfo().GetShape();
      second_dimensions.push_back(shape.size() > 1 ? shape[1] : -1);
    }
    for (const std::string& name : inputs) {
      if (std::ranges::find(options.inputs, name) == options.inputs.end()) {
        return invalid(
            "model", std::format("the model '{}' wants an input tensor '{}' that its manifest does not name",
                                 options.model_name, name));
      }
    }
    if (std::ranges::find(outputs, options.output) == outputs.end())
      return wrong_tensor("output", options.output, outputs);
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

  Result<std::vector<Vector>> vectors_of(const Ort::Value& output, std::int64_t batch) const {
    const auto info = output.GetTensorTypeAndShapeInfo();
    const std::vector<std::int64_t> shape = info.GetShape();
    const auto dimensions = static_cast<std::size_t>(options.dimensions);
    const auto count = static_cast<std::size_t>(batch);
    const bool right_size =
        info.GetElementCount() == count * dimensions && !shape.empty() && shape.front() == batch;
    if (info.GetElementType() != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT || !right_size) {
      return invalid("model",
                     std::format("the model '{}' gives {} numbers as '{}', not the {} of its manifest",
                                 options.model_name, count == 0 ? 0 : info.GetElementCount() / count,
                                 options.output, options.dimensions) +
                         std::format(" (shape {} for a batch of {})", shape_text(shape), batch));
    }
    const std::span<const float> numbers(output.GetTensorData<float>(), count * dimensions);
    std::vector<Vector> vectors;
    vectors.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      const auto row = numbers.subspan(i * dimensions, dimensions);
      vectors.emplace_back(row.begin(), row.end());
      FIT_CHECK(normalize(vectors.back(), options.dimensions, options.model_name));
    }
    return vectors;
  }
};

Tower::Tower(std::unique_ptr<State> state) : state_(std::move(state)) {}
Tower::Tower(Tower&&) noexcept = default;
Tower& Tower::operator=(Tower&&) noexcept = default;
Tower::~Tower() = default;

Result<Tower> Tower::load(const std::filesystem::path& file, Options options) {
  std::error_code problem;
  if (!std::filesystem::is_regular_file(file, problem)) {
    return Error{ErrorCode::kNotFound,
                 std::format("the file '{}' of the model '{}' is missing", file.filename().string(),
                             options.model_name),
                 "model", file.string()};
  }
  FIT_CHECK(load_onnxruntime());
  const std::string name = options.model_name;
  try {
    const Ort::SessionOptions session = session_options(options.threads);
    Ort::Env env(ORT_LOGGING_LEVEL_FATAL, "fit");
    Ort::Session loaded(env, file.c_str(), session);
    auto state = std::make_unique<State>(State{std::move(options), std::move(env), std::move(loaded)});
    FIT_CHECK(state->check_tensors());
    ::malloc_trim(0);  // the file as it was read, before its weights were laid out anew
    return Tower(std::move(state));
  } catch (const std::exception& error) {
    return Error{ErrorCode::kInvalid,
                 std::format("the file '{}' of the model '{}' is broken or not an ONNX model",
                             file.filename().string(), name),
                 "model", error.what()};
  }
}

std::int64_t Tower::second_dimension(std::size_t input) const {
  return state_->second_dimensions.at(input);
}

Result<std::vector<Vector>> Tower::run(std::span<const Input> inputs) const {
  const State& state = *state_;
  try {
    std::vector<Ort::Value> tensors;
    std::vector<const char*> names;
    tensors.reserve(inputs.size());
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      tensors.push_back(state.tensor(inputs[i]));
      names.push_back(state.options.inputs[i].c_str());
    }
    const char* output = state.options.output.c_str();
    auto outputs =
        const_cast<Ort::Session&>(state.session)
            .Run(Ort::RunOptions{nullptr}, names.data(), tensors.data(), tensors.size(), &output, 1);
    return state.vectors_of(outputs.front(), inputs.front().shape.front());
  } catch (const std::exception& error) {
    return internal(std::format("the model '{}' failed", state.options.model_name), error.what());
  }
}

}  // namespace fit::embed
