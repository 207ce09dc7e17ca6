#include "embed/tiny_models.h"

#include <fstream>

#include "base/json.h"
#include "embed/unicode.h"

namespace fit::embed {
namespace {

void write(const std::filesystem::path& path, std::string_view content) {
  std::ofstream(path, std::ios::binary) << content;
}

}  // namespace

std::string tiny_vocab_json() {
  Json vocab = Json::object();
  int id = 0;
  for (const std::string end : {"", "</w>"}) {
    char32_t next = 256;
    for (unsigned byte = 0; byte < 256; ++byte) {
      const bool itself = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
      std::string token;
      append_utf8(token, itself ? byte : next++);
      vocab[token + end] = id++;
    }
  }
  for (const char* token : {"ca", "cat</w>", "do", "<|startoftext|>", "<|endoftext|>"}) vocab[token] = id++;
  return dump_json(vocab);
}

std::string tiny_merges() {
  return "#version: 0.2\nc a\nca t</w>\nd o\n";
}

Manifest make_tiny_folder(const std::filesystem::path& folder, const std::string& image,
                          const std::string& text) {
  std::filesystem::create_directories(folder);
  Manifest manifest;
  manifest.name = "tiny";
  manifest.space = "tiny-space";
  manifest.version = "7";
  manifest.licence = "Apache-2.0";
  manifest.source = "https://example.com/tiny";
  manifest.dimensions = 4;
  manifest.image = {"pixel_values",     "image_embeds", 8, ResizeRule::kShortSideCrop,
                    {0.4F, 0.4F, 0.4F}, {1, 1, 1}};
  const auto add = [&](FileRole role, const std::string& name) {
    manifest.files.push_back(
        {role, name, "https://example.com/files/" + name, "", std::filesystem::file_size(folder / name)});
  };
  const auto copy = [&](const std::string& name) {
    std::filesystem::copy_file(std::filesystem::path(FIT_TINY_MODELS) / name, folder / name,
                               std::filesystem::copy_options::overwrite_existing);
  };
  copy(image);
  add(FileRole::kImageModel, image);
  if (!text.empty()) {
    copy(text);
    write(folder / "vocab.json", tiny_vocab_json());
    write(folder / "merges.txt", tiny_merges());
    add(FileRole::kTextModel, text);
    add(FileRole::kTokenizerVocab, "vocab.json");
    add(FileRole::kTokenizerMerges, "merges.txt");
    manifest.text = TextTower{"input_ids", "attention_mask", "text_embeds", 10, false, 3};
  }
  write(folder / "manifest.json", to_json(manifest));
  return manifest;
}

Manifest add_tiny_properties(const std::filesystem::path& folder, Manifest manifest) {
  const std::string name = "properties.onnx";
  std::filesystem::copy_file(std::filesystem::path(FIT_TINY_MODELS) / name, folder / name,
                             std::filesystem::copy_options::overwrite_existing);
  manifest.files.push_back(
      {FileRole::kPropertyModel, name, "", "", std::filesystem::file_size(folder / name)});
  manifest.properties =
      PropertyHead{"embedding", {{"tone", "tone", {"dark", "light"}}, {"size", "size", {"small", "large"}}}};
  write(folder / "manifest.json", to_json(manifest));
  return manifest;
}

Manifest make_tiny_detector(const std::filesystem::path& models_dir, DetectorOutput output) {
  const std::string kind = output == DetectorOutput::kYolo   ? "yolo"
                           : output == DetectorOutput::kDetr ? "detr"
                                                             : "boxes";
  const std::string file = "detector_" + kind + ".onnx";
  const std::filesystem::path folder = models_dir / "detector";
  std::filesystem::create_directories(folder);
  std::filesystem::copy_file(std::filesystem::path(FIT_TINY_MODELS) / file, folder / file,
                             std::filesystem::copy_options::overwrite_existing);
  Manifest manifest;
  manifest.name = manifest.space = "detector";
  manifest.version = "7";
  manifest.licence = "Apache-2.0";
  manifest.source = "https://example.com/tiny";
  manifest.dimensions = 3;
  manifest.files = {{FileRole::kDetector, file, "", "", std::filesystem::file_size(folder / file)}};
  manifest.detector = DetectorHead{.input = output == DetectorOutput::kYolo   ? "images"
                                            : output == DetectorOutput::kDetr ? "pixel_values"
                                                                              : "image",
                                   .side = 32,
                                   .mean = {0, 0, 0},
                                   .deviation = {1, 1, 1},
                                   .output = output,
                                   .labels = {"tops", "bottoms", "shoes"},
                                   .threshold = 0.7F,
                                   .overlap = 0.5F};
  write(folder / "manifest.json", to_json(manifest));
  return manifest;
}

}  // namespace fit::embed
