#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>

#include "base/result.h"

namespace fit::http {

// Bounds the memory and the scratch files that the request bodies of a server take together. Each RequestBody
// takes its share as it grows and returns it when it is destroyed. Thread-safe.
class BodySpace {
 public:
  // The limits of all bodies together.
  struct Limits {
    std::size_t memory_bytes = std::size_t{256} << 20;
    std::uint64_t scratch_bytes = std::uint64_t{4} << 30;
  };
  // `folder` must exist, be private to this process and outlive this object.
  BodySpace(std::filesystem::path folder, const Limits& limits)
      : folder_(std::move(folder)), limits_(limits) {}

  // Does not block. Returns false and takes nothing when memory would exceed its limit.
  [[nodiscard]] bool try_take_memory(std::size_t bytes);
  void give_memory(std::size_t bytes) { memory_ -= bytes; }

  // kUnavailable when scratch files would exceed their limit. kStorageFull when they would take more than
  // half of the disk space available to them, which leaves room for the catalogue. Takes nothing after an
  // error. Blocks: it asks the file system.
  Result<void> take_scratch(std::uint64_t bytes);
  void give_scratch(std::uint64_t bytes);

  const std::filesystem::path& folder() const { return folder_; }

 private:
  const std::filesystem::path folder_;
  const Limits limits_;
  std::atomic<std::size_t> memory_{0};
  std::mutex mutex_;
  std::uint64_t scratch_ = 0;
};

}  // namespace fit::http
