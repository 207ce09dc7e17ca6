#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "store/pgvector/vector_layout.h"

namespace fit::store {

// What libpq is told to reach a shard, apart by whether it belongs to the server or to the user.
struct ShardAddress {
  std::map<std::string, std::string> server;  // host, port, dbname, sslmode, ...
  std::map<std::string, std::string> user;    // user, and password where there is one

  // "name='value' ..." for a session with it.
  std::string connection(bool with_password) const;
};

// Of the shard's url. kInvalid naming "layout" for what libpq cannot read, and where host or database is
// missing.
Result<ShardAddress> shard_address(const VectorLayout::Shard& shard);

}  // namespace fit::store
