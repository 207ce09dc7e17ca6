#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "store/pgvector/vector_layout.h"

namespace fit::store {

// The connection options of a shard, apart by whether they belong to the server or to the user.
struct ShardAddress {
  std::map<std::string, std::string> server;  // host, port, dbname, sslmode, ...
  std::map<std::string, std::string> user;    // user, and password where there is one

  // "name='value' ..." for a session with it.
  std::string connection(bool with_password) const;
};

// Parses the shard's url. kInvalid naming "layout" when libpq cannot read it, and when host or database is
// missing.
Result<ShardAddress> shard_address(const VectorLayout::Shard& shard);

}  // namespace fit::store
