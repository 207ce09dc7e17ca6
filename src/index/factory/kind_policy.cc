#include "index/factory/kind_policy.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/format.h"
#include "base/machine_memory.h"
#include "index/kernels/code_scan.h"
#include "index/quantised/codec.h"
#include "index/quantised/packed_row.h"

namespace fit::index {
namespace {

// What a SlotTable takes for an image: ids, chains and the entry of the map from images to slots.
constexpr std::uint64_t kTableBytes = 80;
// What a segment takes for an image beside its code: image, item, the row of its slot, its slot by item.
constexpr std::uint64_t kSegmentIdBytes = 16;
constexpr std::uint64_t kLineBytes = 64;

std::uint64_t rounded_up(std::uint64_t bytes) {
  return (bytes + kLineBytes - 1) / kLineBytes * kLineBytes;
}

std::uint64_t whole_vector_bytes(const IndexOptions& options) {
  return static_cast<std::uint64_t>(options.dimensions) * sizeof(float);
}

// Codes with their factors and ids, the last blocks of lists half empty.
std::uint64_t segment_row_bytes(const IndexOptions& options) {
  const std::uint64_t code = code_bytes_for(static_cast<std::size_t>(options.dimensions));
  return (code + kFactorBytes / kBlockVectors) * 51 / 50 + kSegmentIdBytes;
}

// The vectors on disk: packed ones, and whole ones in the segments that are too small to be packed, of which
// three wait in each tier.
std::uint64_t stored_bytes(const IndexOptions& options, std::uint64_t vectors) {
  const std::uint64_t whole = std::min<std::uint64_t>(vectors, 4 * options.packed_from);
  return whole * whole_vector_bytes(options) +
         (vectors - whole) * PackedRow(static_cast<std::size_t>(options.dimensions)).bytes();
}

// The centroids and the rotation of segments of so many rows together.
std::uint64_t model_bytes(const IndexOptions& options, std::uint64_t rows) {
  const auto lists = static_cast<std::uint64_t>(8 * std::sqrt(static_cast<double>(rows)));
  return (std::min(lists, rows / 64) + static_cast<std::uint64_t>(options.dimensions)) *
         whole_vector_bytes(options);
}

std::uint64_t quantised_bytes(const IndexOptions& options, std::uint64_t vectors) {
  // Images gather while earlier ones are written.
  const std::uint64_t in_memory = std::min<std::uint64_t>(vectors, 2 * options.delta_images);
  return in_memory * (rounded_up(whole_vector_bytes(options)) + kTableBytes) +
         vectors * segment_row_bytes(options) + model_bytes(options, vectors);
}

std::string as_size(std::uint64_t bytes) {
  constexpr std::uint64_t kMiB = 1u << 20;
  if (bytes < 1024 * kMiB) return fit::format("{} MiB", (bytes + kMiB - 1) / kMiB);
  return fit::format("{:.1f} GiB", static_cast<double>(bytes) / static_cast<double>(1024 * kMiB));
}

}  // namespace

std::uint64_t memory_needed(IndexKind kind, const IndexOptions& options, std::uint64_t vectors) {
  switch (kind) {
    case IndexKind::kExact:
      return vectors * (rounded_up(whole_vector_bytes(options)) + kTableBytes);
    case IndexKind::kHnsw: {
      // A row with its links and the levels above (graph/graph.cc).
      const auto links = static_cast<std::uint64_t>(2 * options.m + 2) * sizeof(std::uint32_t);
      return vectors * (rounded_up(whole_vector_bytes(options) + links) + 11 + kTableBytes);
    }
    case IndexKind::kQuantised:
      break;
  }
  return quantised_bytes(options, vectors);
}

IndexKind wanted_kind(const KindPolicy& policy, const IndexOptions& options, std::uint64_t vectors,
                      std::optional<IndexKind> current) {
  if (policy.fixed) return *policy.fixed;
  for (const IndexKind kind : {IndexKind::kExact, IndexKind::kHnsw}) {
    const bool is_smaller = current && kind < *current;
    const std::uint64_t counted = is_smaller ? vectors + vectors / 3 : vectors;
    if (kind == IndexKind::kExact && counted >= kMostExact) continue;
    if (memory_needed(kind, options, counted) <= policy.memory_bytes) return kind;
  }
  return IndexKind::kQuantised;
}

IndexOptions options_for(IndexKind kind, const KindPolicy& policy, IndexOptions options) {
  constexpr std::uint64_t kLeastDelta = 1000;
  options.kind = kind;
  const std::uint64_t of_memory =
      policy.memory_bytes / 4 / (rounded_up(whole_vector_bytes(options)) + kTableBytes);
  options.delta_images =
      std::min<std::size_t>(options.delta_images, std::max<std::uint64_t>(kLeastDelta, of_memory));
  return options;
}

Room room_needed(IndexKind kind, const IndexOptions& options, std::uint64_t vectors) {
  const std::uint64_t memory = memory_needed(kind, options, vectors);
  switch (kind) {
    case IndexKind::kExact:
    case IndexKind::kHnsw:
      return {.memory_bytes = memory, .disk_bytes = memory};
    case IndexKind::kQuantised:
      break;
  }
  const std::uint64_t segments =
      vectors * segment_row_bytes(options) + stored_bytes(options, vectors) + model_bytes(options, vectors);
  return {.memory_bytes = 2 * memory, .disk_bytes = 2 * segments};
}

Room room_left(const std::filesystem::path& folder) {
  constexpr std::uint64_t kUnknown = std::numeric_limits<std::uint64_t>::max();
  std::error_code error;
  std::filesystem::path existing = std::filesystem::absolute(folder, error);
  while (!std::filesystem::exists(existing, error) && existing.has_relative_path())
    existing = existing.parent_path();
  const auto space = std::filesystem::space(existing, error);
  return {.memory_bytes = available_memory().value_or(kUnknown),
          .disk_bytes = error ? kUnknown : std::uint64_t{space.available}};
}

Result<void> check_room(const Room& needed, const Room& left) {
  const auto lacks = [](const char* of, std::uint64_t wanted, std::uint64_t there) {
    return Error{
        ErrorCode::kStorageFull,
        fit::format("the index needs {} of {}, and {} are left", as_size(wanted), of, as_size(there)),
        {},
        {}};
  };
  if (needed.memory_bytes > left.memory_bytes) return lacks("memory", needed.memory_bytes, left.memory_bytes);
  if (needed.disk_bytes > left.disk_bytes) return lacks("disk space", needed.disk_bytes, left.disk_bytes);
  return {};
}

}  // namespace fit::index
