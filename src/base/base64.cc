#include "base/base64.h"

#include <modp_b64.h>

#include <algorithm>

#include "base/format.h"

namespace fit {
namespace {

bool is_blank(char c) {
  return c == '\n' || c == '\r' || c == ' ' || c == '\t';
}

constexpr auto kNotBase64 = static_cast<std::size_t>(-1);

std::size_t decode_tidy(std::string_view text, Bytes& bytes) {
  return modp_b64_decode(reinterpret_cast<char*>(bytes.data()), text.data(), text.size());
}

}  // namespace

Result<Bytes> decode_base64(std::string_view field, std::string_view text, std::size_t max_bytes) {
  if (text.starts_with("data:")) {
    const std::size_t comma = text.substr(0, 256).find(',');
    if (comma == std::string_view::npos || !text.substr(0, comma).ends_with(";base64")) {
      return malformed(std::string(field), "is a data: URL without \";base64,\"");
    }
    text.remove_prefix(comma + 1);
  }
  if (text.size() / 4 * 3 > max_bytes + 3 + max_bytes / 16) {  // a sixteenth more leaves room for line breaks
    return Error{
        ErrorCode::kTooLarge, fit::format("is larger than {} bytes", max_bytes), std::string(field), {}};
  }
  if (text.empty()) return malformed(std::string(field), "is empty");
  // Most texts have neither blanks nor missing padding: decoding at once spares them a check of every
  // character.
  Bytes bytes(modp_b64_decode_len(text.size()));
  std::size_t size = kNotBase64;
  if (text.size() % 4 == 0) size = decode_tidy(text, bytes);
  if (size == kNotBase64) {
    std::string tidy;
    tidy.reserve(text.size() + 3);
    std::ranges::copy_if(text, std::back_inserter(tidy), [](char c) { return !is_blank(c); });
    if (tidy.empty()) return malformed(std::string(field), "is empty");
    while (tidy.size() % 4 != 0) tidy.push_back('=');
    bytes.resize(modp_b64_decode_len(tidy.size()));
    size = decode_tidy(tidy, bytes);
  }
  if (size == kNotBase64 || size == 0) {
    return malformed(std::string(field), "is not valid base64");
  }
  if (size > max_bytes) {
    return Error{
        ErrorCode::kTooLarge, fit::format("is larger than {} bytes", max_bytes), std::string(field), {}};
  }
  bytes.resize(size);
  return bytes;
}

std::string encode_base64(ByteView bytes) {
  std::string text(modp_b64_encode_len(bytes.size()), '\0');
  text.resize(modp_b64_encode(text.data(), reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  return text;
}

}  // namespace fit
