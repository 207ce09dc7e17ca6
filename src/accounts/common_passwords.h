#pragma once

#include <string_view>

namespace fit::accounts {

// The passwords that nobody may have, in lower case, each between two line breaks. Lives forever.
std::string_view common_passwords();

}  // namespace fit::accounts
