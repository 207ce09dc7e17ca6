#pragma once

#include <span>

#include "sql/migrations.h"

namespace fit::store {

// Returns the migrations of src/store/migrations, which are built into the program, in ascending order.
std::span<const sql::Migration> catalogue_migrations();

}  // namespace fit::store
