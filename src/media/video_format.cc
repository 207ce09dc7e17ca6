#include "media/format.h"
#include "media/video.h"

namespace fit::media {
namespace {

constexpr std::string_view kEbml = "\x1a\x45\xdf\xa3";
constexpr std::string_view kDocType = "\x42\x82";
constexpr std::size_t kBoxType = 4;  // the offset of a box's type

// QuickTime files before "ftyp" existed begin with one of these boxes.
bool is_quicktime_box(std::string_view type) {
  for (const std::string_view known : {"moov", "mdat", "wide", "free", "skip"}) {
    if (type == known) return true;
  }
  return false;
}

// Reads the document type of an EBML header: "webm" or "matroska".
std::optional<VideoFormat> format_of_ebml(std::string_view file) {
  const std::size_t at = file.find(kDocType);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view name = file.substr(std::min(at + kDocType.size() + 1, file.size()));
  if (name.starts_with("webm")) return VideoFormat::kWebm;
  if (name.starts_with("matroska")) return VideoFormat::kMatroska;
  return std::nullopt;
}

}  // namespace

std::optional<VideoFormat> sniff_video_format(ByteView beginning) {
  const std::string_view file = as_text(beginning.first(std::min(beginning.size(), kFormatBytes)));
  if (file.starts_with(kEbml)) return format_of_ebml(file);
  if (file.size() < 12 || sniff_format(beginning)) return std::nullopt;
  const std::string_view type = file.substr(kBoxType, 4);
  if (type == "ftyp") return file.substr(8, 4) == "qt  " ? VideoFormat::kMov : VideoFormat::kMp4;
  if (is_quicktime_box(type)) return VideoFormat::kMov;
  return std::nullopt;
}

std::string_view to_string(VideoFormat format) {
  switch (format) {
    case VideoFormat::kMp4:
      return "mp4";
    case VideoFormat::kMov:
      return "mov";
    case VideoFormat::kWebm:
      return "webm";
    case VideoFormat::kMatroska:
      return "mkv";
  }
  return "unknown";
}

std::string_view mime_type(VideoFormat format) {
  switch (format) {
    case VideoFormat::kMp4:
      return "video/mp4";
    case VideoFormat::kMov:
      return "video/quicktime";
    case VideoFormat::kWebm:
      return "video/webm";
    case VideoFormat::kMatroska:
      return "video/x-matroska";
  }
  return "application/octet-stream";
}

}  // namespace fit::media
