#include "domain/size_tokens.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/format.h"
#include "base/replace_all.h"
#include "base/text.h"

namespace fit::domain {
namespace {

constexpr std::size_t kLongest = 40;  // bytes
constexpr std::size_t kMostTokens = 8;
constexpr double kThird = 1.0 / 3;

// Dashes, fractions and signs as ASCII has them.
std::string in_ascii(std::string_view text) {
  constexpr std::array kSame = {std::pair{"\u2010", "-"},    std::pair{"\u2011", "-"},
                                std::pair{"\u2012", "-"},    std::pair{"\u2013", "-"},
                                std::pair{"\u2014", "-"},    std::pair{"\u00d7", "x"},
                                std::pair{"\u00bd", " 1/2"}, std::pair{"\u2153", " 1/3"},
                                std::pair{"\u2154", " 2/3"}, std::pair{"\u00a0", " "}};
  std::string same = to_lower(trim(text));
  for (const auto& [from, to] : kSame) replace_all(same, from, to);
  return same;
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}

// Reads the digits at `at`: at most three, with at most one behind a comma or a point.
std::optional<double> take_number(std::string_view text, std::size_t& at) {
  double number = 0;
  std::size_t digits = 0;
  for (; at < text.size() && is_digit(text[at]); ++at, ++digits) number = 10 * number + (text[at] - '0');
  if (digits > 3) return std::nullopt;
  const bool has_decimal =
      at + 1 < text.size() && (text[at] == '.' || text[at] == ',') && is_digit(text[at + 1]);
  if (!has_decimal) return number;
  const double decimal = text[at + 1] - '0';
  at += 2;
  const bool ends = at >= text.size() || !is_digit(text[at]);
  if (!ends || (decimal != 0 && decimal != 5)) return std::nullopt;
  return number + decimal / 10;
}

std::optional<SizeToken> take_token(std::string_view text, std::size_t& at) {
  if (is_digit(text[at])) {
    const auto number = take_number(text, at);
    if (!number) return std::nullopt;
    return SizeToken{.number = number};
  }
  if (text[at] == '/' || text[at] == '-') return SizeToken{.separator = text[at++]};
  if (!is_letter(text[at])) return std::nullopt;
  SizeToken token;
  for (; at < text.size() && is_letter(text[at]); ++at) token.word += text[at];
  if (at < text.size() && text[at] == '.') ++at;  // "gr.", "yrs."
  return token;
}

// Adds a fraction to the number before it: 38, 1, "/", 2.
void add_fractions(std::vector<SizeToken>& tokens) {
  for (std::size_t i = 0; i + 3 < tokens.size(); ++i) {
    const auto& over = tokens[i + 1].number;
    const auto& under = tokens[i + 3].number;
    if (!tokens[i].number || !over || tokens[i + 2].separator != '/' || !under) continue;
    const bool is_half = *over == 1 && *under == 2;
    const bool is_third = (*over == 1 || *over == 2) && *under == 3;
    if (!is_half && !is_third) continue;
    *tokens[i].number += *over * (is_half ? 0.5 : kThird);
    tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                 tokens.begin() + static_cast<std::ptrdiff_t>(i) + 4);
  }
}

bool is_label(const SizeToken& token) {
  constexpr std::array<std::string_view, 10> kLabels = {"size",    "sz",     "gr",    "größe",  "grösse",
                                                        "groesse", "taille", "talla", "taglia", "maat"};
  return std::ranges::contains(kLabels, token.word);
}

}  // namespace

std::optional<std::vector<SizeToken>> size_tokens(std::string_view text) {
  if (text.size() > kLongest) return std::nullopt;
  const std::string same = in_ascii(text);
  std::vector<SizeToken> tokens;
  for (std::size_t at = 0; at < same.size();) {
    if (same[at] == ' ') {
      ++at;
      continue;
    }
    auto token = take_token(same, at);
    if (!token || tokens.size() == kMostTokens) return std::nullopt;
    tokens.push_back(*std::move(token));
  }
  if (tokens.size() > 1 && is_label(tokens.front())) tokens.erase(tokens.begin());
  add_fractions(tokens);
  if (tokens.empty()) return std::nullopt;
  return tokens;
}

std::string size_number(double number) {
  const double whole = std::floor(number);
  const double rest = number - whole;
  std::string text = fit::format("{}", static_cast<int>(whole));
  if (rest == 0) return text;
  if (rest == 0.5) return text + ".5";
  return text + (rest < 0.5 ? " 1/3" : " 2/3");
}

}  // namespace fit::domain
