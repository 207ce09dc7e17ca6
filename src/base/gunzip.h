#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace fit {

// Decompresses gzip piece by piece, also of several members one after the other. Not thread-safe.
class Gunzip {
 public:
  Gunzip();
  ~Gunzip();
  Gunzip(Gunzip&& other) noexcept;
  Gunzip& operator=(Gunzip&& other) noexcept;

  // Appends what `packed` holds to `text`. kTooLarge naming `field` as soon as the whole stream has more than
  // `max_bytes`; kMalformed naming it when the bytes are damaged. What was appended before stays.
  Result<void> add(std::string_view field, ByteView packed, std::uint64_t max_bytes, std::string& text);
  // Whether the bytes so far end with a complete member.
  bool is_complete() const;

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
};

// Whether the bytes begin as gzip does.
bool is_gzip(ByteView bytes);

// Decompresses a whole gzip text. Errors as for Gunzip::add(), and kMalformed when its end is missing.
Result<std::string> gunzip(std::string_view field, ByteView packed, std::uint64_t max_bytes);

}  // namespace fit
