#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/body_space.h"

namespace fit::http {

// The body of one request while it is received and handled: in memory while it is small and there is room, and
// otherwise in a scratch file, which the destructor removes. One thread at a time may use it.
class RequestBody {
 public:
  // `space` must outlive the body.
  explicit RequestBody(BodySpace& space) : space_(space) {}
  ~RequestBody();
  RequestBody(const RequestBody&) = delete;
  RequestBody& operator=(const RequestBody&) = delete;

  // Appends in memory. False, without having appended, when this needs a file: then append_to_file() takes the
  // data. Does not block.
  [[nodiscard]] bool try_append(std::string_view data);

  // Appends to the scratch file, into which the first call moves what is in memory. Blocks. kStorageFull or
  // kUnavailable when there is no room, kInternal when the file cannot be written; the body is then unusable.
  Result<void> append_to_file(std::string_view data);

  // Call it once after the last byte, before view(). Blocks only if the body is in a file. kInternal when the
  // file cannot be read.
  Result<void> finish();

  std::uint64_t size() const { return size_; }
  // The whole body. Lives as long as this object.
  std::string_view view() const { return view_; }
  // The file that holds the body; empty: it is in memory.
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
  std::uint64_t written_ = 0;  // to the file
  std::uint64_t taken_scratch_ = 0;
  void* mapped_ = nullptr;
  std::string_view view_;
};

}  // namespace fit::http
