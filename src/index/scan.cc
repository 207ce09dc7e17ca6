#include "index/scan.h"

#include <algorithm>
#include <array>

namespace fit::index {
namespace {

constexpr std::size_t kTogether = 4;
constexpr std::size_t kAhead = 2 * kTogether;
constexpr std::size_t kPrefetchBytes = 512;  // the processor's own prefetcher takes it from there

void prefetch(const VectorRows& rows, Slot slot) {
  const char* row = reinterpret_cast<const char*>(rows[slot]);
  const std::size_t bytes = std::min(kPrefetchBytes, rows.dimensions * sizeof(float));
  for (std::size_t byte = 0; byte < bytes; byte += 64) __builtin_prefetch(row + byte);
}

}  // namespace

void scan(const Kernels& kernels, const VectorRows& rows, const float* query, const SlotTable& table,
          std::span<const Slot> slots, TopItems& best) {
  const auto offer = [&](Slot slot, float score) {
    const float similarity = std::clamp(score, -1.0F, 1.0F);
    if (best.wants(similarity)) best.add(table.item(slot), table.image(slot), similarity);
  };
  for (std::size_t i = 0; i < std::min(kAhead, slots.size()); ++i) prefetch(rows, slots[i]);
  std::size_t i = 0;
  for (; i + kTogether <= slots.size(); i += kTogether) {
    std::array<const float*, kTogether> four{};
    std::array<float, kTogether> scores{};
    for (std::size_t j = 0; j < kTogether; ++j) {
      four[j] = rows[slots[i + j]];
      if (i + j + kAhead < slots.size()) prefetch(rows, slots[i + j + kAhead]);
    }
    kernels.dot4(query, four.data(), rows.dimensions, scores.data());
    for (std::size_t j = 0; j < kTogether; ++j) offer(slots[i + j], scores[j]);
  }
  for (; i < slots.size(); ++i) offer(slots[i], kernels.dot(query, rows[slots[i]], rows.dimensions));
}

std::vector<domain::ImageVector> read_vectors(const SlotTable& table, const VectorRows& rows,
                                              std::span<const ItemId> items) {
  std::vector<Slot> slots;
  slots.reserve(items.size());
  for (const ItemId item : items) table.append_slots_of(item, slots);
  std::vector<domain::ImageVector> vectors;
  vectors.reserve(slots.size());
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (i + kTogether < slots.size()) prefetch(rows, slots[i + kTogether]);
    const float* const row = rows[slots[i]];
    vectors.push_back(
        {table.image(slots[i]), table.item(slots[i]), std::vector<float>(row, row + rows.dimensions)});
  }
  return vectors;
}

}  // namespace fit::index
