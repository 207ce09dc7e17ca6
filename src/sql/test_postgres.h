#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/temp_dir.h"

namespace fit::sql::testing {

struct PostgresClusterOptions {
  bool durable = false;  // acknowledged writes survive kill -9, as with an operator's server
  std::vector<std::string> settings = {};  // "name=value"
  std::filesystem::path log = {};  // folder of its write-ahead log, in files of 1 MB; empty: the cluster's
  std::map<std::string, std::string> environment = {};  // of the server
};

// Makes the user that servers run as the owner of a folder.
void give_to_server(const std::filesystem::path& folder);

// A private PostgreSQL server in a temporary folder, reached through a socket there; it ends with this
// object, and with this process at the latest. As root it runs as the user postgres. Functions throw
// std::runtime_error when a program fails. For one thread.
class PostgresCluster {
 public:
  using Options = PostgresClusterOptions;

  // Whether this machine has PostgreSQL's server programs.
  static bool is_available();

  // Makes and starts a new cluster.
  explicit PostgresCluster(Options options = {});
  // Makes and starts a standby that follows `primary`.
  PostgresCluster(const PostgresCluster& primary, Options options);
  ~PostgresCluster();
  PostgresCluster(const PostgresCluster&) = delete;
  PostgresCluster& operator=(const PostgresCluster&) = delete;

  // "postgresql://user@/database?host=..."
  std::string url(const std::string& database = "postgres", const std::string& user = "postgres") const;
  const std::filesystem::path& folder() const { return folder_.path(); }

  // Runs a statement outside of a transaction. Returns the first column of the first row, which must be a
  // text.
  std::string sql(const std::string& statement, const std::string& database = "postgres") const;

  void start();
  bool has_ended();  // whether the server ended by itself
  void stop();       // ends the sessions, then the server, as an operator does
  void kill();       // kill -9 of the server, as a crash

 private:
  void run(const std::vector<std::string>& command) const;
  void end(int signal);

  TempDir folder_;
  Options options_;
  pid_t server_ = -1;
};

// PgBouncer in transaction mode before a cluster's databases, with three connections to each.
class PgBouncer {
 public:
  static bool is_available();
  explicit PgBouncer(const PostgresCluster& cluster);
  ~PgBouncer();
  PgBouncer(const PgBouncer&) = delete;
  PgBouncer& operator=(const PgBouncer&) = delete;

  std::string url(const std::string& database) const;

 private:
  TempDir folder_;
  pid_t process_ = -1;
};

// Runs a statement outside of a transaction. Returns the first column of the first row, which must be a text.
std::string sql(const std::string& url, const std::string& statement);

// Returns the URL of a database that belongs to the folder and is empty at first. It is on a server that the
// tests of a run share: the one that ctest started (tests/postgres_cluster.py), or one of this process. The
// databases of the process are dropped when it ends.
std::string postgres_url(const TempDir& folder);

// What a database begins with. Databases are copied from one of its kind, which is made once in a run.
struct DatabaseTemplate {
  std::string name;  // of lower-case letters, digits and _; another content has another name
  std::function<void(const std::string& url)> fill;  // an empty database; closes all its sessions
};

// The same for a database that begins as the template says.
std::string postgres_url(const TempDir& folder, const DatabaseTemplate& begins_with);

}  // namespace fit::sql::testing
