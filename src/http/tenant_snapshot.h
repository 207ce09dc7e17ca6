#pragma once

#include <functional>
#include <memory>

#include "http/principal.h"

namespace fit::catalog {
class Catalog;
}
namespace fit::embed {
class Embedder;
}
namespace fit::search {
class SearchEngine;
}

namespace fit::http {

// A tenant's services at one moment, all of the same vector space. A request uses one snapshot from its
// beginning to its end, so that a space switch does not affect it.
struct TenantSnapshot {
  std::shared_ptr<const void> owner;  // keeps the others alive
  search::SearchEngine& engine;
  catalog::Catalog& catalog;     // refuses local paths: locations come from clients
  embed::Embedder& embedder;     // for /v1/embeddings
  bool has_text_search = false;  // whether texts are compared by vectors
};

// Takes a snapshot of the tenant that the principal belongs to. Thread-safe; does not block.
using SnapshotSource = std::function<TenantSnapshot(const Principal&)>;

}  // namespace fit::http
