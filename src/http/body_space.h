#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>

#include "base/result.h"

namespace fit::http {

// How much the request bodies of a server may take together: memory, and beyond it scratch files. Each
// RequestBody takes its share as it grows and gives it back when it ends. Thread-safe.
class BodySpace {
 public:
  struct Limits {
    std::size_t memory_bytes = std::size_t{256} << 20;
    std::uint64_t scratch_bytes = std::uint64_t{4} << 30;
  };
  // `folder` exists, is of this process alone, and outlives the space.
  BodySpace(std::filesystem::path folder, const Limits& limits) : folder_(std::move(folder)), limits_(limits) {}

  // False, without taking any, when memory would pass its limit.
  [[nodiscard]] bool try_take_memory(std::size_t bytes);
  void give_memory(std::size_t bytes) { memory_ -= bytes; }

  // kUnavailable when scratch files would pass their limit. kStorageFull when they would take more than half
  // of what the disk has for them, so that the catalogue beside them can still be written. Takes none then.
  // Asks the file system, which may block.
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
