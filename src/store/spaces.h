#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "domain/space.h"
#include "sql/database.h"
#include "store/engine.h"

namespace fit::store {

// The vector spaces of a catalogue. Thread-safe; calls block.
class Spaces {
 public:
  Spaces(sql::Database& database, const Engine& engine, const GraphOptions& graph)
      : database_(database), engine_(engine), graph_(graph) {}

  // Returns the space of that name and version, and makes it when it is new. kConflict when it exists with
  // other dimensions or of another kind; kInvalid naming the member of the spec at fault.
  Result<domain::SpaceRecord> ensure(const domain::SpaceSpec& spec);

  // All spaces, by ascending id.
  Result<std::vector<domain::SpaceRecord>> list();

  // Returns the space with the id, or nothing. Blocks only for a space that was not read before, as spaces
  // never change.
  Result<std::optional<domain::SpaceRecord>> find(std::int64_t space_id);

  // As find(); kInvalid naming "space_id" for an unknown space or one of another kind.
  Result<domain::SpaceRecord> get(std::int64_t space_id, domain::VectorsOf kind);

 private:
  sql::Database& database_;
  const Engine& engine_;
  const GraphOptions graph_;
  std::mutex mutex_;
  std::unordered_map<std::int64_t, domain::SpaceRecord> known_;  // under the mutex
};

}  // namespace fit::store
