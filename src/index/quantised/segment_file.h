#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/fd.h"
#include "base/hash.h"
#include "base/result.h"
#include "index/new_file.h"

namespace fit::index {

// A segment is one file, `segment-<16 hexadecimal digits>`, that never changes once it has its name.
//
// Little-endian: a header of 4,096 bytes (magic "FITSEGMT", format version 2, the fields of SegmentInfo, each
// section's size and XXH3-64, zeros, and last the XXH3-64 of all before it), then the sections of
// SegmentSection, one after the other.
enum class SegmentSection {
  kRows,         // the vectors in float32 or as PackedRow has them, by ascending image
  kImages,       // by row: the image, in image_bytes
  kItems,        // by row: the item, in item_bytes
  kCodec,        // Codec::write()
  kLists,        // Lists::write()
  kFirstBlocks,  // by list: its first block, uint32; one more at the end
  kErrors,       // by list: the longest difference of a vector and what its code stands for, float32
  kBlocks,       // by block: 16 codes, byte by byte, then 16 scales and 16 offsets (kernels/code_scan.h)
  kRowsOfSlots,  // by slot (16 a block): its row, uint32; all bits set where there is none
  kSlotsByItem,  // the slots by ascending item, then row, uint32
};
inline constexpr std::size_t kSegmentSections = 10;
inline constexpr std::uint64_t kSegmentHeaderBytes = 4096;

struct SegmentInfo {
  std::uint32_t dimensions = 0;
  std::uint32_t code_bytes = 0;
  std::uint32_t image_bytes = 4;  // 4 or 8
  std::uint32_t item_bytes = 4;   // 4 or 8
  std::uint32_t row_bits = 32;    // of a number of a vector: kWholeBits or kPackedBits (packed_row.h)
  std::uint64_t rows = 0;
  std::uint64_t blocks = 0;
  std::uint64_t items = 0;     // distinct ones
  std::uint64_t checksum = 0;  // of the header, which holds those of all sections
};

// Writes one segment. A segment that is not committed is removed. Not thread-safe.
class SegmentWriter {
 public:
  // This call, add() and commit() return kStorageFull when the disk is full.
  static Result<SegmentWriter> create(const std::filesystem::path& path);

  // Appends to a section; sections come in the order of SegmentSection.
  Result<void> add(SegmentSection section, ByteView content);

  Result<void> commit(SegmentInfo info);

 private:
  explicit SegmentWriter(NewFile file) : file_(std::move(file)) {}

  NewFile file_;
  std::uint64_t offset_ = kSegmentHeaderBytes;
  std::array<std::uint64_t, kSegmentSections> bytes_{};
  std::unique_ptr<std::array<Xxh3, kSegmentSections>> sums_ =
      std::make_unique<std::array<Xxh3, kSegmentSections>>();
};

// Reads one segment. kMalformed naming "snapshot" when the file is missing, or a checksum, the format's
// version or a size is wrong. Reads are thread-safe.
class SegmentReader {
 public:
  static Result<SegmentReader> open(const std::filesystem::path& path);

  const SegmentInfo& info() const { return info_; }
  std::uint64_t bytes(SegmentSection section) const { return bytes_[static_cast<std::size_t>(section)]; }

  // Fills `memory`, of bytes(section) bytes, and compares the checksum.
  Result<void> read(SegmentSection section, std::span<std::byte> memory) const;

  // Reads a section, as read() does, into a vector of numbers.
  template <class T>
  Result<std::vector<T>> read_all(SegmentSection section) const {
    if (bytes(section) % sizeof(T) != 0) return damaged("a section's size is odd");
    std::vector<T> numbers(bytes(section) / sizeof(T));
    FIT_CHECK(read(section, std::as_writable_bytes(std::span(numbers))));
    return numbers;
  }

  // Compares the checksum of a section without keeping it, in memory or in the system's cache of the file.
  // kCancelled when stopped.
  Result<void> verify(SegmentSection section, const std::stop_token& stop = {}) const;
  std::uint64_t checksum(SegmentSection section) const { return sums_[static_cast<std::size_t>(section)]; }

  // Fills `memory` from `offset` of a section, unverified.
  Result<void> read_part(SegmentSection section, std::span<std::byte> memory, std::uint64_t offset) const;

  // Tells the system that this part of a section will be read soon.
  void expect(SegmentSection section, std::uint64_t offset, std::uint64_t bytes) const;

  static Error damaged(std::string_view what);

 private:
  SegmentReader() = default;
  Result<void> read_header(std::uint64_t file_bytes);
  std::uint64_t start(SegmentSection section) const;

  Fd fd_;
  SegmentInfo info_;
  std::array<std::uint64_t, kSegmentSections> bytes_{};
  std::array<std::uint64_t, kSegmentSections> sums_{};
};

}  // namespace fit::index
