#pragma once

namespace fit::store {

// How PostgreSQL builds the graph (HNSW) of a new space's vectors.
struct GraphOptions {
  int m = 16;                // links of a node: 2 to 100
  int ef_construction = 64;  // width of the search while it is built: at least 2 m, at most 1000
};

}  // namespace fit::store
