#pragma once

#include "sql/sql_times.h"

namespace fit::accounts {

using sql::optional_time_at;
using sql::ticks;
using sql::time_at;

}  // namespace fit::accounts
