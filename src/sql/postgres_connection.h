#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "sql/sql_connection.h"

namespace fit::sql {

// Where and how a session is opened.
struct PostgresOptions {
  std::string url;  // "postgresql://user:password@host:port/database?options", as libpq reads it
  std::chrono::milliseconds lock_timeout{10'000};  // how long a write waits for another writer
  std::chrono::milliseconds statement_timeout{0};  // longest time of one statement; 0: no limit
  std::chrono::seconds connect_timeout{10};        // where the URL has none
};

// Opens a session with a PostgreSQL server of version 15 or newer. A read transaction is REPEATABLE READ,
// READ ONLY. An ordered write transaction holds an advisory lock to its end, so that the ordered writers of
// all processes follow each other. commit() returns when the server has the write on its disk, even where its
// synchronous_commit is off. Statements are prepared once by the protocol and cached, and settings are made
// for each transaction. Therefore PgBouncer may be between program and server, in transaction mode with
// max_prepared_statements above 0, unless the URL is of with_schema() (postgres_schema.h). Blocks.
//
// A session of with_schema() has ordered writers and their lock of its own.
//
// Errors of opening: kInvalid (no URL, wrong password, no such
// database, another encoding than UTF-8, an older server), kUnavailable (not reachable, starting or stopping,
// too many connections). Of statements, besides those of SqlConnection: kStorageFull (no space, a read-only
// standby), kTooLarge (a value over the server's limits), kUnavailable (session lost, statement timeout). No
// message and no detail has the password.
Result<std::unique_ptr<SqlConnection>> open_postgres(const PostgresOptions& options);

}  // namespace fit::sql
