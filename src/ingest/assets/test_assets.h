#pragma once

#include <string>
#include <vector>

#include "base/hash.h"
#include "ingest/assets/assets.h"
#include "sql/database.h"

// What several tests of this folder use.
namespace fit::ingest::testing {

// A sent file with these bytes, which are not stored.
inline NewAsset sent(const std::string& content, const AssetMetadata& metadata = {}) {
  return {.sha256 = sha256_hex(as_bytes(content)),
          .media_type = "image/jpeg",
          .size_bytes = static_cast<std::int64_t>(content.size()),
          .name = content + ".jpg",
          .url = {},
          .metadata = metadata,
          .owner = "key:1"};
}

inline AddedAsset add(Assets& assets, const NewAsset& asset) {
  return assets.add(std::span(&asset, 1)).value().at(0);
}

// Sets the state of a job, as the queue does.
inline void set_job_state(sql::Database& database, std::int64_t job, std::string_view state) {
  const auto set =
      database.write(sql::Ordering::kUnordered, [&](sql::SqlConnection& connection) -> Result<void> {
        FIT_CHECK(connection.execute("UPDATE jobs SET state = $1 WHERE id = $2", {state, job}));
        return {};
      });
  if (!set) throw std::runtime_error(set.error().describe());
}

}  // namespace fit::ingest::testing
