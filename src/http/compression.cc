#include "http/compression.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

namespace fit::http {
namespace {

constexpr std::size_t kLeastBytes = 1024;
// For a page of results a third of the time of zlib's default level, with a tenth more bytes.
constexpr int kLevel = 2;
constexpr int kGzipWindow = 15 + 16;

bool is_text(std::string_view content_type) {
  return content_type.starts_with("text/") || content_type.contains("json") ||
         content_type.contains("javascript") || content_type.contains("svg");
}

// Returns an empty text when zlib fails.
std::string gzip(std::string_view text) {
  z_stream stream{};
  if (::deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string packed(::deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int result = ::deflate(&stream, Z_FINISH);
  packed.resize(result == Z_STREAM_END ? stream.total_out : 0);
  ::deflateEnd(&stream);
  return packed;
}

}  // namespace

bool accepts_encoding(std::string_view accept_encoding, std::string_view coding) {
  const auto at = accept_encoding.find(coding);
  if (at == std::string_view::npos) return false;
  const std::string_view rest = accept_encoding.substr(at + coding.size());
  const std::string_view parameters = rest.substr(0, rest.find(','));
  const auto weight = parameters.find("q=");
  return weight == std::string_view::npos ||
         parameters.substr(weight + 2).find_first_of("123456789") != std::string_view::npos;
}

void compress(const Request& request, Response& response) {
  if (response.body.size() < kLeastBytes || response.body.size() > std::numeric_limits<uInt>::max() / 2)
    return;
  if (!is_text(response.content_type)) return;
  if (!accepts_encoding(request.headers.get("accept-encoding"), "gzip")) return;
  const bool is_coded = std::ranges::any_of(
      response.headers, [](const auto& header) { return header.first == "Content-Encoding"; });
  if (is_coded) return;
  std::string packed = gzip(response.body);
  if (packed.empty()) return;
  response.body = std::move(packed);
  response.headers.emplace_back("Content-Encoding", "gzip");
  response.headers.emplace_back("Vary", "Accept-Encoding");
}

}  // namespace fit::http
