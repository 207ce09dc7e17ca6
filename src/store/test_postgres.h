#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/temp_dir.h"

namespace fit::store::testing {

struct PostgresClusterOptions {
  bool durable = false;  // acknowledged writes survive kill -9, as with an operator's server
  std::vector<std::string> settings = {};  // "name=value"
  std::filesystem::path log = {};  // where its write-ahead log lies, in files of 1 MB; empty: with the rest
  std::map<std::string, std::string> environment = {};  // of the server
};

// Gives a folder to the user that servers run as.
void give_to_server(const std::filesystem::path& folder);

// A private PostgreSQL server in a temporary folder, reached through a socket there; it ends with this
// object, and with this process at the latest. As root it runs as the user postgres. Functions throw
// std::runtime_error when a program fails. For one thread.
class PostgresCluster {
 public:
  using Options = PostgresClusterOptions;

  // Whether this machine has a server's programs.
  static bool is_available();

  // A new cluster, started.
  explicit PostgresCluster(Options options = {});
  // A standby that follows `primary`, started.
  PostgresCluster(const PostgresCluster& primary, Options options);
  ~PostgresCluster();
  PostgresCluster(const PostgresCluster&) = delete;
  PostgresCluster& operator=(const PostgresCluster&) = delete;

  // "postgresql://user@/database?host=..."
  std::string url(const std::string& database = "postgres", const std::string& user = "postgres") const;
  const std::filesystem::path& folder() const { return folder_.path(); }

  // Runs a statement outside of a transaction; the first column of the first row, which must be a text.
  std::string sql(const std::string& statement, const std::string& database = "postgres") const;

  void start();
  bool has_ended();  // by itself
  void stop();       // as an operator: sessions are ended
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

// Runs a statement outside of a transaction; the first column of the first row, which must be a text.
std::string sql(const std::string& url, const std::string& statement);

// The URL of an own empty database, which the folder stands for, on a server that the tests of a run share:
// the one that ctest started (tests/postgres_cluster.py), or one of this process. Its databases are dropped
// when the process ends.
std::string postgres_url(const TempDir& folder);

}  // namespace fit::store::testing
