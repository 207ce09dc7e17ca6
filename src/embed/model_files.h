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

// Access to a model's files, which are in a folder or compiled into the program. Immutable and thread-safe.
class ModelFiles {
 public:
  explicit ModelFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // The files of models/builtin that are compiled into the program.
  static ModelFiles in_program() { return ModelFiles(); }

  // A path, or the bytes of a compiled-in file, which live as long as the program.
  using Location = std::variant<std::filesystem::path, ByteView>;

  // kNotFound, naming the file and the model.
  Result<Location> locate(const Manifest& manifest, FileRole role) const;

  // Reads a small file, such as a vocabulary. The errors of locate(), and kTooLarge above `max_bytes`.
  Result<std::string> read(const Manifest& manifest, FileRole role, std::uint64_t max_bytes) const;

  // nullopt when the file does not exist.
  std::optional<std::uint64_t> size_bytes(const std::string& path) const;

  // Reads the whole file and returns 64 lower-case hex digits. kNotFound.
  Result<std::string> sha256(const std::string& path) const;

 private:
  ModelFiles() = default;

  std::optional<std::filesystem::path> folder_;  // nullopt: compiled in
};

}  // namespace fit::embed
