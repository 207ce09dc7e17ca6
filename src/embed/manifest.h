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

enum class FileRole { kImageModel, kTextModel, kWeights, kTokenizerVocab, kTokenizerMerges, kPropertyModel };
// "image_model", "text_model", "weights", "tokenizer_vocab", "tokenizer_merges", "property_model"
std::string_view to_string(FileRole role);

struct ModelFile {
  FileRole role = FileRole::kImageModel;
  std::string path;                         // inside the model's folder
  std::string url;                          // empty when it cannot be downloaded
  std::string sha256;                       // 64 lower-case hex digits, or empty when not known beforehand
  std::optional<std::uint64_t> size_bytes;  // nothing when not known beforehand
};

enum class ResizeRule {
  kShortSideCrop,  // short side to `size`, then the centre square: CLIP
  kStretch         // both sides to `size`, whatever the shape: SigLIP
};

struct ImageTower {
  std::string input;   // float [batch, 3, size, size] (nchw), RGB in 0..1, less the mean, over the deviation
  std::string output;  // float [batch, dimensions]
  int size = 0;
  ResizeRule resize = ResizeRule::kShortSideCrop;  // bicubic
  std::array<float, 3> mean{};
  std::array<float, 3> std{};
};

enum class TokenizerKind {
  kClipBpe,  // "clip_bpe": ClipTokenizer, of the roles tokenizer_vocab and tokenizer_merges
  kPhrases   // "phrases": PhraseTokenizer, of the role tokenizer_vocab
};

struct TextTower {
  std::string input_ids;  // int64 [batch, length]
  std::string
      attention_mask;  // int64 [batch, length], 1 for tokens, 0 for padding; empty when the model has none
  std::string output;  // float [batch, dimensions]
  int context_length = 0;
  bool pad_to_context = true;  // otherwise only to the longest text of a batch
  std::int64_t pad_id = 0;
  TokenizerKind tokenizer = TokenizerKind::kClipBpe;
};

// What a model believes about garments, worked out from their vectors.
struct PropertyTower {
  struct Output {
    std::string property;             // "primary_color"
    std::string output;               // float [batch, values]: shares of belief, together 1
    std::vector<std::string> values;  // "black", "white", …
  };
  std::string input;  // float [batch, dimensions]
  std::vector<Output> outputs;
};

// What a model folder holds: models/<name>/manifest.json.
struct Manifest {
  std::string name;
  std::string space;
  std::string version;  // see Space::version
  std::string licence;
  std::string source;  // a page about the model
  std::string note;    // for people; may be empty
  int dimensions = 0;
  std::vector<ModelFile> files;
  ImageTower image;
  std::optional<TextTower> text;
  std::optional<PropertyTower> properties;
  Relevance relevance;

  const ModelFile* file(FileRole role) const;  // the first with this role, or null
  std::uint64_t known_size_bytes() const;      // the sum of the sizes that are known
  Space vector_space() const;
};

// Reads a manifest strictly: an unknown key, a missing one, a wrong type or a value out of range is kInvalid
// with `source` and the key as its field ("models/x/manifest.json: image.size"). Paths may not leave the
// folder.
Result<Manifest> parse_manifest(std::string_view source, std::string_view text);
Result<Manifest> load_manifest(const std::filesystem::path& file);

// The JSON that parse_manifest() reads back to the same manifest.
std::string to_json(const Manifest& manifest);

// Lower-case letters, digits, '.', '_' and '-', starting with a letter or digit; at most 64 characters.
bool is_model_name(std::string_view name);

}  // namespace fit::embed
