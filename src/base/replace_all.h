#pragma once

#include <string>
#include <string_view>

namespace fit {

// Replaces every occurrence of `from`, which is not empty, from left to right. The replacements are not
// searched.
inline void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace fit
