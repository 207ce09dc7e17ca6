#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "domain/space.h"
#include "domain/vectors.h"
#include "search/selection.h"

namespace fit::search {

// How an index of this process becomes one of another kind.
struct ConversionState {
  std::string to;          // "exact", "hnsw" or "quantised"
  std::int64_t done = 0;   // vectors
  std::int64_t total = 0;  // vectors; 0: not counted yet
  std::string problem;     // why the conversion does not run, for clients; empty: it runs
};

// The state of a vector index, for health checks and metrics.
struct SearcherState {
  std::string kind;  // "exact", "hnsw", "quantised"; "pgvector hnsw" and "pgvector exact" in the database
  std::size_t images = 0;                          // vectors in the index
  std::size_t bytes = 0;                           // the size of the index
  std::int64_t position = 0;                       // the position that the index has reached
  std::optional<std::size_t> missing = {};         // images without a vector in the space, where it is known
  std::optional<std::size_t> deleted = {};         // dead vectors that still take memory, where it is known
  std::optional<ConversionState> conversion = {};  // nullopt: the index is of the kind that is wanted
};

// Finds the nearest items in one vector space, of images or of texts. Implementations: an index in this
// process (search/index_searcher.h) and pgvector (search/pgvector_searcher.h). A searcher works with any
// ItemColumns whose selections have the form that it reads: kInternal for one that lacks it. Thread-safe;
// calls may block. Other errors are the store's.
class VectorSearcher {
 public:
  virtual ~VectorSearcher() = default;

  virtual const domain::SpaceRecord& space() const = 0;

  // Whether the index is built: it has held all vectors of the store at least once.
  virtual bool is_complete() const = 0;

  // The position that the index has reached; nullopt for an index in the database, which is never behind.
  virtual std::optional<std::int64_t> position() const = 0;

  virtual Result<SearcherState> state() const = 0;

  // The nearest items of the selection by their best vector, best first; equal similarities by smaller item
  // id. Exactly `limit` items whenever that many are selected and reach `min_similarity`. `vector` has the
  // space's dimensions and L2 norm 1.
  virtual Result<std::vector<domain::Neighbor>> nearest(
      std::span<const float> vector, std::size_t limit, const Selection& selection,
      float min_similarity = -std::numeric_limits<float>::infinity()) const = 0;

  // The nearest items as candidates for a fusion. It may be cheaper than nearest() and miss some of the last
  // items.
  virtual Result<std::vector<domain::Neighbor>> candidates(std::span<const float> vector, std::size_t limit,
                                                           const Selection& selection) const {
    return nearest(vector, limit, selection);
  }

  // The vectors of these items, in the order of the items; those of unknown items are left out.
  virtual Result<std::vector<domain::ImageVector>> vectors_of(std::span<const ItemId> items) const = 0;

 protected:
  VectorSearcher() = default;
  VectorSearcher(const VectorSearcher&) = default;
  VectorSearcher& operator=(const VectorSearcher&) = default;
};

}  // namespace fit::search
