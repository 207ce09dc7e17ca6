#include "embed/onnx_embedder.h"

#include <algorithm>
#include <thread>

#include "base/format.h"
#include "embed/clip_tokenizer.h"
#include "embed/onnx_model.h"
#include "embed/phrase_tokenizer.h"

namespace fit::embed {
namespace {

constexpr std::uint64_t kMaxVocabulary = 64 << 20;

// A loaded text encoder.
struct TextSide {
  OnnxModel model;
  std::unique_ptr<Tokenizer> tokenizer;
};

int thread_count(int wanted) {
  return wanted > 0 ? wanted : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

Result<std::unique_ptr<Tokenizer>> load_tokenizer(const ModelFiles& files, const Manifest& manifest) {
  FIT_TRY(const std::string vocabulary, files.read(manifest, FileRole::kTokenizerVocab, kMaxVocabulary));
  switch (manifest.text->tokenizer) {
    case TokenizerKind::kPhrases: {
      FIT_TRY(auto tokenizer, PhraseTokenizer::parse(vocabulary));
      return std::make_unique<PhraseTokenizer>(std::move(tokenizer));
    }
    case TokenizerKind::kClipBpe:
      break;
  }
  FIT_TRY(const std::string merges, files.read(manifest, FileRole::kTokenizerMerges, kMaxVocabulary));
  FIT_TRY(auto tokenizer, ClipTokenizer::parse(vocabulary, merges));
  return std::make_unique<ClipTokenizer>(std::move(tokenizer));
}

Result<TextSide> load_text(const ModelFiles& files, const Manifest& manifest, int threads) {
  OnnxModel::Options options{
      .threads = threads, .inputs = {manifest.text->input_ids}, .outputs = {manifest.text->output}};
  if (!manifest.text->attention_mask.empty()) options.inputs.push_back(manifest.text->attention_mask);
  FIT_TRY(auto tokenizer, load_tokenizer(files, manifest));
  FIT_TRY(auto model, OnnxModel::load(files, manifest, FileRole::kTextModel, std::move(options)));
  const std::int64_t fixed = model.second_dimension(0);
  if (fixed > 0 && fixed < manifest.text->context_length) {
    return invalid(
        "model",
        fit::format("the text model of '{}' takes {} tokens, fewer than the context_length of its manifest",
                    manifest.name, fixed));
  }
  return TextSide{std::move(model), std::move(tokenizer)};
}

Result<OnnxModel> load_properties(const ModelFiles& files, const Manifest& manifest) {
  OnnxModel::Options options{.threads = 1, .inputs = {manifest.properties->input}, .outputs = {}};
  for (const PropertyHead::Output& each : manifest.properties->outputs)
    options.outputs.push_back(each.output);
  return OnnxModel::load(files, manifest, FileRole::kPropertyModel, std::move(options));
}

}  // namespace

Result<media::Image> prepare_image(const ImageTower& tower, const media::Image& image) {
  const int size = tower.size;
  if (image.width == size && image.height == size) return image;
  if (tower.resize == ResizeRule::kStretch) return media::resize(image, size, size);
  return media::resize_short_side_and_crop(image, size);
}

void to_planes(const media::Image& image, const std::array<float, 3>& mean, const std::array<float, 3>& std,
               std::span<float> planes) {
  const std::size_t pixels = planes.size() / 3;
  const std::uint8_t* bytes = image.rgb.data();
  std::array<float, 3> scale{};
  std::array<float, 3> shift{};
  for (std::size_t c = 0; c < 3; ++c) {
    scale[c] = 1.0F / (255.0F * std[c]);
    shift[c] = -mean[c] / std[c];
  }
  float* red = planes.data();
  float* green = red + pixels;
  float* blue = green + pixels;
  for (std::size_t i = 0; i < pixels; ++i) {
    red[i] = static_cast<float>(bytes[3 * i]) * scale[0] + shift[0];
    green[i] = static_cast<float>(bytes[3 * i + 1]) * scale[1] + shift[1];
    blue[i] = static_cast<float>(bytes[3 * i + 2]) * scale[2] + shift[2];
  }
}

namespace {

// Predictions omit values below this probability.
constexpr float kMinConfidence = 0.02F;

PropertyPrediction make_prediction(const PropertyHead::Output& output,
                                   const std::vector<float>& probabilities) {
  PropertyPrediction prediction{output.property, {}};
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    if (probabilities[i] >= kMinConfidence) prediction.values.push_back({output.values[i], probabilities[i]});
  }
  std::ranges::stable_sort(prediction.values, std::greater(), &PropertyPrediction::Value::confidence);
  return prediction;
}

}  // namespace

struct OnnxEmbedder::State {
  Manifest manifest;
  Options options;
  Space space;
  OnnxModel image_model;
  std::optional<TextSide> text;
  std::optional<OnnxModel> properties;

  bool is_prepared(const media::Image& image) const {
    return image.width == manifest.image.size && image.height == manifest.image.size;
  }

  Result<media::Image> prepare(const media::Image& image) const {
    return prepare_image(manifest.image, image);
  }

  Result<std::vector<Vector>> run_images(std::span<const media::Image> images) const {
    const auto size = static_cast<std::size_t>(manifest.image.size);
    const std::size_t each = 3 * size * size;
    const auto numbers = std::make_unique_for_overwrite<float[]>(images.size() * each);
    for (std::size_t i = 0; i < images.size(); ++i) {
      const std::span<float> planes(numbers.get() + i * each, each);
      if (is_prepared(images[i])) {
        to_planes(images[i], manifest.image.mean, manifest.image.std, planes);
      } else {
        FIT_TRY(const media::Image prepared, prepare(images[i]));
        to_planes(prepared, manifest.image.mean, manifest.image.std, planes);
      }
    }
    const auto side = static_cast<std::int64_t>(size);
    const OnnxModel::Input input{std::span<const float>(numbers.get(), images.size() * each),
                                 {static_cast<std::int64_t>(images.size()), 3, side, side}};
    return unit_vectors(image_model, std::span(&input, 1));
  }

  // The length of the padded rows of a batch: the model's own length when it is fixed.
  std::size_t row_length(const std::vector<std::vector<std::int64_t>>& rows) const {
    const std::int64_t fixed = text->model.second_dimension(0);
    if (fixed > 0) return static_cast<std::size_t>(fixed);
    if (manifest.text->pad_to_context) return static_cast<std::size_t>(manifest.text->context_length);
    return std::ranges::max(rows, {}, &std::vector<std::int64_t>::size).size();
  }

  Result<std::vector<Vector>> run_texts(std::span<const std::string> texts) const {
    std::vector<std::vector<std::int64_t>> rows;
    rows.reserve(texts.size());
    for (const std::string& each : texts)
      rows.push_back(text->tokenizer->encode(each, manifest.text->context_length));
    const std::size_t length = row_length(rows);
    std::vector<std::int64_t> ids(texts.size() * length, manifest.text->pad_id);
    std::vector<std::int64_t> mask(texts.size() * length, 0);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::ranges::copy(rows[i], ids.begin() + static_cast<std::ptrdiff_t>(i * length));
      std::fill_n(mask.begin() + static_cast<std::ptrdiff_t>(i * length), rows[i].size(), 1);
    }
    const std::vector<std::int64_t> shape{static_cast<std::int64_t>(texts.size()),
                                          static_cast<std::int64_t>(length)};
    std::vector<OnnxModel::Input> inputs{{std::span<const std::int64_t>(ids), shape}};
    if (!manifest.text->attention_mask.empty())
      inputs.push_back({std::span<const std::int64_t>(mask), shape});
    return unit_vectors(text->model, inputs);
  }

  // Runs a model with one output and scales each row to norm 1.
  Result<std::vector<Vector>> unit_vectors(const OnnxModel& model,
                                           std::span<const OnnxModel::Input> inputs) const {
    FIT_TRY(auto outputs, model.run(inputs, std::span(&manifest.dimensions, 1)));
    for (Vector& vector : outputs.front()) FIT_CHECK(normalize(vector, manifest.dimensions, manifest.name));
    return std::move(outputs.front());
  }

  // Runs the property model. Returns the rows of each output: the probabilities of its values, per vector.
  Result<std::vector<OnnxModel::Rows>> property_probabilities(std::span<const Vector> vectors) const {
    std::vector<float> numbers;
    numbers.reserve(vectors.size() * static_cast<std::size_t>(manifest.dimensions));
    for (const Vector& vector : vectors) {
      if (vector.size() != static_cast<std::size_t>(manifest.dimensions))
        return internal("the vector belongs to another space", manifest.name);
      numbers.insert(numbers.end(), vector.begin(), vector.end());
    }
    const OnnxModel::Input input{std::span<const float>(numbers),
                                 {static_cast<std::int64_t>(vectors.size()), manifest.dimensions}};
    std::vector<int> widths;
    for (const auto& each : manifest.properties->outputs)
      widths.push_back(static_cast<int>(each.values.size()));
    return properties->run(std::span(&input, 1), widths);
  }

  Result<std::vector<std::vector<float>>> run_labels(std::span<const Vector> vectors,
                                                     std::span<const Label> labels) const {
    FIT_TRY(const auto outputs, property_probabilities(vectors));
    std::vector<std::vector<float>> scores(labels.size());
    for (std::size_t l = 0; l < labels.size(); ++l) {
      const auto head = std::ranges::find(manifest.properties->outputs, labels[l].property,
                                          &PropertyHead::Output::property);
      if (head == manifest.properties->outputs.end()) continue;
      const auto value = std::ranges::find(head->values, labels[l].value);
      const auto column = static_cast<std::size_t>(value - head->values.begin());
      const auto& rows = outputs[static_cast<std::size_t>(head - manifest.properties->outputs.begin())];
      for (const std::vector<float>& probabilities : rows) {
        scores[l].push_back(column < probabilities.size() ? probabilities[column] : 0);
      }
    }
    return scores;
  }

  Result<std::vector<PropertyPredictions>> run_properties(std::span<const Vector> vectors) const {
    FIT_TRY(const auto outputs, property_probabilities(vectors));
    std::vector<PropertyPredictions> predictions(vectors.size());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const PropertyHead::Output& output = manifest.properties->outputs[i];
      for (std::size_t row = 0; row < vectors.size(); ++row)
        predictions[row].push_back(make_prediction(output, outputs[i][row]));
    }
    return predictions;
  }

  // Calls `run` with parts of at most Options::max_batch inputs.
  template <class Input, class Run>
  Result<std::vector<Vector>> in_parts(std::span<const Input> inputs, const Run& run) const {
    std::vector<Vector> vectors;
    vectors.reserve(inputs.size());
    const auto most = static_cast<std::size_t>(std::max(1, options.max_batch));
    for (std::size_t first = 0; first < inputs.size(); first += most) {
      FIT_TRY(auto part, run(inputs.subspan(first, std::min(most, inputs.size() - first))));
      std::ranges::move(part, std::back_inserter(vectors));
    }
    return vectors;
  }
};

OnnxEmbedder::OnnxEmbedder(std::unique_ptr<State> state) : state_(std::move(state)) {}
OnnxEmbedder::~OnnxEmbedder() = default;

Result<std::unique_ptr<OnnxEmbedder>> OnnxEmbedder::load(const ModelFiles& files, Manifest manifest,
                                                         Options options) {
  if (!manifest.has_vectors()) {
    return invalid("model", fit::format("'{}' is a {}: it makes no vectors", manifest.name,
                                        manifest.detector ? "detector" : "content filter"));
  }
  FIT_CHECK(files.check(manifest));
  const int threads = thread_count(options.threads);
  FIT_TRY(auto image,
          OnnxModel::load(
              files, manifest, FileRole::kImageModel,
              {.threads = threads, .inputs = {manifest.image.input}, .outputs = {manifest.image.output}}));
  std::optional<TextSide> text;
  if (manifest.text && options.load_text) {
    FIT_TRY(text, load_text(files, manifest, threads));
  }
  std::optional<OnnxModel> properties;
  if (manifest.properties) {
    FIT_TRY(properties, load_properties(files, manifest));
  }
  Space space = manifest.vector_space();
  space.has_text = text.has_value();
  auto state = std::make_unique<State>(State{std::move(manifest), options, std::move(space), std::move(image),
                                             std::move(text), std::move(properties)});

  // One run of each model checks its dimensions.
  media::Image grey{state->manifest.image.size, state->manifest.image.size, {}};
  grey.rgb.assign(static_cast<std::size_t>(grey.width) * static_cast<std::size_t>(grey.height) * 3, 128);
  FIT_TRY(const auto vectors, state->run_images(std::span(&grey, 1)));
  if (state->properties) FIT_CHECK(state->run_properties(vectors));
  const std::string word = "a";
  if (state->text) FIT_CHECK(state->run_texts(std::span(&word, 1)));
  return std::unique_ptr<OnnxEmbedder>(new OnnxEmbedder(std::move(state)));
}

const Space& OnnxEmbedder::space() const {
  return state_->space;
}
int OnnxEmbedder::image_short_side() const {
  return state_->manifest.image.size;
}
Result<media::Image> OnnxEmbedder::prepare(const media::Image& image) const {
  return state_->prepare(image);
}

Result<std::vector<Vector>> OnnxEmbedder::embed_images(std::span<const media::Image> images) {
  return state_->in_parts(images, [this](auto part) { return state_->run_images(part); });
}

Result<std::vector<Vector>> OnnxEmbedder::embed_texts(std::span<const std::string> texts) {
  if (!state_->text)
    return invalid("text",
                   fit::format("cannot be searched: the model '{}' has no text side", state_->manifest.name));
  return state_->in_parts(texts, [this](auto part) { return state_->run_texts(part); });
}

std::size_t OnnxEmbedder::count_tokens(std::string_view text) const {
  if (!state_->text) return Embedder::count_tokens(text);
  return state_->text->tokenizer->encode(text, state_->manifest.text->context_length).size();
}

Result<std::vector<PropertyPredictions>> OnnxEmbedder::predict(std::span<const Vector> vectors) {
  if (!state_->properties || vectors.empty()) return std::vector<PropertyPredictions>(vectors.size());
  return state_->run_properties(vectors);
}

Result<std::vector<std::vector<float>>> OnnxEmbedder::score_labels(std::span<const Vector> vectors,
                                                                   std::span<const Label> labels) {
  if (!state_->properties || vectors.empty()) return std::vector<std::vector<float>>(labels.size());
  return state_->run_labels(vectors, labels);
}

}  // namespace fit::embed
