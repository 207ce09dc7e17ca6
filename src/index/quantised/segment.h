#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "index/quantised/codec.h"
#include "index/quantised/list_codes.h"
#include "index/quantised/lists.h"
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
// ascending image; slots by list, 16 a block. Immutable; thread-safe.
class Segment {
 public:
  // kMalformed when the file is damaged or has other dimensions. `verify_rows` reads the vectors too, to
  // compare their checksum; it is not needed for a segment that this process wrote.
  static Result<std::shared_ptr<const Segment>> open(const std::filesystem::path& path,
                                                     std::size_t dimensions, bool verify_rows);

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
  const std::uint8_t* block(std::size_t block) const {
    return reinterpret_cast<const std::uint8_t*>(blocks_.row(block));
  }

  // Reads the vectors of `count` rows from `row` on.
  Result<void> read_rows(std::size_t row, std::size_t count, float* vectors) const;
  // Tells the system that a vector will be read soon.
  void expect_row(std::size_t row) const;

 private:
  explicit Segment(SegmentReader file) : file_(std::move(file)), blocks_(block_bytes()) {}
  Result<void> load();
  Result<void> check() const;
  std::size_t block_bytes() const { return kBlockVectors * file_.info().code_bytes + kFactorBytes; }

  std::filesystem::path path_;
  SegmentReader file_;
  IdColumn images_, items_;
  Codec codec_;
  Lists lists_;
  ListCodes list_codes_;
  std::vector<std::uint32_t> first_blocks_;
  std::vector<float> errors_;
  RowStore blocks_;
  std::vector<std::uint32_t> rows_of_slots_;
  std::vector<std::uint32_t> slots_by_item_;
};

}  // namespace fit::index
