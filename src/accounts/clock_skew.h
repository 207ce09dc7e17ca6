#pragma once

#include <chrono>

namespace fit::accounts {

// How far the clock of a token's signer may differ from this server's.
inline constexpr std::chrono::minutes kMaxClockSkew{5};

}  // namespace fit::accounts
