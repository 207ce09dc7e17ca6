#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "embed/embedder.h"

namespace fit::embed {

// The use of a file of a model folder.
enum class FileRole {
  kImageModel,
  kTextModel,
  kWeights,
  kTokenizerVocab,
  kTokenizerMerges,
  kPropertyModel,
  kContentFilter,
  kDetector
};
// "image_model", "text_model", "weights", "tokenizer_vocab", "tokenizer_merges", "property_model",
// "content_filter" or "detector"
std::string_view to_string(FileRole role);

// One file of a model folder.
struct ModelFile {
  FileRole role = FileRole::kImageModel;
  std::string path;                         // relative to the model's folder
  std::string url;                          // empty when the file cannot be downloaded
  std::string sha256;                       // 64 lower-case hex digits, or empty when the manifest has none
  std::optional<std::uint64_t> size_bytes;  // nullopt when the manifest has none
};

// How an image becomes a square of the model's size.
enum class ResizeRule {
  kShortSideCrop,  // resize the short side to `size`, then crop the centre square: CLIP
  kStretch         // resize both sides to `size`, ignoring the aspect ratio: SigLIP
};

// The image encoder of a model: its tensors and the preprocessing of images.
struct ImageTower {
  std::string input;   // float [batch, 3, size, size] (nchw): (RGB in 0..1 - mean) / std
  std::string output;  // float [batch, dimensions]
  int size = 0;
  ResizeRule resize = ResizeRule::kShortSideCrop;  // bicubic
  std::array<float, 3> mean{};
  std::array<float, 3> std{};
};

// The tokenizer of a text encoder.
enum class TokenizerKind {
  kClipBpe,  // "clip_bpe": ClipTokenizer, from the files tokenizer_vocab and tokenizer_merges
  kPhrases   // "phrases": PhraseTokenizer, from the file tokenizer_vocab
};

// The text encoder of a model: its tensors and the tokenization of texts.
struct TextTower {
  std::string input_ids;       // int64 [batch, length]
  std::string attention_mask;  // int64 [batch, length]: 1 for tokens, 0 for padding; empty without a mask
  std::string output;          // float [batch, dimensions]
  int context_length = 0;      // most tokens of a text
  bool pad_to_context = true;  // pad to context_length, otherwise to the longest text of a batch
  std::int64_t pad_id = 0;
  TokenizerKind tokenizer = TokenizerKind::kClipBpe;
};

// The property classifier of a model, which takes vectors of the model's space.
struct PropertyHead {
  // The output tensor of one property.
  struct Output {
    std::string property;             // "primary_color"
    std::string output;               // float [batch, values]: probabilities with sum 1
    std::vector<std::string> values;  // "black", "white", …
  };
  std::string input;  // float [batch, dimensions]
  std::vector<Output> outputs;
};

// The classifier of a content filter (ContentClassifier). A model folder with one has no vectors: its `image`
// describes the input and output of the file with the role content_filter.
struct ContentHead {
  std::vector<std::string> classes;  // in the order of the output, whose numbers are probabilities with sum 1
};

// What the outputs of a detector are. N is the number of boxes that a model always returns, K that of labels.
enum class DetectorOutput {
  // "boxes-scores": `boxes` [1, N, 4] as left, top, right, bottom in fractions of the input; `scores` [1, N,
  // K]
  kBoxesScores,
  // "yolo": the only output, [1, 4 + K, N]: centre, width and height in pixels of the input, then scores
  kYolo,
  // "detr": `pred_boxes` [1, N, 4] as centre, width and height in fractions of the input; `logits` [1, N, K]
  // of independent labels, or [1, N, K + 1] of which the last means "nothing"
  kDetr
};

// The detector of garments of a model folder (Detector). A model folder with one has no vectors.
struct DetectorHead {
  std::string input;  // float [1, 3, side, side]: (RGB in 0..1 - mean) / deviation
  int side = 0;
  bool is_letterboxed = true;  // the photo is padded to a square; false: both of its sides become `side`
  std::array<std::uint8_t, 3> pad{};
  std::array<float, 3> mean{};
  std::array<float, 3> deviation{};
  DetectorOutput output = DetectorOutput::kBoxesScores;
  // For each score the category of the ontology; empty where the label is no garment.
  std::vector<std::string> labels;
  float threshold = 0;  // the least score of a garment
  float overlap = 0;    // of two boxes with a larger intersection over union, the better one counts
};

// The description of a model folder: models/<name>/manifest.json.
struct Manifest {
  std::string name;
  std::string space;    // the name where the folder holds a content filter or a detector
  std::string version;  // see Space::version
  std::string licence;
  std::string source;  // URL of a page about the model
  std::string note;    // for users; may be empty
  int dimensions = 0;  // of a content filter: the number of its classes; of a detector: of its labels
  std::vector<ModelFile> files;
  ImageTower image;  // of a detector: nothing
  std::optional<TextTower> text;
  std::optional<PropertyHead> properties;
  std::optional<ContentHead> content_filter;
  std::optional<DetectorHead> detector;
  Relevance relevance;

  // Whether the model makes vectors.
  bool has_vectors() const { return !content_filter && !detector; }

  const ModelFile* file(FileRole role) const;  // the first file with this role, or null
  std::uint64_t known_size_bytes() const;      // sum of the sizes that the manifest states
  Space vector_space() const;
};

// Parses a manifest strictly. An unknown or missing key, a wrong type, a value out of range and a path that
// leaves the folder are kInvalid, with `source` and the key as the field ("models/x/manifest.json:
// image.size"). Text that is not JSON is kMalformed.
Result<Manifest> parse_manifest(std::string_view source, std::string_view text);
// Reads and parses a file. The errors of read_file() and parse_manifest().
Result<Manifest> load_manifest(const std::filesystem::path& file);

// The manifest as JSON that parse_manifest() accepts.
std::string to_json(const Manifest& manifest);

// Whether the name consists of at most 64 lower-case letters, digits, '.', '_' and '-' and starts with a
// letter or digit.
bool is_model_name(std::string_view name);

}  // namespace fit::embed
