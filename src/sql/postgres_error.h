#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace fit::sql {

// Makes an Error from the SQLSTATE of a statement
// (https://www.postgresql.org/docs/current/errcodes-appendix.html); '' stands for a lost connection. `detail`
// is for the log.
Error postgres_error(std::string_view sqlstate, std::string detail);

// Makes an Error from libpq's message about a connection that could not be opened.
Error postgres_connect_error(std::string_view message);

}  // namespace fit::sql
