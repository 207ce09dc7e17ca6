#pragma once

#include <string>
#include <string_view>

namespace fit::monitor {

// The text without what may be personal or secret: e-mail and IP addresses, what follows names such as
// "password=" and "Bearer", long words of letters and digits, which may be keys, the values in PostgreSQL's
// "Key (column)=(value)", and users, passwords and queries of URLs. Each becomes "***".
std::string scrubbed(std::string_view text);

}  // namespace fit::monitor
