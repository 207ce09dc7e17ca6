#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/body_space.h"

namespace fit::http {

// The body of one request while it is received and handled. It is in memory while it is small and memory is
// available, otherwise in a scratch file, which the destructor removes. Only one thread may use it at a time.
class RequestBody {
 public:
  // `space` must outlive the body.
  explicit RequestBody(BodySpace& space) : space_(space) {}
  ~RequestBody();
  RequestBody(const RequestBody&) = delete;
  RequestBody& operator=(const RequestBody&) = delete;

  // Appends in memory. Returns false and appends nothing when the body must go to a file; call
  // append_to_file() with the data then. Does not block.
  [[nodiscard]] bool try_append(std::string_view data);

  // Appends to the scratch file; the first call moves the body from memory to it. Blocks. kStorageFull or
  // kUnavailable when there is no space, kInternal when the file cannot be written; the body must not be used
  // after an error.
  Result<void> append_to_file(std::string_view data);

  // Completes the body. Call it once, after the last byte and before view(). Blocks only if the body is in a
  // file. kInternal when the file cannot be read.
  Result<void> finish();

  std::uint64_t size() const { return size_; }
  // The whole body; valid as long as this object.
  std::string_view view() const { return view_; }
  // The file that holds the body; empty when the body is in memory.
  const std::filesystem::path& file() const { return path_; }

 private:
  Result<void> open_file();
  Result<void> write(std::string_view data);

  BodySpace& space_;
  std::uint64_t size_ = 0;
  std::string memory_;
  std::size_t taken_memory_ = 0;
  std::filesystem::path path_;
  int file_ = -1;
  std::uint64_t written_ = 0;  // bytes written to the file
  std::uint64_t taken_scratch_ = 0;
  void* mapped_ = nullptr;
  std::string_view view_;
};

}  // namespace fit::http
