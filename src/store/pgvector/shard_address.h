#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "store/pgvector/vector_layout.h"

namespace fit::store {

// The connection options of a shard, divided into those of its server and those of the user mapping.
struct ShardAddress {
  std::map<std::string, std::string> server;  // host, port, dbname, sslmode, ...
  std::map<std::string, std::string> user;    // user, and password where there is one

  // Returns libpq's "name='value' ..." for a session with the shard.
  std::string connection(bool with_password) const;
};

// Parses the shard's url. kInvalid naming "layout" when libpq cannot parse it or host or database is missing.
Result<ShardAddress> shard_address(const VectorLayout::Shard& shard);

}  // namespace fit::store
