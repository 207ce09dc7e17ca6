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

  // The files of the folder models/<name> that are compiled into the program.
  static ModelFiles in_program(std::string name) { return ModelFiles(InProgram{std::move(name)}); }

  // A path, or the bytes of a compiled-in file, which live as long as the program.
  using Location = std::variant<std::filesystem::path, ByteView>;

  // Checks that all files exist with the manifest's sizes, without reading them. kNotFound or kInvalid naming
  // "model".
  Result<void> check(const Manifest& manifest) const;

  // kNotFound, naming the file and the model.
  Result<Location> locate(const Manifest& manifest, FileRole role) const;

  // Reads a small file, such as a vocabulary. The errors of locate(), and kTooLarge above `max_bytes`.
  Result<std::string> read(const Manifest& manifest, FileRole role, std::uint64_t max_bytes) const;

  // nullopt when the file does not exist.
  std::optional<std::uint64_t> size_bytes(const std::string& path) const;

  // Reads the whole file and returns 64 lower-case hex digits. kNotFound.
  Result<std::string> sha256(const std::string& path) const;

 private:
  struct InProgram {
    std::string name;
  };
  explicit ModelFiles(InProgram model) : in_program_(std::move(model.name)) {}

  std::optional<std::filesystem::path> folder_;  // nullopt: compiled in
  std::string in_program_;                       // the model whose files are compiled in
};

}  // namespace fit::embed
