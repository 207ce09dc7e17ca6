#include "embed/model_files.h"

#include "base/format.h"
#include "base/hash.h"
#include "embed/builtin_models.h"

namespace fit::embed {

std::optional<std::uint64_t> ModelFiles::size_bytes(const std::string& path) const {
  if (!folder_) {
    const auto bytes = builtin_model_file(in_program_, path);
    return bytes ? std::optional<std::uint64_t>(bytes->size()) : std::nullopt;
  }
  std::error_code problem;
  const auto size = std::filesystem::file_size(*folder_ / path, problem);
  return problem ? std::nullopt : std::optional<std::uint64_t>(size);
}

Result<std::string> ModelFiles::sha256(const std::string& path) const {
  if (folder_) return sha256_file_hex(*folder_ / path);
  if (const auto bytes = builtin_model_file(in_program_, path)) return sha256_hex(*bytes);
  return Error{ErrorCode::kNotFound, "is missing", path, {}};
}

Result<void> ModelFiles::check(const Manifest& manifest) const {
  for (const ModelFile& file : manifest.files) {
    const auto size = size_bytes(file.path);
    if (!size) {
      return Error{ErrorCode::kNotFound,
                   fit::format("the file '{}' of the model '{}' is missing", file.path, manifest.name),
                   "model",
                   {}};
    }
    if (file.size_bytes && *file.size_bytes != *size) {
      return invalid(
          "model",
          fit::format(
              "the file '{}' of the model '{}' has {} bytes instead of {}: it is damaged or incomplete",
              file.path, manifest.name, *size, *file.size_bytes));
    }
  }
  return {};
}

Result<ModelFiles::Location> ModelFiles::locate(const Manifest& manifest, FileRole role) const {
  const ModelFile* file = manifest.file(role);
  const auto missing = [&](const std::string& name, std::string detail) {
    return Error{ErrorCode::kNotFound,
                 fit::format("the file '{}' of the model '{}' is missing", name, manifest.name), "model",
                 std::move(detail)};
  };
  if (file == nullptr) return missing(std::string(to_string(role)), "the manifest names none");
  if (!folder_) {
    if (const auto bytes = builtin_model_file(in_program_, file->path)) return Location(*bytes);
    return missing(file->path, "not in the program");
  }
  const std::filesystem::path path = *folder_ / file->path;
  std::error_code problem;
  if (!std::filesystem::is_regular_file(path, problem)) return missing(file->path, path.string());
  return Location(path);
}

Result<std::string> ModelFiles::read(const Manifest& manifest, FileRole role, std::uint64_t max_bytes) const {
  FIT_TRY(const Location location, locate(manifest, role));
  if (const auto* bytes = std::get_if<ByteView>(&location)) return std::string(as_text(*bytes));
  FIT_TRY(const Bytes content, read_file(std::get<std::filesystem::path>(location), max_bytes));
  return std::string(as_text(content));
}

}  // namespace fit::embed
