#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>

#include "base/files.h"
#include "base/result.h"
#include "embed/manifest.h"

namespace fit::embed {

// Where a model's files are: in a folder, or inside this program. Immutable and thread-safe.
class ModelFiles {
 public:
  explicit ModelFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // The files of models/builtin as they were when the program was built.
  static ModelFiles in_program() { return ModelFiles(); }

  // What a library that loads models is given: a path, or the bytes, which live as long as the program.
  using Place = std::variant<std::filesystem::path, ByteView>;

  // kNotFound naming the file and the model.
  Result<Place> place(const Manifest& manifest, FileRole role) const;

  // The whole content of a small file, such as a vocabulary. As place(), and kTooLarge.
  Result<std::string> read(const Manifest& manifest, FileRole role, std::uint64_t max_bytes) const;

  // Nothing when there is no such file.
  std::optional<std::uint64_t> size_bytes(const std::string& path) const;

  // Reads the whole file; 64 lower-case hex digits. kNotFound.
  Result<std::string> sha256(const std::string& path) const;

 private:
  ModelFiles() = default;

  std::optional<std::filesystem::path> folder_;
};

}  // namespace fit::embed
