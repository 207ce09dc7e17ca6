#include "http/body_space.h"

namespace fit::http {

bool BodySpace::try_take_memory(std::size_t bytes) {
  const std::size_t former = memory_.fetch_add(bytes);
  if (former + bytes <= limits_.memory_bytes) return true;
  memory_ -= bytes;
  return false;
}

Result<void> BodySpace::take_scratch(std::uint64_t bytes) {
  std::error_code error;
  const std::filesystem::space_info disk = std::filesystem::space(folder_, error);
  if (error) return from_errno("ask for the space of the storage folder", error.value());
  const std::lock_guard lock(mutex_);
  if (scratch_ + bytes > limits_.scratch_bytes) {
    return Error{ErrorCode::kUnavailable, "too many large bodies are being received; try again soon", {}, {}};
  }
  if (scratch_ + bytes > (disk.available + scratch_) / 2) {
    return Error{ErrorCode::kStorageFull, "the disk has no room for a body of this size", "body", {}};
  }
  scratch_ += bytes;
  return {};
}

void BodySpace::give_scratch(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  scratch_ -= bytes;
}

}  // namespace fit::http
