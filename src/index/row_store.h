#pragma once

#include <cstddef>
#include <utility>

namespace fit::index {

// A growing array of fixed-size rows, each starting on a cache line, in huge pages where the system has them
// (random reads over hundreds of megabytes miss the TLB otherwise). Fresh rows are zero and cost no memory
// until written. reserve() may move the rows, so it must not run beside any other use. The caller
// synchronizes access to the rows.
class RowStore {
 public:
  explicit RowStore(std::size_t row_bytes);  // rounded up to whole cache lines
  ~RowStore();
  RowStore(const RowStore&) = delete;
  RowStore& operator=(const RowStore&) = delete;

  // Makes room for `rows`; throws std::bad_alloc with nothing changed.
  void reserve(std::size_t rows);

  std::byte* row(std::size_t index) { return memory_ + index * row_bytes_; }
  const std::byte* row(std::size_t index) const { return memory_ + index * row_bytes_; }
  std::byte* data() { return memory_; }
  const std::byte* data() const { return memory_; }
  std::size_t row_bytes() const { return row_bytes_; }
  std::size_t capacity() const { return mapped_bytes_ / row_bytes_; }

 private:
  std::size_t row_bytes_;
  std::byte* memory_ = nullptr;
  std::size_t mapped_bytes_ = 0;
};

}  // namespace fit::index
