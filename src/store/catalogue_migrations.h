#pragma once

#include <span>

#include "sql/migrations.h"

namespace fit::store {

// The steps in src/store/migrations, built into the program; ascending.
std::span<const sql::Migration> catalogue_migrations();

}  // namespace fit::store
