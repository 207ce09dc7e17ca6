#include "media/format.h"

namespace fit::media {
namespace {

constexpr std::size_t kMaxBrands = 64;

std::uint32_t big_endian_32(std::string_view text) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(text[i]);
  return value;
}

std::optional<Format> format_of_brand(std::string_view brand) {
  if (brand == "avif" || brand == "avis") return Format::kAvif;
  for (std::string_view heic : {"heic", "heix", "heim", "heis", "hevc", "hevx"}) {
    if (brand == heic) return Format::kHeic;
  }
  return std::nullopt;
}

// Reads the ISO base media "ftyp" box. The major brand decides; for a general brand (mif1, msf1, miaf) the
// first known compatible brand does.
std::optional<Format> format_of_ftyp(std::string_view file) {
  if (auto format = format_of_brand(file.substr(8, 4))) return format;
  const std::string_view major = file.substr(8, 4);
  if (major != "mif1" && major != "msf1" && major != "miaf") return std::nullopt;
  const std::size_t end = std::min<std::size_t>({big_endian_32(file), file.size(), 16 + 4 * kMaxBrands});
  for (std::size_t at = 16; at + 4 <= end; at += 4) {
    if (auto format = format_of_brand(file.substr(at, 4))) return format;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Format> sniff_format(ByteView bytes) {
  const std::string_view file = as_text(bytes);
  if (file.starts_with("\xff\xd8\xff")) return Format::kJpeg;
  if (file.starts_with("\x89PNG\r\n\x1a\n")) return Format::kPng;
  if (file.starts_with("GIF87a") || file.starts_with("GIF89a")) return Format::kGif;
  if (file.size() < 12) return std::nullopt;
  if (file.starts_with("RIFF") && file.substr(8, 4) == "WEBP") return Format::kWebp;
  if (file.substr(4, 4) == "ftyp") return format_of_ftyp(file);
  return std::nullopt;
}

std::string_view to_string(Format format) {
  switch (format) {
    case Format::kJpeg:
      return "jpeg";
    case Format::kPng:
      return "png";
    case Format::kWebp:
      return "webp";
    case Format::kAvif:
      return "avif";
    case Format::kHeic:
      return "heic";
    case Format::kGif:
      return "gif";
  }
  return "unknown";
}

std::string_view mime_type(Format format) {
  switch (format) {
    case Format::kJpeg:
      return "image/jpeg";
    case Format::kPng:
      return "image/png";
    case Format::kWebp:
      return "image/webp";
    case Format::kAvif:
      return "image/avif";
    case Format::kHeic:
      return "image/heic";
    case Format::kGif:
      return "image/gif";
  }
  return "application/octet-stream";
}

}  // namespace fit::media
