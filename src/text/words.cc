#include "text/words.h"

#include <algorithm>
#include <limits>

#include "text/characters.h"
#include "text/fold.h"

namespace fit::text {
namespace {

// The class of a character for the splitter.
enum class Sort : std::uint8_t { kLetter, kKept, kSkipped, kGap, kAnd, kPercent, kDot };

struct Read {
  Sort sort = Sort::kGap;
  Gap gap = Gap::kSpace;
};

Read read_prose_mark(char32_t code) {
  if (code >= 0xFF01 && code <= 0xFF5E) code -= 0xFEE0;  // full-width forms
  switch (code) {
    case '\'':
    case 0x2018:
    case 0x2019:
    case 0x2BC:
      return {Sort::kSkipped};
    case '&':
    case '+':
      return {Sort::kAnd};
    case '%':
      return {Sort::kPercent};
    case '.':
      return {Sort::kDot};
    case '/':
      return {Sort::kGap, Gap::kSlash};
    case ',':
    case 0xB7:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2015:
    case 0x2022:
    case 0x3001:
      return {Sort::kGap, Gap::kComma};
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
    case 0x2026:
    case 0x2028:
    case 0x2029:
    case 0x3002:
      return {Sort::kGap, Gap::kStop};
    default:
      return {};
  }
}

bool is_joint(char32_t code) {
  return code == '-' || code == '\'' || code == '.' || code == '&' || code == 0x2019 || code == 0x2010;
}

// `rest` begins after the character. `is_open`: a word is being read.
Read read_typed_mark(char32_t code, std::string_view rest, bool is_open) {
  if (!is_open || !is_joint(code) || rest.empty()) return {};
  FoldingReader reader(rest.substr(0, 32));
  FoldedCharacter next;
  const bool goes_on = reader.next(next) && next.kind != CharacterKind::kOther && !next.folded.empty();
  return goes_on ? Read{Sort::kKept} : Read{};
}

}  // namespace

Words::Words(std::string_view text, WordRule rule) {
  const bool is_prose = rule == WordRule::kProse;
  if (is_prose) text = text.substr(0, kMaxBytes);
  const std::size_t max_words = is_prose ? kMaxWords : std::numeric_limits<std::size_t>::max();
  const std::size_t max_length = is_prose ? kMaxLength : std::numeric_limits<std::size_t>::max();
  folded_.reserve(text.size());
  Gap gap = Gap::kStop;
  bool open = false;  // whether a word is being read
  const auto begin = [&](std::uint32_t at) {
    if (open) return;
    words_.push_back(
        {.begin = at, .end = at, .folded = static_cast<std::uint32_t>(folded_.size()), .gap = gap});
    open = true;
    gap = Gap::kSpace;
  };
  const auto add = [&](std::string_view bytes, std::uint32_t end) {
    words_.back().end = end;
    if (words_.back().length + bytes.size() > max_length) return;
    folded_ += bytes;
    words_.back().length += static_cast<std::uint32_t>(bytes.size());
  };
  FoldingReader reader(text);
  FoldedCharacter character;
  while (words_.size() < max_words && reader.next(character)) {
    Read seen{Sort::kLetter};
    if (character.kind == CharacterKind::kNothing) seen = {Sort::kSkipped};
    if (character.kind == CharacterKind::kOther) {
      seen = is_prose ? read_prose_mark(character.code)
                      : read_typed_mark(character.code, text.substr(character.end), open);
    }
    switch (seen.sort) {
      case Sort::kLetter:
        begin(character.begin);
        add(character.folded, character.end);
        break;
      case Sort::kKept:
        add(character.code == 0x2019   ? "'"
            : character.code == 0x2010 ? "-"
                                       : text.substr(character.begin, character.end - character.begin),
            character.end);
        break;
      case Sort::kSkipped:
        break;
      case Sort::kAnd:
        open = false;
        begin(character.begin);
        add("and", character.end);
        open = false;
        break;
      case Sort::kPercent:
        if (!words_.empty() && open) words_.back().percent = true;
        open = false;
        break;
      case Sort::kDot: {
        // A dot ends a sentence when a blank follows, except after a single letter ("u.s. polo").
        const bool ends =
            character.end == text.size() || static_cast<unsigned char>(text[character.end]) <= ' ';
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

}  // namespace fit::text
