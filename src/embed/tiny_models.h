#pragma once

#include <filesystem>
#include <string>

#include "embed/manifest.h"

namespace fit::embed {

// For tests: a vocabulary of single bytes and the merges "c a", "ca t</w>" and "d o"; "<|startoftext|>" is
// 515 and
// "<|endoftext|>" 516.
std::string tiny_vocab_json();
std::string tiny_merges();

// A model folder made of testdata/make_tiny_onnx.py's models: 8 x 8 images, mean 0.4, deviation 1, four
// dimensions; the text side takes ten tokens and pads to the longest text with id 3. `image` and `text` are
// files of tiny_models; no `text`: none.
Manifest make_tiny_folder(const std::filesystem::path& folder, const std::string& image = "image.onnx",
                          const std::string& text = "text.onnx");

// Gives the folder a property side as well: "tone" dark or light, "size" small or large.
Manifest add_tiny_properties(const std::filesystem::path& folder, Manifest manifest);

}  // namespace fit::embed
