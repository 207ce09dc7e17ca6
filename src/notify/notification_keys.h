#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sql/database.h"

namespace fit::notify {

// The names of the secrets.
inline constexpr std::string_view kLinkKey = "links";
inline constexpr std::string_view kVapidKey = "vapid";

// The secret of a name in the database of a catalogue. The first call of all processes makes it, by `make`.
// Blocks. The errors of the database and of `make`.
Result<std::string> notification_key(sql::Database& database, std::string_view name,
                                     const std::function<Result<std::string>()>& make);

// The secret of signed links (signed_link.h).
Result<std::string> link_key(sql::Database& database);

}  // namespace fit::notify
