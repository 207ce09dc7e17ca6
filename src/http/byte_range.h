#pragma once

#include <cstdint>
#include <string_view>

#include "http/message.h"

namespace fit::http {

// What a Range header asks for.
enum class RangeKind : std::uint8_t {
  kWhole,          // no range, one that is not of bytes, several ranges, or an invalid one: all is sent
  kPart,           // one range of bytes
  kUnsatisfiable,  // a range beyond the end
};

struct RangeRequest {
  RangeKind kind = RangeKind::kWhole;
  ByteRange part = {};  // of kPart, within the size
};

// Reads a Range header (RFC 9110, 14.2) for content of `size` bytes.
RangeRequest parse_range(std::string_view range, std::uint64_t size);

// The range that a request asks for of content with this size and ETag. An If-Range header with another tag
// asks for all of it.
RangeRequest requested_range(const Request& request, std::uint64_t size, std::string_view etag);

// Makes a response 200 for content of `size` bytes one for the range: 206 with Content-Range, or 416 without
// content. The caller gives the body, or the range of the file, if the call returns true.
bool apply_range(const RangeRequest& range, std::uint64_t size, Response& response);

}  // namespace fit::http
