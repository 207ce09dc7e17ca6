#pragma once

#include "sql/test_postgres.h"

// The servers of sql/test_postgres.h, for the tests of this folder and of those above it.
namespace fit::store::testing {

using sql::testing::give_to_server;
using sql::testing::PgBouncer;
using sql::testing::postgres_url;
using sql::testing::PostgresCluster;
using sql::testing::PostgresClusterOptions;
using sql::testing::sql;

}  // namespace fit::store::testing
