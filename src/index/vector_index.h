#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "domain/vectors.h"
#include "index/item_set.h"

namespace fit::index {

// One image's vector on its way into an index. `vector` is borrowed for the call. Ids are positive.
struct Entry {
  ImageId image;
  ItemId item;                    // the item that the image belongs to
  std::span<const float> vector;  // `dimensions` numbers, L2 norm 1
};

// What a search returns and how thoroughly it looks. The filter is borrowed for the call.
struct SearchOptions {
  std::size_t limit = 20;                                          // items wanted, >= 1
  const ItemSet* filter = nullptr;                                 // only these items; nullptr: all
  float min_similarity = -std::numeric_limits<float>::infinity();  // results below it are left out
  // Graph search width (HNSW's ef). 0: the index chooses the width of each query for a recall of about 0.97.
  std::size_t effort = 0;
  // Whether the results are candidates to be fused with others. The graph search then ends at the width of
  // `limit`, and may miss some of the last candidates.
  bool are_candidates = false;
};

// The kind and size of an index.
struct IndexStats {
  std::string kind;         // "exact", "hnsw" or "quantised"
  std::size_t images = 0;   // live vectors
  std::size_t deleted = 0;  // dead vectors that still take memory
  std::size_t memory_bytes = 0;
};

// A nearest-neighbour structure over the vectors of one space. Each kind keeps the vectors in memory or on
// disk; factory/open_index.h makes and opens all kinds. Thread-safe: searches run beside each other and
// beside updates; updates, saves and checkpoints run one after the other. A search sees every update that
// returned before it began, and sees any update whole or not at all.
class VectorIndex {
 public:
  virtual ~VectorIndex() = default;

  // Adds images, or replaces the vectors (and items) of images already there.
  // kInvalid, with nothing changed, when a vector has the wrong size, is not finite or not of length 1 within
  // 1 %, an id is not positive or an image comes twice; kInternal, with nothing added, when memory runs out.
  // A large batch is linked by all cores. An update that leaves more than 30 % of the index dead also
  // compacts it before it returns (about a second for 40,000 images a core, while searches go on and
  // memory doubles). The kQuantised kind writes gathered images to the disk in the background; an
  // update waits while as many have gathered as are being written.
  virtual Result<void> upsert(std::span<const Entry> entries) = 0;

  // Makes `entries` exactly the images of `items`; each entry's item is one of them. Images of these items
  // that are not among the entries are removed. An entry whose vector is already there unchanged costs
  // nothing. Errors as for upsert().
  virtual Result<void> replace_items(std::span<const ItemId> items, std::span<const Entry> entries) = 0;

  // Removes images; unknown ones are ignored.
  virtual void remove(std::span<const ImageId> images) = 0;

  // The nearest items by their best image, best first; equal similarities by smaller item id. Exactly `limit`
  // items whenever that many match the filter and min_similarity, fewer only when fewer match: an index that
  // finds fewer any other way compares every matching image. The query is scaled to length 1. kInvalid for a
  // query of the wrong size, not finite or all zero, or limit 0.
  virtual Result<std::vector<domain::Neighbor>> search(std::span<const float> query,
                                                       const SearchOptions& options) const = 0;

  // The vectors of these items' images, in the order of the items; unknown items are left out.
  virtual std::vector<domain::ImageVector> vectors_of(std::span<const ItemId> items) const = 0;

  virtual IndexStats stats() const = 0;
  virtual int dimensions() const = 0;

  // Writes a copy of the whole index into `folder`, which is made if need be; open_index() reads it.
  // `position` is the change number of the store up to which the index is complete, `space_version`
  // identifies the model whose vectors it holds. The copy is written beside the old one, synced and renamed:
  // a crash or an error leaves the old copy. Searches go on; updates wait. kStorageFull; kConflict while
  // another process saves there; kInvalid when space_version is longer than 255 bytes.
  virtual Result<void> save(const std::filesystem::path& folder, std::int64_t position,
                            const std::string& space_version) const = 0;

  // Makes durable what open_index() needs to return the index as it is at `position`, in the index's own
  // folder (the one that it was opened with). Afterwards open_index() of that folder returns every update
  // that returned before this call, with this position and space_version. An error leaves the previous
  // checkpoint valid. An index in memory saves a whole copy; one on disk writes what changed since the
  // previous checkpoint. Concurrency and errors as for save(); kInvalid when the index has no folder.
  virtual Result<void> checkpoint(std::int64_t position, const std::string& space_version) = 0;
};

// The kinds of index that factory/open_index.h makes.
enum class IndexKind : std::uint8_t {
  kExact,  // compares the query with every vector: for up to about 20,000 images, and as the truth in tests
  kHnsw,   // a hierarchical navigable small world graph (graph/graph.h)
  kQuantised,  // codes in memory, vectors on disk (quantised/quantised_index.h)
};

// How an index is built. A saved index opens only with the kind, dimensions and m that it was made with.
struct IndexOptions {
  IndexKind kind = IndexKind::kHnsw;
  int dimensions = 0;
  std::size_t capacity = 1024;  // images to make room for; grown when needed
  // For kHnsw alone:
  int m = 16;                 // links a node, 2 to 256
  int ef_construction = 200;  // width while building
  int build_threads = 0;  // for large batches and compacting, kQuantised too; 0: one for each hardware thread
  // For kQuantised alone: images that gather in memory before they become a segment on disk.
  std::size_t delta_images = 20'000;
  // For kQuantised alone: segments of so many images have their vectors in 12 bits a number, smaller ones
  // whole.
  std::size_t packed_from = 250'000;
  // For kQuantised alone: reads the vector of an image, `dimensions` numbers, where the index cannot read its
  // own. Thread-safe; empty: nothing can.
  std::function<Result<void>(ItemId item, ImageId image, std::span<float> vector)> read_elsewhere = {};
};

}  // namespace fit::index
