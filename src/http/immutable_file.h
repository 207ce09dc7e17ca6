#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.h"

namespace fit::http {

// Who may cache a response.
enum class CachedBy : std::uint8_t {
  kEverybody,  // shared caches too: everybody may read the file
  kClient,     // the client alone
};

// The beginning of a response with a stored file whose bytes never change: its headers, without the content.
// The version is that of the bytes and has no quotes and blanks. Ids are those of a tenant, so that a cache
// distinguishes requests by their X-Tenant header. The status is 304 when the client has the file already;
// the response is complete then.
Response immutable_file(const Request& request, const std::string& media_type, std::string_view version,
                        CachedBy cached_by);

}  // namespace fit::http
