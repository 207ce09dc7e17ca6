#include "index/quantised/segment.h"

#include <algorithm>
#include <limits>

namespace fit::index {
namespace {

// Lists from which on all of them are ranked by codes first: fewer are compared exactly as fast.
constexpr std::size_t kManyLists = 512;

}  // namespace

IdColumn IdColumn::of(std::span<const std::int64_t> ids) {
  IdColumn column;
  const auto fits = [](std::int64_t id) { return id <= std::numeric_limits<std::uint32_t>::max(); };
  if (std::ranges::all_of(ids, fits)) {
    column.narrow_.reserve(ids.size());
    for (const std::int64_t id : ids) column.narrow_.push_back(static_cast<std::uint32_t>(id));
  } else {
    column.wide_.assign(ids.begin(), ids.end());
  }
  return column;
}

IdColumn IdColumn::read(ByteView bytes, std::uint32_t width) {
  IdColumn column;
  const auto fill = [bytes](auto& numbers) {
    numbers.resize(bytes.size() / sizeof(numbers[0]));
    if (!numbers.empty()) std::memcpy(numbers.data(), bytes.data(), numbers.size() * sizeof(numbers[0]));
  };
  if (width == 8)
    fill(column.wide_);
  else
    fill(column.narrow_);
  return column;
}

Result<std::shared_ptr<const Segment>> Segment::open(const std::filesystem::path& path,
                                                     std::size_t dimensions) {
  FIT_TRY(SegmentReader file, SegmentReader::open(path));
  const SegmentInfo& info = file.info();
  if (info.dimensions != dimensions || info.code_bytes != code_bytes_for(dimensions))
    return SegmentReader::damaged("it has other dimensions");
  std::shared_ptr<Segment> segment(new Segment(std::move(file)));
  segment->path_ = path;
  FIT_CHECK(segment->read_all());
  FIT_CHECK(segment->check());
  return std::shared_ptr<const Segment>(std::move(segment));
}

Result<void> Segment::read_all() {
  const SegmentInfo& info = file_.info();
  FIT_TRY(const auto images, file_.read_all<std::byte>(SegmentSection::kImages));
  FIT_TRY(const auto items, file_.read_all<std::byte>(SegmentSection::kItems));
  FIT_TRY(const auto codec, file_.read_all<std::byte>(SegmentSection::kCodec));
  FIT_TRY(const auto lists, file_.read_all<std::byte>(SegmentSection::kLists));
  FIT_TRY(first_blocks_, file_.read_all<std::uint32_t>(SegmentSection::kFirstBlocks));
  FIT_TRY(errors_, file_.read_all<float>(SegmentSection::kErrors));
  FIT_TRY(rows_of_slots_, file_.read_all<std::uint32_t>(SegmentSection::kRowsOfSlots));
  FIT_TRY(slots_by_item_, file_.read_all<std::uint32_t>(SegmentSection::kSlotsByItem));
  images_ = IdColumn::read(images, info.image_bytes);
  items_ = IdColumn::read(items, info.item_bytes);
  ByteReader codec_in(codec);
  ByteReader lists_in(lists);
  if (!codec_.read(codec_in) || !lists_.read(lists_in)) return SegmentReader::damaged("its model is damaged");
  if (lists_.dimensions() != info.dimensions || codec_.dimensions() != info.dimensions)
    return SegmentReader::damaged("its model has other dimensions");
  if (lists_.size() >= kManyLists) list_codes_ = ListCodes(best_kernels(), codec_, lists_);
  const std::uint64_t bytes = file_.bytes(SegmentSection::kBlocks);
  if (bytes / block_bytes() != info.blocks || bytes % block_bytes() != 0 || bytes == 0)
    return SegmentReader::damaged("its sections do not fit together");
  blocks_.reserve(info.blocks);
  is_ready_ = std::make_unique<std::atomic<bool>[]>(lists_.size());
  return {};
}

void Segment::prepare_from_disk(std::size_t list) const {
  if (is_ready_[list].load(std::memory_order_acquire)) return;
  const std::lock_guard lock(reading_[list % reading_.size()]);
  if (is_ready_[list].load(std::memory_order_relaxed)) return;
  const std::size_t begin = first_blocks_[list] * block_bytes();
  const std::span memory(blocks_.data() + begin, first_blocks_[list + 1] * block_bytes() - begin);
  if (!file_.read_part(SegmentSection::kBlocks, memory, begin)) {
    std::ranges::fill(memory, std::byte{0});
    note_damage();
  }
  is_ready_[list].store(true, std::memory_order_release);
}

// The sections are read in their order, which the system notices and reads ahead.
Result<void> Segment::load(const std::stop_token& stop) const {
  if (is_loaded_) return {};
  Xxh3 sum;
  for (std::size_t list = 0; list < lists_.size(); ++list) {
    if (stop.stop_requested()) return cancelled();
    prepare_from_disk(list);
    const std::size_t begin = first_blocks_[list] * block_bytes();
    sum.update({blocks_.data() + begin, first_blocks_[list + 1] * block_bytes() - begin});
  }
  is_loaded_.store(true, std::memory_order_release);
  if (sum.digest() == file_.checksum(SegmentSection::kBlocks)) return {};
  note_damage();
  return SegmentReader::damaged("the checksum of its codes differs");
}

Result<void> Segment::verify_rows(const std::stop_token& stop) const {
  const auto verified = file_.verify(SegmentSection::kRows, stop);
  if (verified || verified.error().code == ErrorCode::kCancelled) return verified;
  if (verified.error().code == ErrorCode::kMalformed) has_wrong_rows_ = true;
  note_damage();
  return verified;
}

Result<void> Segment::check() const {
  const SegmentInfo& info = file_.info();
  const std::size_t rows = info.rows;
  const bool fits = rows > 0 && rows < kNoRow && images_.size() == rows && items_.size() == rows &&
                    (info.row_bits == kWholeBits || info.row_bits == kPackedBits) &&
                    file_.bytes(SegmentSection::kRows) / row_bytes() == rows &&
                    file_.bytes(SegmentSection::kRows) % row_bytes() == 0 &&
                    codec_.dimensions() == info.dimensions && codec_.code_bytes() == info.code_bytes &&
                    first_blocks_.size() == lists_.size() + 1 && errors_.size() == lists_.size() &&
                    first_blocks_.front() == 0 && first_blocks_.back() == info.blocks &&
                    std::ranges::is_sorted(first_blocks_) &&
                    rows_of_slots_.size() == info.blocks * kBlockVectors && slots_by_item_.size() == rows;
  if (!fits) return SegmentReader::damaged("its sections do not fit together");
  for (const std::uint32_t row : rows_of_slots_) {
    if (row != kNoRow && row >= rows) return SegmentReader::damaged("a slot has no such row");
  }
  for (const std::uint32_t slot : slots_by_item_) {
    if (slot >= rows_of_slots_.size() || rows_of_slots_[slot] == kNoRow)
      return SegmentReader::damaged("an item has no such slot");
  }
  return {};
}

std::size_t Segment::memory_bytes() const {
  return blocks_.capacity() * blocks_.row_bytes() + images_.bytes().size() + items_.bytes().size() +
         (rows_of_slots_.size() + slots_by_item_.size() + first_blocks_.size() + errors_.size()) * 4 +
         lists_.memory_bytes() + list_codes_.memory_bytes() + codec_.memory_bytes();
}

std::uint32_t Segment::find(ImageId image) const {
  std::size_t begin = 0;
  std::size_t end = rows();
  while (begin < end) {
    const std::size_t middle = begin + (end - begin) / 2;
    if (images_[middle] < image.value)
      begin = middle + 1;
    else
      end = middle;
  }
  return begin < rows() && images_[begin] == image.value ? static_cast<std::uint32_t>(begin) : kNoRow;
}

void Segment::append_slots_of(ItemId item, std::vector<std::uint32_t>& slots) const {
  const auto item_of = [this](std::uint32_t slot) { return items_[rows_of_slots_[slot]]; };
  const auto found = std::ranges::equal_range(slots_by_item_, item.value, {}, item_of);
  slots.insert(slots.end(), found.begin(), found.end());
}

std::uint32_t Segment::list_of_block(std::uint32_t block) const {
  const auto after = std::ranges::upper_bound(first_blocks_, block);
  return static_cast<std::uint32_t>(after - first_blocks_.begin() - 1);
}

Result<void> Segment::unpack(const std::byte* row, float* vector) const {
  const std::uint32_t list = PackedRow::list_of(row);
  if (list >= lists_.size() || !packed_.unpack(row, lists_.centroid(list), vector))
    return SegmentReader::damaged("a vector is not one of its list");
  return {};
}

Result<void> Segment::read_rows(std::size_t row, std::size_t count, float* vectors) const {
  const std::size_t dimensions = file_.info().dimensions;
  if (!is_packed()) {
    return file_.read_part(SegmentSection::kRows,
                           std::as_writable_bytes(std::span(vectors, count * dimensions)), row * row_bytes());
  }
  Bytes packed(count * row_bytes());
  FIT_CHECK(file_.read_part(SegmentSection::kRows, packed, row * row_bytes()));
  for (std::size_t i = 0; i < count; ++i)
    FIT_CHECK(unpack(packed.data() + i * row_bytes(), vectors + i * dimensions));
  return {};
}

Result<std::uint64_t> Segment::read_row(std::size_t row, float* vector) const {
  if (!is_packed()) {
    FIT_CHECK(read_rows(row, 1, vector));
    return fingerprint(std::span(vector, file_.info().dimensions));
  }
  Bytes packed(row_bytes());
  FIT_CHECK(file_.read_part(SegmentSection::kRows, packed, row * row_bytes()));
  FIT_CHECK(unpack(packed.data(), vector));
  return PackedRow::fingerprint_of(packed.data());
}

void Segment::expect_row(std::size_t row) const {
  file_.expect(SegmentSection::kRows, row * row_bytes(), row_bytes());
}

}  // namespace fit::index
