#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>

#include "base/result.h"
#include "index/vector_index.h"

namespace fit::index {

// Up to so many vectors are compared one by one: no index is faster there.
inline constexpr std::uint64_t kMostExact = 20'000;

// How the kind of an index is selected. `fixed` is the kind whatever the size; nullopt: exact below
// kMostExact vectors, a graph above, each only while its memory fits `memory_bytes`, quantised beyond.
struct KindPolicy {
  std::optional<IndexKind> fixed = {};
  std::uint64_t memory_bytes = std::numeric_limits<std::uint64_t>::max();
};

// The resident memory of an index of so many vectors, in bytes. `options.kind` does not count.
std::uint64_t memory_needed(IndexKind kind, const IndexOptions& options, std::uint64_t vectors);

// The kind for so many vectors. An index that is of a `current` kind changes to a smaller one only when its
// vectors would fit that one a third more often, so that a catalogue near a border does not change back and
// forth.
IndexKind wanted_kind(const KindPolicy& policy, const IndexOptions& options, std::uint64_t vectors,
                      std::optional<IndexKind> current = {});

// The options for an index of this kind under the policy: images gather in at most a quarter of the memory,
// 1,000 at least, before they become a segment.
IndexOptions options_for(IndexKind kind, const KindPolicy& policy, IndexOptions options);

// What a build takes, or what a machine has left, in bytes.
struct Room {
  std::uint64_t memory_bytes = 0;
  std::uint64_t disk_bytes = 0;
};

// What building an index of so many vectors takes beside what is there already: its memory, its file or its
// segments, and for segments the copies that merges make.
Room room_needed(IndexKind kind, const IndexOptions& options, std::uint64_t vectors);

// What is left for this process and in the file system of the folder, which may be missing. What cannot be
// read counts as unlimited.
Room room_left(const std::filesystem::path& folder);

// kStorageFull when `left` is less than `needed`; the message says how much is needed and how much there is.
Result<void> check_room(const Room& needed, const Room& left);

}  // namespace fit::index
