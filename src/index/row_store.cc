#include "index/row_store.h"

#include <sys/mman.h>
#include <unistd.h>

#include <new>

namespace fit::index {
namespace {

constexpr std::size_t kRowAlignment = 64;
constexpr std::size_t kHugePage = std::size_t{2} << 20;

std::size_t round_up(std::size_t value, std::size_t step) {
  return (value + step - 1) / step * step;
}

}  // namespace

RowStore::RowStore(std::size_t row_bytes) : row_bytes_(round_up(row_bytes, kRowAlignment)) {}

RowStore::~RowStore() {
  if (memory_ != nullptr) ::munmap(memory_, mapped_bytes_);
}

void RowStore::reserve(std::size_t rows) {
  if (rows <= capacity()) return;
  const std::size_t wanted = rows * row_bytes_;
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));  // 4, 16 or 64 KiB
  const std::size_t bytes = round_up(wanted, wanted < kHugePage ? page : kHugePage);
  void* moved = memory_ == nullptr
                    ? ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                    : ::mremap(memory_, mapped_bytes_, bytes, MREMAP_MAYMOVE);
  if (moved == MAP_FAILED) throw std::bad_alloc();
  memory_ = static_cast<std::byte*>(moved);
  mapped_bytes_ = bytes;
  if (bytes >= kHugePage) ::madvise(memory_, mapped_bytes_, MADV_HUGEPAGE);  // an optimization that may fail
}

}  // namespace fit::index
