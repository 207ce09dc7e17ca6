#include "text/words.h"

#include <algorithm>
#include <limits>

#include "text/characters.h"

namespace fit::text {
namespace {

// The class of a character for the splitter.
enum class Sort : std::uint8_t { kLetter, kOther, kSkipped, kGap, kAnd, kPercent, kDot };

struct Read {
  Sort sort = Sort::kGap;
  char32_t letter = ' ';  // the folded letter, for kLetter
  Gap gap = Gap::kSpace;
};

Read read_prose_ascii(char c) {
  if (c >= 'a' && c <= 'z') return {Sort::kLetter, static_cast<char32_t>(c)};
  if (c >= 'A' && c <= 'Z') return {Sort::kLetter, static_cast<char32_t>(c - 'A' + 'a')};
  if (c >= '0' && c <= '9') return {Sort::kLetter, static_cast<char32_t>(c)};
  switch (c) {
    case '\'':
      return {Sort::kSkipped};
    case '&':
    case '+':
      return {Sort::kAnd};
    case '%':
      return {Sort::kPercent};
    case '.':
      return {Sort::kDot};
    case '/':
      return {Sort::kGap, ' ', Gap::kSlash};
    case ',':
      return {Sort::kGap, ' ', Gap::kComma};
    case '\n':
    case '\r':
    case '!':
    case '?':
    case ';':
    case ':':
    case '(':
    case ')':
    case '[':
    case ']':
    case '|':
      return {Sort::kGap, ' ', Gap::kStop};
    default:
      return {};
  }
}

Read read_prose(char32_t code) {
  if (code >= 0xFF01 && code <= 0xFF5E) code -= 0xFEE0;  // full-width forms
  if (code < 0x80) return read_prose_ascii(static_cast<char>(code));
  if (code >= 0xC0 && code < 0x180) {
    const char letter = fold_latin(code);
    return letter == '\0' ? Read{} : Read{Sort::kLetter, static_cast<char32_t>(letter)};
  }
  if (code == 0xAD || code == 0xFEFF || (code >= 0x200B && code <= 0x200F) || is_combining_accent(code) ||
      (code >= 0xFE00 && code <= 0xFE0F))
    return {Sort::kSkipped};
  if (code == 0x2018 || code == 0x2019 || code == 0x2BC) return {Sort::kSkipped};
  if (code == 0x2010 || code == 0x2011) return {};
  if ((code >= 0x2012 && code <= 0x2015) || code == 0x2022 || code == 0xB7 || code == 0x3001)
    return {Sort::kGap, ' ', Gap::kComma};
  if (code == 0x2026 || code == 0x3002 || code == 0x2028 || code == 0x2029)
    return {Sort::kGap, ' ', Gap::kStop};
  const bool sign = code < 0xC0 || (code >= 0x2000 && code < 0x2C00) || code == 0x3000 || code == kNotUtf8 ||
                    (code >= 0xFFF0 && code <= 0xFFFF) || (code >= 0x1F000 && code < 0x20000);
  return {sign ? Sort::kGap : Sort::kOther};
}

Read read_indexed(char32_t code) {
  if (code == kNotUtf8) return {Sort::kOther};
  if (is_combining_accent(code)) return {Sort::kSkipped};
  if (!is_letter_or_digit(code)) return {};
  return {Sort::kLetter, fold_unicode61(code)};
}

bool is_typed(char32_t code) {
  return code >= 0x80 || is_letter_or_digit(code);
}

// Classifies a character of a query. `next` is the byte after it; `is_open` tells whether a word is being
// read.
Read read_typed(char32_t code, unsigned char next, bool is_open) {
  const bool is_joint = (code == '-' || code == '\'') && is_open && is_typed(next);
  if (code >= 0x80 || is_joint) return {Sort::kOther};
  return is_letter_or_digit(code) ? Read{Sort::kLetter, fold_unicode61(code)} : Read{};
}

Read read_blanks(char32_t code) {
  if (code == ' ' || code == '\t' || code == '\r' || code == '\n') return {};
  if (code >= 'A' && code <= 'Z') return {Sort::kLetter, code - 'A' + 'a'};
  return {Sort::kOther};
}

Read read(WordRule rule, char32_t code, char next, bool is_open) {
  switch (rule) {
    case WordRule::kProse:
      return read_prose(code);
    case WordRule::kIndexed:
      return read_indexed(code);
    case WordRule::kTyped:
      return read_typed(code, static_cast<unsigned char>(next), is_open);
    case WordRule::kBlanks:
      return read_blanks(code);
  }
  return {};
}

}  // namespace

Words::Words(std::string_view text, WordRule rule) {
  const bool is_prose = rule == WordRule::kProse;
  if (is_prose) text = text.substr(0, kMaxBytes);
  const std::size_t max_words = is_prose ? kMaxWords : std::numeric_limits<std::size_t>::max();
  const std::size_t max_length = is_prose ? kMaxLength : std::numeric_limits<std::size_t>::max();
  std::string letter;
  folded_.reserve(text.size());
  Gap gap = Gap::kStop;
  bool open = false;  // whether a word is being read
  const auto begin = [&](std::size_t at) {
    if (open) return;
    words_.push_back({.begin = static_cast<std::uint32_t>(at),
                      .end = static_cast<std::uint32_t>(at),
                      .folded = static_cast<std::uint32_t>(folded_.size()),
                      .gap = gap});
    open = true;
    gap = Gap::kSpace;
  };
  const auto add = [&](std::string_view bytes) {
    if (words_.back().length + bytes.size() > max_length) return;
    folded_ += bytes;
    words_.back().length += static_cast<std::uint32_t>(bytes.size());
  };
  for (std::size_t at = 0; at < text.size() && words_.size() < max_words;) {
    const std::size_t from = at;
    const char32_t code = next_code(text, at);
    const Read seen = read(rule, code, at < text.size() ? text[at] : '\0', open);
    switch (seen.sort) {
      case Sort::kLetter:
        begin(from);
        letter.clear();
        append_code(letter, seen.letter);
        add(letter);
        words_.back().end = static_cast<std::uint32_t>(at);
        break;
      case Sort::kOther:
        begin(from);
        add(text.substr(from, at - from));
        words_.back().end = static_cast<std::uint32_t>(at);
        break;
      case Sort::kSkipped:
        break;
      case Sort::kAnd:
        open = false;
        begin(from);
        add("and");
        words_.back().end = static_cast<std::uint32_t>(at);
        open = false;
        break;
      case Sort::kPercent:
        if (!words_.empty() && open) words_.back().percent = true;
        open = false;
        break;
      case Sort::kDot: {
        // A dot ends a sentence when a blank follows, except after a single letter ("u.s. polo").
        const bool ends = at == text.size() || static_cast<unsigned char>(text[at]) <= ' ';
        if (ends && !(open && words_.back().length == 1)) gap = Gap::kStop;
        open = false;
        break;
      }
      case Sort::kGap:
        gap = std::max(gap, seen.gap);
        open = false;
        break;
    }
  }
}

std::string Words::joined() const {
  std::string all;
  for (std::size_t i = 0; i < size(); ++i) {
    if (i > 0) all += ' ';
    all += text(i);
  }
  return all;
}

std::vector<std::string> split_words(std::string_view text) {
  const Words words(text, WordRule::kIndexed);
  std::vector<std::string> split;
  split.reserve(words.size());
  for (std::size_t i = 0; i < words.size(); ++i) split.emplace_back(words.text(i));
  return split;
}

}  // namespace fit::text
