#include "style/wardrobe/person_text.h"

#include <algorithm>

#include "base/format.h"
#include "base/text.h"

namespace fit::style {
namespace {

bool is_refused_control(char c, bool may_break) {
  const auto byte = static_cast<unsigned char>(c);
  if (may_break && (c == '\n' || c == '\r' || c == '\t')) return false;
  return byte < 0x20 || byte == 0x7F;
}

}  // namespace

Result<void> settle_text(std::string_view field, std::string& text, std::size_t most, bool may_break) {
  text = std::string(trim(text));
  if (text.size() > most) {
    return invalid(std::string(field), fit::format("must not be longer than {} bytes", most));
  }
  if (!is_utf8(text)) return invalid(std::string(field), "is not valid UTF-8");
  if (std::ranges::any_of(text, [may_break](char c) { return is_refused_control(c, may_break); })) {
    return invalid(std::string(field), "must not hold control characters");
  }
  return {};
}

std::string join_list(std::span<const std::string> parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ";") + part;
  return text;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(';'), text.size());
    const std::string_view part = trim(text.substr(0, end));
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

}  // namespace fit::style
