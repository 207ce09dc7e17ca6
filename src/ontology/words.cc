#include "ontology/words.h"

#include <algorithm>

namespace fit::ontology {
namespace {

// Latin-1 and Latin Extended-A without their accents; blank: not a letter.
constexpr std::string_view kLatin1 = "aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuyty";
constexpr std::string_view kLatinA =
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooo"
    "oooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
static_assert(kLatin1.size() == 64 && kLatinA.size() == 128);

constexpr char32_t kBroken = 0xFFFD;

// The character at `at`, moving `at` behind it; kBroken for a byte that is not UTF-8 there.
char32_t next_code(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at++);
  if (first < 0x80) return first;
  const std::size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  if (first < 0xC2 || first > 0xF4 || at + more > text.size()) return kBroken;
  char32_t code = first & (0x3Fu >> more);
  for (std::size_t i = 0; i < more; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return kBroken;
    code = code << 6 | (byte(at + i) & 0x3F);
  }
  at += more;
  return code;
}

enum class Sort : std::uint8_t { kLetter, kOther, kSkipped, kGap, kAnd, kPercent, kApostrophe, kDot };

struct Read {
  Sort sort = Sort::kGap;
  char letter = ' ';  // of kLetter
  Gap gap = Gap::kSpace;
};

Read read_ascii(char c) {
  if (c >= 'a' && c <= 'z') return {Sort::kLetter, c};
  if (c >= 'A' && c <= 'Z') return {Sort::kLetter, static_cast<char>(c - 'A' + 'a')};
  if (c >= '0' && c <= '9') return {Sort::kLetter, c};
  switch (c) {
    case '\'':
      return {Sort::kApostrophe};
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

Read read(char32_t code) {
  if (code >= 0xFF01 && code <= 0xFF5E) code -= 0xFEE0;  // full-width forms
  if (code < 0x80) return read_ascii(static_cast<char>(code));
  if (code >= 0xC0 && code < 0x180) {
    const char letter = code < 0x100 ? kLatin1[code - 0xC0] : kLatinA[code - 0x100];
    return letter == ' ' ? Read{} : Read{Sort::kLetter, letter};
  }
  if (code == 0xAD || code == 0xFEFF || (code >= 0x200B && code <= 0x200F) ||
      (code >= 0x300 && code < 0x370) || (code >= 0xFE00 && code <= 0xFE0F))
    return {Sort::kSkipped};
  if (code == 0x2018 || code == 0x2019 || code == 0x2BC) return {Sort::kApostrophe};
  if (code == 0x2010 || code == 0x2011) return {};
  if ((code >= 0x2012 && code <= 0x2015) || code == 0x2022 || code == 0xB7 || code == 0x3001)
    return {Sort::kGap, ' ', Gap::kComma};
  if (code == 0x2026 || code == 0x3002 || code == 0x2028 || code == 0x2029)
    return {Sort::kGap, ' ', Gap::kStop};
  const bool sign = code < 0xC0 || (code >= 0x2000 && code < 0x2C00) || code == 0x3000 || code == kBroken ||
                    (code >= 0xFFF0 && code <= 0xFFFF) || (code >= 0x1F000 && code < 0x20000);
  return {sign ? Sort::kGap : Sort::kOther};
}

}  // namespace

Words::Words(std::string_view text) {
  text = text.substr(0, kMaxBytes);
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
    if (words_.back().length + bytes.size() > kMaxLength) return;
    folded_ += bytes;
    words_.back().length = static_cast<std::uint16_t>(words_.back().length + bytes.size());
  };
  for (std::size_t at = 0; at < text.size() && words_.size() < kMaxWords;) {
    const std::size_t from = at;
    const Read seen = read(next_code(text, at));
    switch (seen.sort) {
      case Sort::kLetter:
        begin(from);
        add({&seen.letter, 1});
        words_.back().end = static_cast<std::uint32_t>(at);
        break;
      case Sort::kOther:
        begin(from);
        add(text.substr(from, at - from));
        words_.back().end = static_cast<std::uint32_t>(at);
        break;
      case Sort::kSkipped:
      case Sort::kApostrophe:
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
        // "u.s. polo" and "1.5" go on; a sentence ends before a blank.
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

}  // namespace fit::ontology
