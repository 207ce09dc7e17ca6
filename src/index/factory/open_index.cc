#include "index/factory/open_index.h"

#include <new>

#include "base/format.h"
#include "index/exact_index.h"
#include "index/graph/hnsw_index.h"
#include "index/quantised/quantised_index.h"
#include "index/snapshot.h"

namespace fit::index {
namespace {

std::unique_ptr<MemoryIndex> make_memory_index(const IndexOptions& options) {
  switch (options.kind) {
    case IndexKind::kExact:
      return std::make_unique<ExactIndex>(options.dimensions);
    case IndexKind::kHnsw:
    case IndexKind::kQuantised:
      break;
  }
  return std::make_unique<HnswIndex>(options);
}

SnapshotKind snapshot_kind(IndexKind kind) {
  switch (kind) {
    case IndexKind::kExact:
      return SnapshotKind::kExact;
    case IndexKind::kHnsw:
      break;
    case IndexKind::kQuantised:
      return SnapshotKind::kQuantised;
  }
  return SnapshotKind::kHnsw;
}

Result<std::unique_ptr<VectorIndex>> load(const SnapshotReader& snapshot, const std::filesystem::path& folder,
                                          const IndexOptions& options) {
  const SnapshotInfo& info = snapshot.info();
  if (info.dimensions != static_cast<std::uint32_t>(options.dimensions)) {
    return malformed("snapshot", fit::format("of the index has {} dimensions where {} are wanted",
                                             info.dimensions, options.dimensions));
  }
  if (info.kind != snapshot_kind(options.kind))
    return malformed("snapshot", "of the index is of another kind");
  if (options.kind == IndexKind::kQuantised) return QuantisedIndex::load(snapshot, folder, options);
  FIT_TRY(auto index, options.kind == IndexKind::kExact ? ExactIndex::load(snapshot)
                                                        : HnswIndex::load(snapshot, options));
  index->set_folder(folder);
  return std::unique_ptr<VectorIndex>(std::move(index));
}

}  // namespace

std::unique_ptr<VectorIndex> make_index(const IndexOptions& options, const std::filesystem::path& folder) {
  if (options.kind == IndexKind::kQuantised) return std::make_unique<QuantisedIndex>(options, folder);
  auto index = make_memory_index(options);
  index->set_folder(folder);
  return index;
}

Result<SavedIndex> saved_index(const std::filesystem::path& folder) {
  FIT_TRY(const SnapshotReader snapshot, SnapshotReader::open(folder));
  const SnapshotInfo& info = snapshot.info();
  switch (info.kind) {
    case SnapshotKind::kExact:
      return SavedIndex{IndexKind::kExact, info.position};
    case SnapshotKind::kHnsw:
      return SavedIndex{IndexKind::kHnsw, info.position};
    case SnapshotKind::kQuantised:
      return SavedIndex{IndexKind::kQuantised, info.position};
  }
  return SnapshotReader::damaged("it is of an unknown kind");
}

void remove_saved_index(const std::filesystem::path& folder) {
  std::error_code ignored;
  std::filesystem::remove(snapshot_file(folder), ignored);
}

Result<OpenedIndex> open_index(const std::filesystem::path& folder, const IndexOptions& options) {
  FIT_TRY(const SnapshotReader snapshot, SnapshotReader::open(folder));
  try {
    FIT_TRY(auto index, load(snapshot, folder, options));
    return OpenedIndex{std::move(index), snapshot.info().position, snapshot.info().space_version};
  } catch (const std::bad_alloc&) {
    return internal("there is no memory for the index", {});
  }
}

}  // namespace fit::index
