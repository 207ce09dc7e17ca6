#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/fd.h"
#include "base/hash.h"
#include "base/result.h"
#include "index/new_file.h"

namespace fit::index {

// A snapshot is one file, `vectors.fitindex`, in the index's folder. It is written as `vectors.fitindex.tmp`,
// synced and renamed, so that the name holds a whole snapshot or none at any moment.
//
// Little-endian: a header of 408 bytes (magic "FITINDEX", format version 1, the fields of SnapshotInfo, each
// section's size and XXH3-64, and last the XXH3-64 of the header itself), then the sections, one after the
// other:
//   images   one int64 a slot
//   items    one int64 a slot; 0: the slot is dead
//   rows     row_bytes a slot: the vector in float32; for kHnsw the whole row of Graph::raw_rows()
//   levels   one byte a slot, from Graph::raw_levels(); empty for kExact. For kQuantised, whose slots are
//   those
//            in memory: the table of segments (quantised/quantised_save.cc)
//   links    the links of upper levels, from Graph::raw_upper_links(); empty for the other kinds

// The kind of the index in a snapshot, as the file stores it.
enum class SnapshotKind : std::uint32_t { kExact = 1, kHnsw = 2, kQuantised = 3 };

// The fields of a snapshot's header.
struct SnapshotInfo {
  SnapshotKind kind = SnapshotKind::kExact;
  std::uint32_t dimensions = 0;
  std::uint32_t m = 0;                // 0 but for kHnsw
  std::uint32_t ef_construction = 0;  // 0 but for kHnsw
  std::uint64_t slots = 0;
  std::uint64_t row_bytes = 0;
  std::int64_t position = 0;
  std::uint32_t entry_node = ~std::uint32_t{0};
  std::int32_t entry_level = -1;
  std::string space_version;  // up to 255 bytes
};

// The file's sections, in this order.
enum class Section { kImages, kItems, kRows, kLevels, kUpperLinks, kSegments = kLevels };
inline constexpr std::size_t kSectionCount = 5;

// The file of the folder's snapshot.
std::filesystem::path snapshot_file(const std::filesystem::path& folder);

// The XXH3-64 of the header of the folder's snapshot, whole or damaged, which changes with every snapshot; 0
// when there is none.
std::uint64_t snapshot_identity(const std::filesystem::path& folder);

// Writes one snapshot. A snapshot that is not committed is removed, and the earlier one stays. Not
// thread-safe.
class SnapshotWriter {
 public:
  // Makes the folder if need be. kConflict while another process saves there. This call, add() and commit()
  // return kStorageFull when the disk is full.
  static Result<SnapshotWriter> create(const std::filesystem::path& folder);

  // Writes the next section, in the order of Section: its parts one after the other.
  Result<void> add(std::span<const ByteView> parts);
  Result<void> add(ByteView content) { return add(std::span(&content, 1)); }

  // Call after all sections. kInvalid when space_version is too long.
  Result<void> commit(const SnapshotInfo& info);

 private:
  explicit SnapshotWriter(NewFile file) : file_(std::move(file)) {}

  NewFile file_;
  std::size_t sections_ = 0;
  std::array<std::uint64_t, kSectionCount> bytes_{};
  std::array<std::uint64_t, kSectionCount> checksums_{};
};

// Reads one snapshot. kNotFound when there is none; kMalformed when a checksum, the format's version or a
// size is wrong. Not thread-safe.
class SnapshotReader {
 public:
  static Result<SnapshotReader> open(const std::filesystem::path& folder);
  SnapshotReader(SnapshotReader&& other) noexcept = default;
  SnapshotReader& operator=(SnapshotReader&&) = delete;

  const SnapshotInfo& info() const { return info_; }
  std::uint64_t bytes(Section section) const { return bytes_[static_cast<std::size_t>(section)]; }

  // Fills `memory`, of bytes(section) bytes, and compares the checksum. The content must not be used unless
  // the call succeeds.
  Result<void> read(Section section, std::span<std::byte> memory) const;

  // Reads a section, as read() does, into a vector of numbers.
  template <class T>
  Result<std::vector<T>> read_all(Section section) const {
    if (bytes(section) % sizeof(T) != 0) return damaged("a section's size is odd");
    std::vector<T> numbers(bytes(section) / sizeof(T));
    FIT_CHECK(read(section, std::as_writable_bytes(std::span(numbers))));
    return numbers;
  }

  // kMalformed for a snapshot whose content is inconsistent: `what` says how.
  static Error damaged(std::string_view what);

 private:
  SnapshotReader() = default;
  Result<void> read_header(std::uint64_t file_bytes);

  std::filesystem::path path_;
  Fd fd_;
  SnapshotInfo info_;
  std::array<std::uint64_t, kSectionCount> bytes_{};
  std::array<std::uint64_t, kSectionCount> checksums_{};
};

}  // namespace fit::index
