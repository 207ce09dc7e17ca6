#include "index/quantised/segment_builder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/parallel.h"

namespace fit::index {
namespace {

constexpr std::size_t kRowsOfAList = 24;    // in the sample
constexpr std::size_t kFewestOfAList = 64;  // rows, on average, below which a list is not worth its padding
constexpr std::size_t kMostLists = 65'536;
constexpr std::size_t kMostResiduals = 20'000;  // that the codec is learned from
constexpr std::size_t kBatch = 4096;            // rows that are read and written together
constexpr float kMostDrift = 1.15F;             // of a codec's error, above which it is learned anew
constexpr std::size_t kLeastSample = 1024;
constexpr std::size_t kHeldNearest = 20;

std::size_t lists_for(std::size_t rows) {
  const auto wanted = static_cast<std::size_t>(8 * std::sqrt(static_cast<double>(rows)));
  return std::clamp<std::size_t>(std::min(wanted, rows / kFewestOfAList), 1, kMostLists);
}

// The nearest rows of a held query so far.
struct Nearest {
  std::vector<std::pair<float, std::uint32_t>> best;

  void add(float similarity, std::uint32_t row) {
    if (best.size() >= kHeldNearest && similarity <= best.back().first) return;
    const auto at =
        std::ranges::upper_bound(best, similarity, std::greater{}, &std::pair<float, std::uint32_t>::first);
    best.insert(at, {similarity, row});
    if (best.size() > kHeldNearest) best.pop_back();
  }
};

class Builder {
 public:
  Builder(const Kernels& kernels, SegmentPlan plan, const ReadVector& read)
      : kernels_(kernels),
        plan_(std::move(plan)),
        read_(read),
        dimensions_(plan_.dimensions),
        threads_(thread_count(plan_.threads)) {
    std::ranges::sort(plan_.rows, {}, &SourceRow::image);
  }

  Result<BuiltSegment> run() {
    FIT_TRY(SegmentWriter file, SegmentWriter::create(plan_.path));
    FIT_CHECK(learn());
    FIT_CHECK(encode_all(file));
    sort_into_blocks();
    FIT_CHECK(write_rest(file));
    FIT_CHECK(file.commit(info()));
    BuiltSegment built;
    FIT_TRY(built.segment, Segment::open(plan_.path, dimensions_));
    FIT_CHECK(built.segment->load());
    for (std::size_t i = 0; i < held_.size(); ++i) {
      const auto& best = nearest_[i].best;
      // Among equal rows there is no telling which ones are right.
      if (best.empty() || best.front().first - best.back().first < 1e-6F) continue;
      for (const auto& [similarity, row] : best) held_[i].nearest_rows.push_back(row);
    }
    built.held = std::move(held_);
    return built;
  }

 private:
  std::size_t count() const { return plan_.rows.size(); }

  // Reads a sample, and learns the lists and the codec.
  Result<void> learn() {
    const std::size_t lists = lists_for(count());
    const std::size_t size = std::min(count(), std::max(lists * kRowsOfAList, kLeastSample));
    std::vector<float> sample(size * dimensions_);
    const auto read =
        parallel_for(size, {.threads = threads_, .grain = 64}, [&](std::size_t i) -> Result<void> {
          FIT_CHECK(read_(plan_.rows[i * count() / size], sample.data() + i * dimensions_));
          return {};
        });
    FIT_CHECK(read);
    lists_ = Lists::train(kernels_, sample, dimensions_, lists, threads_);
    const std::vector<float> residuals = residuals_of(sample);
    const std::vector<float> units = scaled_to_length_1(residuals);
    // A codec is learned anew when the vectors have drifted away from those that it was learned from.
    const bool fits = plan_.codec != nullptr && plan_.codec->measure(kernels_, units) <=
                                                    kMostDrift * plan_.codec->learned_error() + 1e-3F;
    codec_ = fits ? *plan_.codec
                  : Codec::train(kernels_, units, dimensions_, code_bytes_for(dimensions_), threads_);
    held_ = hold_queries(kernels_, sample, residuals, dimensions_, count());
    nearest_.resize(held_.size());
    centroids_.resize(lists_.size() * codec_.axes());
    parallel_for(lists_.size(), {.threads = threads_, .grain = 16}, [&](std::size_t list) {
      codec_.rotate(kernels_, lists_.centroid(list), centroids_.data() + list * codec_.axes());
    });
    return {};
  }

  std::vector<float> residuals_of(std::span<const float> sample) const {
    const std::size_t all = sample.size() / dimensions_;
    const std::size_t few = std::min(all, kMostResiduals);
    std::vector<float> residuals(few * dimensions_);
    parallel_for(few, {.threads = threads_, .grain = 64}, [&](std::size_t i) {
      const float* const row = sample.data() + i * all / few * dimensions_;
      const float* const centroid = lists_.centroid(lists_.nearest(kernels_, row));
      for (std::size_t d = 0; d < dimensions_; ++d) residuals[i * dimensions_ + d] = row[d] - centroid[d];
    });
    return residuals;
  }

  std::vector<float> scaled_to_length_1(std::vector<float> residuals) const {
    for (std::size_t i = 0; i < residuals.size(); i += dimensions_) {
      float* const row = residuals.data() + i;
      const float length = std::sqrt(kernels_.dot(row, row, dimensions_));
      for (std::size_t d = 0; d < dimensions_; ++d) row[d] = length > 1e-6F ? row[d] / length : 0.0F;
    }
    return residuals;
  }

  // Reads all rows, writes them, and keeps their codes.
  Result<void> encode_all(SegmentWriter& file) {
    const std::size_t code_bytes = codec_.code_bytes();
    codes_.resize(count() * code_bytes);
    coded_.resize(count());
    list_of_row_.resize(count());
    errors_.resize(lists_.size());
    std::vector<float> rows(std::min(kBatch, count()) * dimensions_);
    const PackedRow packing(dimensions_);
    const bool is_packed = plan_.row_bits == kPackedBits;
    Bytes packed(is_packed ? std::min(kBatch, count()) * packing.bytes() : 0);
    std::vector<float> errors(kBatch);
    std::vector<float> similarities(kBatch * held_.size());
    for (std::size_t begin = 0; begin < count(); begin += kBatch) {
      const std::size_t size = std::min(kBatch, count() - begin);
      const auto encoded =
          parallel_for(size, {.threads = threads_, .grain = 32}, [&](std::size_t i) -> Result<void> {
            float* const row = rows.data() + i * dimensions_;
            FIT_TRY(const std::uint64_t fingerprint, read_(plan_.rows[begin + i], row));
            errors[i] = encode(begin + i, row);
            if (is_packed) {
              const std::uint32_t list = list_of_row_[begin + i];
              packing.pack(row, list, lists_.centroid(list), fingerprint,
                           packed.data() + i * packing.bytes());
            }
            compare_with_held(row, similarities.data() + i * held_.size());
            return {};
          });
      FIT_CHECK(encoded);
      for (std::size_t i = 0; i < size; ++i) {
        float& most = errors_[list_of_row_[begin + i]];
        most = std::max(most, errors[i]);
        for (std::size_t h = 0; h < held_.size(); ++h) {
          const auto row = static_cast<std::uint32_t>(begin + i);
          if (row != held_[h].itself) nearest_[h].add(similarities[i * held_.size() + h], row);
        }
      }
      FIT_CHECK(file.add(SegmentSection::kRows,
                         is_packed ? ByteView(packed).first(size * packing.bytes())
                                   : std::as_bytes(std::span(rows).first(size * dimensions_))));
    }
    return {};
  }

  void compare_with_held(const float* row, float* similarities) const {
    std::size_t h = 0;
    for (; h + 4 <= held_.size(); h += 4) {
      const std::array<const float*, 4> four = {held_[h].query.data(), held_[h + 1].query.data(),
                                                held_[h + 2].query.data(), held_[h + 3].query.data()};
      kernels_.dot4(row, four.data(), dimensions_, similarities + h);
    }
    for (; h < held_.size(); ++h) similarities[h] = kernels_.dot(row, held_[h].query.data(), dimensions_);
  }

  // Encodes one row; returns the length of what its code leaves out.
  float encode(std::size_t index, const float* row) {
    const std::uint32_t list = lists_.nearest(kernels_, row);
    list_of_row_[index] = list;
    coded_[index] =
        codec_.encode_residual(kernels_, row, lists_.centroid(list), centroids_.data() + list * codec_.axes(),
                               codes_.data() + index * codec_.code_bytes());
    return coded_[index].left;
  }

  // Counts the lists' blocks and gives each row its slot.
  void sort_into_blocks() {
    std::vector<std::uint32_t> sizes(lists_.size());
    for (const std::uint32_t list : list_of_row_) ++sizes[list];
    first_blocks_.assign(1, 0);
    for (const std::uint32_t size : sizes) {
      first_blocks_.push_back(first_blocks_.back() +
                              static_cast<std::uint32_t>((size + kBlockVectors - 1) / kBlockVectors));
    }
    rows_of_slots_.assign(first_blocks_.back() * kBlockVectors, kNoRow);
    std::vector<std::uint32_t> next(lists_.size());
    for (std::uint32_t row = 0; row < count(); ++row) {
      const std::uint32_t list = list_of_row_[row];
      rows_of_slots_[first_blocks_[list] * kBlockVectors + next[list]++] = row;
    }
  }

  Result<void> write_rest(SegmentWriter& file) {
    std::vector<std::int64_t> ids(count());
    std::ranges::transform(plan_.rows, ids.begin(), &SourceRow::image);
    images_ = IdColumn::of(ids);
    std::ranges::transform(plan_.rows, ids.begin(), &SourceRow::item);
    items_ = IdColumn::of(ids);
    FIT_CHECK(file.add(SegmentSection::kImages, images_.bytes()));
    FIT_CHECK(file.add(SegmentSection::kItems, items_.bytes()));
    ByteWriter codec;
    codec_.write(codec);
    FIT_CHECK(file.add(SegmentSection::kCodec, codec.bytes()));
    ByteWriter lists;
    lists_.write(lists);
    FIT_CHECK(file.add(SegmentSection::kLists, lists.bytes()));
    FIT_CHECK(file.add(SegmentSection::kFirstBlocks, std::as_bytes(std::span(first_blocks_))));
    FIT_CHECK(file.add(SegmentSection::kErrors, std::as_bytes(std::span(errors_))));
    FIT_CHECK(write_blocks(file));
    FIT_CHECK(file.add(SegmentSection::kRowsOfSlots, std::as_bytes(std::span(rows_of_slots_))));
    std::vector<std::uint32_t> slots;
    slots.reserve(count());
    for (std::uint32_t slot = 0; slot < rows_of_slots_.size(); ++slot) {
      if (rows_of_slots_[slot] != kNoRow) slots.push_back(slot);
    }
    std::ranges::sort(slots, {}, [this](std::uint32_t slot) {
      return std::pair(plan_.rows[rows_of_slots_[slot]].item, rows_of_slots_[slot]);
    });
    for (std::size_t i = 0; i < slots.size(); ++i) {
      const auto item = [&](std::size_t at) { return plan_.rows[rows_of_slots_[slots[at]]].item; };
      distinct_items_ += i == 0 || item(i) != item(i - 1);
    }
    return file.add(SegmentSection::kSlotsByItem, std::as_bytes(std::span(slots)));
  }

  Result<void> write_blocks(SegmentWriter& file) const {
    constexpr std::size_t kBlocksAtOnce = 1024;  // blocks that are written at once
    const std::size_t code_bytes = codec_.code_bytes();
    const std::size_t block_bytes = kBlockVectors * code_bytes + kFactorBytes;
    std::vector<std::uint8_t> out(kBlocksAtOnce * block_bytes);
    for (std::size_t begin = 0; begin < first_blocks_.back(); begin += kBlocksAtOnce) {
      const std::size_t size = std::min<std::size_t>(kBlocksAtOnce, first_blocks_.back() - begin);
      std::ranges::fill(out, std::uint8_t{0});
      for (std::size_t i = 0; i < size * kBlockVectors; ++i) {
        const std::uint32_t row = rows_of_slots_[begin * kBlockVectors + i];
        if (row == kNoRow) continue;
        codec_.place(codes_.data() + row * code_bytes, coded_[row], i % kBlockVectors,
                     out.data() + i / kBlockVectors * block_bytes);
      }
      FIT_CHECK(file.add(SegmentSection::kBlocks, std::as_bytes(std::span(out).first(size * block_bytes))));
    }
    return {};
  }

  SegmentInfo info() const {
    return {.dimensions = static_cast<std::uint32_t>(dimensions_),
            .code_bytes = static_cast<std::uint32_t>(codec_.code_bytes()),
            .image_bytes = images_.width(),
            .item_bytes = items_.width(),
            .row_bits = plan_.row_bits,
            .rows = count(),
            .blocks = first_blocks_.back(),
            .items = distinct_items_};
  }

  const Kernels& kernels_;
  SegmentPlan plan_;
  const ReadVector& read_;
  const std::size_t dimensions_;
  const std::size_t threads_;
  Lists lists_;
  Codec codec_;
  std::vector<float> centroids_;  // of the lists, rotated
  std::vector<Held> held_;
  std::vector<Nearest> nearest_;     // by held query
  std::vector<std::uint8_t> codes_;  // by row
  std::vector<Codec::Coded> coded_;  // by row
  std::vector<std::uint32_t> list_of_row_;
  std::vector<float> errors_;  // by list
  std::vector<std::uint32_t> first_blocks_;
  std::vector<std::uint32_t> rows_of_slots_;
  IdColumn images_, items_;
  std::uint64_t distinct_items_ = 0;
};

}  // namespace

Result<BuiltSegment> build_segment(const Kernels& kernels, SegmentPlan plan, const ReadVector& read) {
  return Builder(kernels, std::move(plan), read).run();
}

}  // namespace fit::index
