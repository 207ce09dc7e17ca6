#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "sql/database.h"
#include "store/blocked_images.h"
#include "store/changes.h"
#include "store/content_reviews.h"
#include "store/engine.h"
#include "store/integrity.h"
#include "store/items.h"
#include "store/metadata.h"
#include "store/spaces.h"
#include "store/vectors.h"
#include "store/words.h"

namespace fit::store {

// The durable catalogue: items, their images and vectors, and the order in which they changed. The parts
// share the database's connections and live as long as the catalogue. Thread-safe; calls block. A write that
// returned success is on the disk and survives a crash; a write that returned an error changed nothing,
// unless the connection was lost during the commit, which the error says. Errors of all parts besides those
// that they name: kStorageFull (no space, read-only), kUnavailable (locked or not reachable; try again),
// kInternal (damaged database, a mistake in the program).
class Catalogue {
 public:
  // Takes over a database whose schema is up to date; open_catalogue() is the usual way. Blocks.
  static Result<std::unique_ptr<Catalogue>> make(sql::Database::Pools pools, const Engine& engine,
                                                 const GraphOptions& graph);
  Catalogue(const Catalogue&) = delete;
  Catalogue& operator=(const Catalogue&) = delete;

  // The random id that the catalogue got when it was made. Files that are derived from a catalogue, such as
  // snapshots, store its id, by which they are recognised.
  const std::string& id() const { return id_; }

  // Succeeds when the database responds and no call has met damaged data; kDamaged otherwise. Cheap; for
  // /ready.
  Result<void> check();

  // Checks the tables and indexes, beside reads and writes, and adds findings to `found`, whatever is
  // returned: kCancelled after `stop`, or the errors of a database that cannot be read at all. `progress`
  // gets the number of finished tables and indexes and of all. A finding makes check() fail; a completed
  // check without findings makes it succeed again. Takes about as long as reading the files of the database,
  // several times as long when thorough.
  Result<void> check_integrity(const IntegrityOptions& options, const Progress& progress,
                               const std::stop_token& stop, std::vector<Damage>& found);

  Items& items() { return items_; }
  Vectors& vectors() { return vectors_; }
  Spaces& spaces() { return spaces_; }
  Changes& changes() { return changes_; }
  Words& words() { return words_; }
  Metadata& metadata() { return metadata_; }
  ContentReviews& reviews() { return reviews_; }
  BlockedImages& blocked_images() { return blocked_images_; }

  // The database, for the tables of other folders (accounts).
  sql::Database& database() { return database_; }

  // Search inside the database, owned by the catalogue; null on engines without it (SQLite).
  VectorSearch* vector_search() { return search_.get(); }

  // The state of the connections; cheap.
  sql::PoolStats pool_stats() { return database_.pool_stats(); }

 private:
  Catalogue(std::string id, sql::Database::Pools pools, const Engine& engine, const GraphOptions& graph);

  const std::string id_;
  const Engine& engine_;
  sql::Database database_;
  Spaces spaces_;
  Items items_;
  Vectors vectors_;
  Changes changes_;
  Words words_;
  Metadata metadata_;
  ContentReviews reviews_;
  BlockedImages blocked_images_;
  std::unique_ptr<VectorSearch> search_;  // null where the engine has none
};

// How a catalogue is opened.
struct OpenOptions {
  std::size_t connections = 4;  // for reads; at least 1. Writes have connections of their own.
  // How long a write waits for another process before kUnavailable.
  std::chrono::milliseconds busy_timeout{10'000};

  // These have an effect on PostgreSQL only.
  std::size_t overflow_connections = 8;                 // further connections while all are busy
  std::chrono::milliseconds statement_timeout{30'000};  // longest time of one statement; 0: no limit
  // Standbys that serve reads. Reads go to the primary while a standby is not reachable, is further behind
  // than max_lag, or lacks a write of this process.
  std::vector<std::string> read_urls = {};
  std::chrono::milliseconds max_lag{10'000};
  GraphOptions graph = {};
};

// Opens the database of a DATABASE_URL and applies missing migrations. Blocks.
//
// "sqlite:///relative.db" and "sqlite:////absolute.db" name a file. Missing folders are made. Several
// processes may use one file on a local disk. "postgresql://user:password@host:port/database" names a
// database on PostgreSQL 15 or newer with pgvector 0.8 or newer. A missing extension is created when the user
// may do so. PgBouncer may be between program and server. PostgreSQL stores vectors with 11 bits of mantissa
// (pgvector's halfvec), and refuses numbers beyond 65504.
//
// Errors naming DATABASE_URL: kInvalid (unknown scheme, not a database, wrong password, missing or old
// extension), kUnavailable (locked, not reachable), kStorageFull (cannot be made or written), kInternal
// (damaged), kConflict (its schema is newer than this program: upgrade the program). kInvalid naming
// DATABASE_READ_URL for a standby that refuses the session.
Result<std::unique_ptr<Catalogue>> open_catalogue(const std::string& database_url,
                                                  const OpenOptions& options = {});

}  // namespace fit::store
