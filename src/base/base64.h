#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace fit {

// Decodes standard base64 (RFC 4648 section 4; padding may be missing; line breaks and blanks are skipped).
// Accepts "data:image/jpeg;base64,..." URLs too. kMalformed naming `field` for anything else,
// kTooLarge when the decoded size would exceed `max_bytes`, before any memory is taken.
Result<Bytes> decode_base64(std::string_view field, std::string_view text, std::size_t max_bytes);

std::string encode_base64(ByteView bytes);

}  // namespace fit
