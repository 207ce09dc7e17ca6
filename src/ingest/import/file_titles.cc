#include "ingest/import/file_titles.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"

namespace fit::ingest {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

// Words of file names that do not describe the garment.
constexpr std::array kNoTitles =
    std::to_array<std::string_view>({"img",      "image",     "images",     "imagen",
                                     "imagem",   "bild",      "foto",       "photo",
                                     "photos",   "pic",       "picture",    "dsc",
                                     "dscn",     "dscf",      "dcim",       "pxl",
                                     "mvimg",    "burst",     "screenshot", "scan",
                                     "scanned",  "whatsapp",  "signal",     "telegram",
                                     "snapchat", "instagram", "facebook",   "received",
                                     "download", "unnamed",   "untitled",   "unbenannt",
                                     "copy",     "kopie",     "edited",     "final",
                                     "original", "cropped",   "resized",    "export",
                                     "file",     "new",       "neu",        "jpg",
                                     "jpeg",     "png",       "heic",       "webp",
                                     "thumb",    "thumbnail", "main",       "front",
                                     "back",     "detail",    "large",      "small",
                                     "medium",   "full",      "hires",      "web",
                                     "temp",     "tmp",       "bitmap",     "camera",
                                     "cam",      "video",     "frame",      "fullsizerender",
                                     "at",       "the",       "and",        "of",
                                     "am",       "pm",        "um",         "uhr",
                                     "screen",   "shot",      "capture",    "bildschirmfoto",
                                     "capa"});

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t begin = std::min(text.find_first_not_of(" ()[]{}.,+&#~@"), text.size());
    text.remove_prefix(begin);
    const std::size_t end = std::min(text.find_first_of(" ()[]{}.,+&#~@"), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

// Whether the text looks like a word of a language, and not like a digest or a random name.
bool is_word(std::string_view word) {
  const auto letters = std::ranges::count_if(word, is_letter);
  const auto digits = std::ranges::count_if(word, is_digit);
  if (letters < 3 || digits > 0) return false;
  const std::string lower = to_lower(word);
  if (std::ranges::contains(kNoTitles, std::string_view(lower))) return false;
  const bool is_ascii =
      std::ranges::all_of(word, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  return !is_ascii || lower.find_first_of("aeiouy") != std::string::npos || letters <= 4;
}

// Whether the name is a digest or UUID: at least eight hexadecimal digits and hyphens, among them one of 0 to
// 9.
bool is_digest(std::string_view stem) {
  if (stem.size() < 8 || std::ranges::none_of(stem, is_digit)) return false;
  return std::ranges::all_of(stem, [](char c) {
    const char lower = static_cast<char>(c | 0x20);
    return is_digit(c) || c == '-' || c == '_' || (lower >= 'a' && lower <= 'f');
  });
}

}  // namespace

std::string file_title(std::string_view stem) {
  if (!is_utf8(stem) || is_digest(stem)) return {};
  std::string text;
  for (const char c : stem) {
    const bool is_blank = c == '_' || c == '-' || c == ' ' || (static_cast<unsigned char>(c) < 0x20);
    if (!is_blank || !text.ends_with(' ')) text += is_blank ? ' ' : c;
  }
  // Dots separate words in names without blanks: "red.wool.coat".
  if (!text.contains(' ')) std::ranges::replace(text, '.', ' ');
  const std::vector<std::string_view> words = split_words(text);
  if (std::ranges::none_of(words, is_word)) return {};
  std::string title(trim(text));
  return title;
}

}  // namespace fit::ingest
