#include "monitor/scrub.h"

#include <algorithm>
#include <array>

#include "base/log.h"
#include "base/text.h"

namespace fit::monitor {
namespace {

constexpr std::string_view kMask = "***";
constexpr std::size_t kShortestKey = 24;
constexpr std::array<std::string_view, 9> kSecretNames = {
    "password", "passwd", "secret", "token", "key", "authorization", "cookie", "signature", "session"};
constexpr std::array<std::string_view, 2> kSchemes = {"bearer", "basic"};

bool is_letter_or_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The characters of words, e-mail addresses, numeric addresses and keys.
bool is_of_word(char c) {
  return is_letter_or_digit(c) || std::string_view("@._%+-:~").contains(c) || (c & 0x80) != 0;
}

bool is_email(std::string_view word) {
  const std::size_t at = word.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < word.size();
}

bool is_ip4(std::string_view word) {
  const bool is_numeric =
      std::ranges::all_of(word, [](char c) { return is_digit(c) || c == '.' || c == ':'; });
  return is_numeric && std::ranges::count(word, '.') == 3;
}

bool is_ip6(std::string_view word) {
  const bool is_numeric = std::ranges::all_of(word, [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
  });
  return is_numeric && (word.contains("::") || std::ranges::count(word, ':') > 3);
}

// Whether the word looks like a key: long, and with digits among letters.
bool is_key(std::string_view word) {
  return word.size() >= kShortestKey && has_digit(word) && !word.contains(':') && !word.contains('.');
}

// Whether what follows the word after "=", ":" or a blank is a secret.
bool ends_with_secret_name(std::string_view word) {
  std::string name = to_lower(word);
  while (name.ends_with(':')) name.pop_back();
  return std::ranges::any_of(kSecretNames, [&](std::string_view secret) { return name.ends_with(secret); });
}

// The word, or its mask. "password:x" is one word.
std::string shown(std::string_view word) {
  const std::size_t colon = word.find(':');
  if (colon != std::string_view::npos && colon + 1 < word.size() &&
      ends_with_secret_name(word.substr(0, colon))) {
    return std::string(word.substr(0, colon + 1)) + std::string(kMask);
  }
  std::string_view inner = word;
  while (inner.ends_with('.') || inner.ends_with(':')) inner.remove_suffix(1);
  if (!is_email(inner) && !is_ip4(inner) && !is_ip6(inner) && !is_key(inner)) return std::string(word);
  return std::string(kMask) + std::string(word.substr(inner.size()));
}

// The length of what follows a secret's name, from the character behind the name on: the separator, with
// blanks and quotes, and its length alone in `separator`. 0: no value follows.
std::size_t secret_after(std::string_view rest, bool needs_separator, std::size_t& separator) {
  separator = std::min(rest.find_first_not_of(" =\"'"), rest.size());
  const bool has_separator = rest.substr(0, separator).contains('=') || !needs_separator;
  if (!has_separator || separator == rest.size()) return 0;
  return std::min(rest.find_first_of(" \"',;)&", separator), rest.size());
}

}  // namespace

std::string scrubbed(std::string_view original) {
  const std::string safe = loggable(original);
  std::string_view text = safe;
  std::string out;
  while (!text.empty()) {
    if (text.starts_with(")=(")) {
      const std::size_t end = text.find(')', 3);
      out += ")=(***)";
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      continue;
    }
    std::size_t size = 0;
    while (size < text.size() && is_of_word(text[size])) ++size;
    if (size == 0) {
      out += text.front();
      text.remove_prefix(1);
      continue;
    }
    const std::string_view word = text.substr(0, size);
    out += shown(word);
    text.remove_prefix(size);
    const bool is_scheme = std::ranges::contains(kSchemes, to_lower(word));
    const bool is_name = ends_with_secret_name(word);
    if (!is_scheme && !is_name) continue;
    std::size_t separator = 0;
    const std::size_t end = secret_after(text, !is_scheme && !word.ends_with(':'), separator);
    if (end == 0) continue;
    out += text.substr(0, separator);
    // "Authorization: Bearer KEY": the scheme is no secret, and what follows it is masked next.
    const std::string_view value = text.substr(separator, end - separator);
    out += std::ranges::contains(kSchemes, to_lower(value)) ? "" : kMask;
    text.remove_prefix(std::ranges::contains(kSchemes, to_lower(value)) ? separator : end);
  }
  return out;
}

}  // namespace fit::monitor
