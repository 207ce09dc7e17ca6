#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "index/quantised/codec.h"
#include "index/quantised/list_codes.h"
#include "index/quantised/lists.h"
#include "index/quantised/packed_row.h"
#include "index/quantised/segment_file.h"
#include "index/row_store.h"

namespace fit::index {

inline constexpr std::uint32_t kNoRow = ~std::uint32_t{0};

// Ids by row, in 4 bytes each where they fit.
class IdColumn {
 public:
  static IdColumn of(std::span<const std::int64_t> ids);
  // From bytes(); `width` is 4 or 8.
  static IdColumn read(ByteView bytes, std::uint32_t width);

  std::int64_t operator[](std::size_t row) const { return wide_.empty() ? narrow_[row] : wide_[row]; }
  std::size_t size() const { return wide_.empty() ? narrow_.size() : wide_.size(); }
  std::uint32_t width() const { return wide_.empty() ? 4 : 8; }
  ByteView bytes() const {
    return wide_.empty() ? std::as_bytes(std::span(narrow_)) : std::as_bytes(std::span(wide_));
  }

 private:
  std::vector<std::uint32_t> narrow_;
  std::vector<std::int64_t> wide_;
};

// A segment that is open for searches: codes, ids and centroids in memory, vectors on disk. Rows lie by
// ascending image; slots by list, 16 a block. Its content does not change; thread-safe.
class Segment {
 public:
  // Reads and verifies all but the codes and the vectors. The codes of a list are read when they are first
  // needed, until load() has read all. kMalformed when the file is damaged or has other dimensions.
  static Result<std::shared_ptr<const Segment>> open(const std::filesystem::path& path,
                                                     std::size_t dimensions);

  // Reads the codes that are not in memory yet, and compares their checksum. Blocks; searches go on. One call
  // at a time. kMalformed when they differ, kInternal when they cannot be read: the segment is then noted as
  // damaged. kCancelled.
  Result<void> load(const std::stop_token& stop = {}) const;
  // Compares the checksum of the vectors; the errors of load().
  Result<void> verify_rows(const std::stop_token& stop) const;

  std::string name() const { return path_.filename().string(); }
  const std::filesystem::path& path() const { return path_; }
  std::uint64_t checksum() const { return file_.info().checksum; }
  std::size_t rows() const { return images_.size(); }
  std::size_t items() const { return static_cast<std::size_t>(file_.info().items); }
  std::size_t slots() const { return rows_of_slots_.size(); }
  std::size_t memory_bytes() const;

  ImageId image(std::size_t row) const { return {images_[row]}; }
  ItemId item(std::size_t row) const { return {items_[row]}; }
  std::uint32_t row_of_slot(std::size_t slot) const { return rows_of_slots_[slot]; }  // kNoRow: padding
  std::uint32_t find(ImageId image) const;                                            // its row, or kNoRow

  // Appends the slots of an item.
  void append_slots_of(ItemId item, std::vector<std::uint32_t>& slots) const;
  std::span<const std::uint32_t> slots_by_item() const { return slots_by_item_; }

  const Codec& codec() const { return codec_; }
  const Lists& lists() const { return lists_; }
  const ListCodes& list_codes() const { return list_codes_; }  // empty where there are few lists
  std::uint32_t first_block(std::size_t list) const { return first_blocks_[list]; }  // list <= lists().size()
  std::uint32_t list_of_block(std::uint32_t block) const;
  float error(std::size_t list) const { return errors_[list]; }
  // Makes the blocks of a list ready for block(). A list that cannot be read has zeros.
  void prepare(std::size_t list) const {
    if (!is_loaded_.load(std::memory_order_acquire)) prepare_from_disk(list);
  }
  const std::uint8_t* block(std::size_t block) const {
    return reinterpret_cast<const std::uint8_t*>(blocks_.row(block));
  }

  // Reads the vectors of `count` rows from `row` on. Those of packed rows are about what was given.
  Result<void> read_rows(std::size_t row, std::size_t count, float* vectors) const;
  // Reads one vector; returns its fingerprint, that of the vector that was given.
  Result<std::uint64_t> read_row(std::size_t row, float* vector) const;
  // Whether a part of the file cannot be read, or is not what was written: the segment is to be written anew.
  bool is_damaged() const { return is_damaged_; }
  void note_damage() const { is_damaged_ = true; }
  // Whether the vectors as a whole are not what was written: none of them is to be used.
  bool has_wrong_rows() const { return has_wrong_rows_; }
  // Tells the system that a vector will be read soon.
  void expect_row(std::size_t row) const;

 private:
  explicit Segment(SegmentReader file)
      : file_(std::move(file)), packed_(file_.info().dimensions), blocks_(block_bytes()) {}
  Result<void> read_all();
  Result<void> check() const;
  void prepare_from_disk(std::size_t list) const;
  bool is_packed() const { return file_.info().row_bits == kPackedBits; }
  std::size_t row_bytes() const {
    return is_packed() ? packed_.bytes() : std::size_t{file_.info().dimensions} * sizeof(float);
  }
  Result<void> unpack(const std::byte* row, float* vector) const;
  std::size_t block_bytes() const { return kBlockVectors * file_.info().code_bytes + kFactorBytes; }

  std::filesystem::path path_;
  SegmentReader file_;
  PackedRow packed_;
  IdColumn images_, items_;
  Codec codec_;
  Lists lists_;
  ListCodes list_codes_;
  std::vector<std::uint32_t> first_blocks_;
  std::vector<float> errors_;
  mutable RowStore blocks_;
  std::vector<std::uint32_t> rows_of_slots_;
  std::vector<std::uint32_t> slots_by_item_;
  // While the codes are being read: by list, whether its blocks are in memory. A list is read under the lock
  // of its number modulo the locks.
  mutable std::unique_ptr<std::atomic<bool>[]> is_ready_;
  mutable std::array<std::mutex, 16> reading_;
  mutable std::atomic<bool> is_loaded_ = false;
  mutable std::atomic<bool> is_damaged_ = false;
  mutable std::atomic<bool> has_wrong_rows_ = false;
};

}  // namespace fit::index
