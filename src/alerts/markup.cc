#include "alerts/markup.h"

#include <algorithm>

#include "base/text.h"

namespace fit::alerts {
namespace {

constexpr std::size_t kLongestCharacter = 4;  // bytes of UTF-8

}  // namespace

std::string escape_markup(std::string_view text) {
  std::string escaped;
  while (!text.empty()) {
    std::size_t size = 1;
    while (size <= kLongestCharacter && !is_utf8(text.substr(0, size))) ++size;
    if (size > kLongestCharacter) {
      text.remove_prefix(1);
      continue;
    }
    const std::string_view one = text.substr(0, size);
    text.remove_prefix(std::min(size, text.size()));
    switch (one[0]) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default: {
        const auto first = static_cast<unsigned char>(one[0]);
        const bool is_control = first < 0x20 && first != '\t' && first != '\n' && first != '\r';
        const bool is_no_character = one == "\xEF\xBF\xBE" || one == "\xEF\xBF\xBF";
        if (!is_control && !is_no_character) escaped += one;
      }
    }
  }
  return escaped;
}

}  // namespace fit::alerts
