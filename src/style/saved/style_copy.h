#pragma once

#include <cstdint>
#include <stop_token>

#include "base/result.h"
#include "sql/database.h"

namespace fit::style {

// What copy_style() has copied.
struct StyleCounts {
  std::int64_t garments = 0;
  std::int64_t outfits = 0;   // that people have saved
  std::int64_t feedback = 0;  // of all people
};

// Makes the wardrobes, the saved outfits with their links, and the feedback of `to` those of `from`, with
// their ids, in one transaction, after the assets and items that they name were copied. The databases may be
// of different engines. A repeated call writes everything again. Blocks. kCancelled after `stop`, which
// changes nothing; errors as for sql::Database.
Result<StyleCounts> copy_style(sql::Database& from, sql::Database& to, const std::stop_token& stop);

}  // namespace fit::style
