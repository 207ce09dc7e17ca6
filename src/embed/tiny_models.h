#pragma once

#include <filesystem>
#include <string>

#include "embed/manifest.h"

namespace fit::embed {

// For tests: a CLIP vocabulary of single bytes and the merges "c a", "ca t</w>" and "d o". "<|startoftext|>"
// is 515 and "<|endoftext|>" is 516.
std::string tiny_vocab_json();
std::string tiny_merges();

// Makes a model folder from the models of testdata/make_tiny_onnx.py: 8 x 8 images with mean 0.4 and
// deviation 1, and four dimensions; the text model takes ten tokens and pads to the longest text with id 3.
// `image` and `text` are file names of these models; an empty `text` makes a model without a text side.
Manifest make_tiny_folder(const std::filesystem::path& folder, const std::string& image = "image.onnx",
                          const std::string& text = "text.onnx");

// Adds a property model to the folder: "tone" dark or light, "size" small or large. Returns the new manifest.
Manifest add_tiny_properties(const std::filesystem::path& folder, Manifest manifest);

// Makes a model folder named `detector` in `models_dir` from a detector of testdata/make_tiny_onnx.py. It
// finds red tops, green bottoms and blue shoes; see there.
Manifest make_tiny_detector(const std::filesystem::path& models_dir,
                            DetectorOutput output = DetectorOutput::kBoxesScores);

}  // namespace fit::embed
