#include "http/request_body.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "base/files.h"

namespace fit::http {
namespace {

constexpr std::size_t kMaxMemory = 8 << 20;  // bytes of one body that stay in memory
constexpr std::size_t kMemoryStep = 64 << 10;
constexpr std::uint64_t kScratchStep = 4 << 20;

}  // namespace

RequestBody::~RequestBody() {
  space_.give_memory(taken_memory_);
  if (mapped_ != nullptr) ::munmap(mapped_, size_);
  if (file_ >= 0) ::close(file_);
  if (!path_.empty()) {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
    space_.give_scratch(taken_scratch_);
  }
}

bool RequestBody::try_append(std::string_view data) {
  if (!path_.empty() || size_ + data.size() > kMaxMemory) return false;
  while (size_ + data.size() > taken_memory_) {
    if (!space_.try_take_memory(kMemoryStep)) return false;
    taken_memory_ += kMemoryStep;
  }
  memory_ += data;
  size_ += data.size();
  return true;
}

Result<void> RequestBody::append_to_file(std::string_view data) {
  if (path_.empty()) FIT_CHECK(open_file());
  FIT_CHECK(write(data));
  size_ += data.size();
  return {};
}

Result<void> RequestBody::open_file() {
  std::string name = (space_.folder() / "body-XXXXXX").string();
  file_ = ::mkostemp(name.data(), O_CLOEXEC);
  if (file_ < 0) return from_errno("write to the storage folder", errno);
  path_ = name;
  FIT_CHECK(write(memory_));
  memory_ = {};
  space_.give_memory(taken_memory_);
  taken_memory_ = 0;
  return {};
}

Result<void> RequestBody::write(std::string_view data) {
  while (written_ + data.size() > taken_scratch_) {
    FIT_CHECK(space_.take_scratch(kScratchStep));
    taken_scratch_ += kScratchStep;
  }
  FIT_CHECK(write_all(file_, as_bytes(data), "write to the storage folder"));
  written_ += data.size();
  return {};
}

Result<void> RequestBody::finish() {
  view_ = memory_;
  if (path_.empty() || size_ == 0) return {};
  mapped_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file_, 0);
  if (mapped_ == MAP_FAILED) {
    mapped_ = nullptr;
    return from_errno("read a body from the storage folder", errno);
  }
  view_ = {static_cast<const char*>(mapped_), size_};
  return {};
}

}  // namespace fit::http
