#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "base/text_input.h"

namespace fit {

// Reads a file as a TextInput. Not thread-safe.
class InputFile final : public TextInput {
 public:
  // kNotFound when the file does not exist, kInvalid naming the path when it is not a regular file, kInternal
  // when it cannot be opened.
  static Result<InputFile> open(const std::filesystem::path& path);
  InputFile(InputFile&& other) noexcept = default;
  InputFile& operator=(InputFile&&) = delete;

  std::string_view window() const override { return std::string_view(buffer_).substr(start_); }
  Result<bool> grow() override;
  void consume(std::size_t count) override;
  std::uint64_t position() const override { return position_; }
  std::uint64_t size_bytes() const override { return size_bytes_; }

 private:
  InputFile(Fd fd, std::uint64_t size_bytes, std::string name)
      : fd_(std::move(fd)), size_bytes_(size_bytes), name_(std::move(name)) {}

  Fd fd_;
  std::uint64_t size_bytes_;
  std::string name_;
  std::string buffer_;
  std::size_t start_ = 0;  // where the window begins in buffer_
  std::uint64_t position_ = 0;
};

}  // namespace fit
