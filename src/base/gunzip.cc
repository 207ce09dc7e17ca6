#include "base/gunzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>

#include "base/format.h"

namespace fit {

struct Gunzip::Stream {
  Stream() { is_ready = ::inflateInit2(&zlib, kGzip) == Z_OK; }
  ~Stream() {
    if (is_ready) ::inflateEnd(&zlib);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  static constexpr int kGzip = 15 + 16;
  z_stream zlib{};
  bool is_ready = false;
  bool is_at_end = false;  // of a member
  std::uint64_t total = 0;
};

Gunzip::Gunzip() : stream_(std::make_unique<Stream>()) {}
Gunzip::~Gunzip() = default;
Gunzip::Gunzip(Gunzip&& other) noexcept = default;
Gunzip& Gunzip::operator=(Gunzip&& other) noexcept = default;

bool Gunzip::is_complete() const {
  return stream_->is_at_end;
}

Result<void> Gunzip::add(std::string_view field, ByteView packed, std::uint64_t max_bytes,
                         std::string& text) {
  Stream& stream = *stream_;
  if (!stream.is_ready) return internal("gzip cannot be read", "inflateInit2 failed");
  std::array<char, 32 << 10> piece{};
  while (!packed.empty()) {
    if (stream.is_at_end) {
      // Zeros pad the end of some files; anything else begins another member.
      if (packed[0] == std::byte{0}) return {};
      if (::inflateReset(&stream.zlib) != Z_OK) return internal("gzip cannot be read", "inflateReset failed");
      stream.is_at_end = false;
    }
    const std::size_t count = std::min<std::size_t>(packed.size(), std::numeric_limits<uInt>::max());
    stream.zlib.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data()));
    stream.zlib.avail_in = static_cast<uInt>(count);
    do {
      stream.zlib.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream.zlib.avail_out = static_cast<uInt>(piece.size());
      const int status = ::inflate(&stream.zlib, Z_NO_FLUSH);
      if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
        return malformed(std::string(field), "is damaged gzip");
      const std::size_t made = piece.size() - stream.zlib.avail_out;
      stream.total += made;
      if (stream.total > max_bytes)
        return Error{
            ErrorCode::kTooLarge, fit::format("has more than {} bytes", max_bytes), std::string(field), {}};
      text.append(piece.data(), made);
      stream.is_at_end = status == Z_STREAM_END;
    } while (!stream.is_at_end && (stream.zlib.avail_in > 0 || stream.zlib.avail_out == 0));
    packed = packed.subspan(count - stream.zlib.avail_in);
  }
  return {};
}

bool is_gzip(ByteView bytes) {
  return as_text(bytes).starts_with("\x1F\x8B\x08");
}

Result<std::string> gunzip(std::string_view field, ByteView packed, std::uint64_t max_bytes) {
  Gunzip stream;
  std::string text;
  FIT_CHECK(stream.add(field, packed, max_bytes, text));
  if (!stream.is_complete()) return malformed(std::string(field), "is gzip without its end");
  return text;
}

}  // namespace fit
