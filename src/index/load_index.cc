#include <new>

#include "base/format.h"
#include "index/exact_index.h"
#include "index/hnsw_index.h"
#include "index/snapshot.h"
#include "index/vector_index.h"

namespace fit::index {

Result<LoadedIndex> load_index(const std::filesystem::path& folder, const HnswOptions& options) {
  FIT_TRY(const SnapshotReader snapshot, SnapshotReader::open(folder));
  const SnapshotInfo& info = snapshot.info();
  if (info.dimensions != static_cast<std::uint32_t>(options.dimensions)) {
    return malformed("snapshot", fit::format("of the index has {} dimensions where {} are wanted",
                                             info.dimensions, options.dimensions));
  }
  const auto load = [&]() -> Result<std::unique_ptr<VectorIndex>> {
    switch (info.kind) {
      case SnapshotKind::kExact:
        return ExactIndex::load(snapshot);
      case SnapshotKind::kHnsw:
        return HnswIndex::load(snapshot, options);
    }
    return SnapshotReader::damaged("its kind is unknown");
  };
  try {
    FIT_TRY(auto index, load());
    return LoadedIndex{std::move(index), info.position, info.space_version};
  } catch (const std::bad_alloc&) {
    return internal("there is no memory for the index", {});
  }
}

}  // namespace fit::index
