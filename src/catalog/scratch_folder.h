#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace fit::catalog {

// A new folder below an existing one, which is removed with its content at the end of the object.
class ScratchFolder {
 public:
  // `name`: the beginning of the folder's name. An error of errno naming `parent`.
  static Result<ScratchFolder> make(const std::filesystem::path& parent, std::string_view name);
  ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder();

  const std::filesystem::path& path() const { return path_; }

 private:
  explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
};

}  // namespace fit::catalog
