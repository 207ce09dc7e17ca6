#include "text/fold.h"

#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "text/characters.h"

namespace fit::text {
namespace {

constexpr char32_t kTabled = 0x3000;  // smaller code points are folded by a table
constexpr char32_t kAsciiEnd = 0x80;

constexpr bool is_between(char32_t code, char32_t first, char32_t last) {
  return code >= first && code <= last;
}

const icu::Normalizer2& casefold() {
  static const icu::Normalizer2& instance = [] -> const icu::Normalizer2& {
    UErrorCode status = U_ZERO_ERROR;
    return *icu::Normalizer2::getNFKCCasefoldInstance(status);
  }();
  return instance;
}

const icu::Normalizer2& decomposition() {
  static const icu::Normalizer2& instance = [] -> const icu::Normalizer2& {
    UErrorCode status = U_ZERO_ERROR;
    return *icu::Normalizer2::getNFDInstance(status);
  }();
  return instance;
}

icu::UnicodeString utf16(std::string_view text) {
  return icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
}

// Whether folding removes the diacritic. Marks of Thai, Devanagari and kana are a part of their letters.
bool is_diacritic(UChar32 code) {
  const auto mark = static_cast<char32_t>(code);
  return u_charType(code) == U_NON_SPACING_MARK &&
         (is_between(mark, 0x300, 0x36F) || is_between(mark, 0x591, 0x5C7) ||
          is_between(mark, 0x610, 0x61A) || is_between(mark, 0x64B, 0x65F) || mark == 0x670 ||
          is_between(mark, 0x6D6, 0x6ED) || is_between(mark, 0x8D3, 0x8FF) ||
          is_between(mark, 0x1AB0, 0x1AFF) || is_between(mark, 0x1DC0, 0x1DFF) ||
          is_between(mark, 0x20D0, 0x20FF));
}

// The common form of letters that Arabic and Persian keyboards write differently; 0 for a letter that is
// removed.
UChar32 plain_arabic(UChar32 code) {
  switch (code) {
    case 0x640:  // tatweel
      return 0;
    case 0x671:  // alef wasla
      return 0x627;
    case 0x629:  // teh marbuta
    case 0x6BE:  // heh doachashmee
    case 0x6C1:  // heh goal
    case 0x6D5:  // ae
      return 0x647;
    case 0x649:  // alef maksura
    case 0x6CC:  // Farsi yeh
      return 0x64A;
    case 0x6A9:  // keheh
      return 0x643;
    default:
      return code;
  }
}

bool is_latin(char32_t code) {
  return is_between(code, 0x80, 0x24F) || is_between(code, 0x250, 0x2AF) ||
         is_between(code, 0x1E00, 0x1EFF) || is_between(code, 0x2C60, 0x2C7F);
}

// Whether the letter with its breve is a letter of its own: "й", "ў".
bool keeps_breve(UChar32 code) {
  return code == 0x439 || code == 0x45E;
}

bool is_word_character(UChar32 code) {
  return u_isalnum(code) != 0 || (U_GET_GC_MASK(code) & (U_GC_M_MASK | U_GC_N_MASK)) != 0;
}

// NFKC would turn trade mark signs into letters of the name before them.
bool is_trade_mark(char32_t code) {
  return code == 0x2122 || code == 0x2120 || code == 0xAE || code == 0xA9;
}

// Characters that are used as apostrophes although Unicode has them as letters.
bool is_apostrophe(char32_t code) {
  return code == 0x2BB || code == 0x2BC;
}

bool is_unit(char32_t code) {
  return is_between(code, 0xE00, 0xEFF) || is_between(code, 0x1000, 0x109F) ||
         is_between(code, 0x1100, 0x11FF) || is_between(code, 0x1780, 0x17FF) ||
         is_between(code, 0x2E80, 0x2FDF) || is_between(code, 0x3005, 0x3007) ||
         is_between(code, 0x3041, 0x30FA) || is_between(code, 0x30FC, 0x318F) ||
         is_between(code, 0x31F0, 0x31FF) || is_between(code, 0x3400, 0x4DBF) ||
         is_between(code, 0x4E00, 0x9FFF) || is_between(code, 0xAC00, 0xD7A3) ||
         is_between(code, 0xF900, 0xFAFF) || is_between(code, 0xFF66, 0xFF9F) ||
         is_between(code, 0x20000, 0x3FFFF);
}

// Folds the result of NFKC_Casefold for a character, without the table.
class LetterFolder {
 public:
  LetterFolder() {
    UErrorCode status = U_ZERO_ERROR;
    latin_.reset(icu::Transliterator::createInstance("Latin-ASCII", UTRANS_FORWARD, status));
  }

  std::string fold(const icu::UnicodeString& cased) const {
    icu::UnicodeString plain;
    for (std::int32_t i = 0; i < cased.length(); i = cased.moveIndex32(i, 1)) add(cased.char32At(i), plain);
    std::string folded;
    plain.toUTF8String(folded);
    return folded;
  }

 private:
  void add(UChar32 code, icu::UnicodeString& plain) const {
    if (u_isdigit(code) != 0) {
      plain.append(static_cast<UChar32>('0' + u_charDigitValue(code)));
      return;
    }
    if (keeps_breve(code)) {
      plain.append(code);
      return;
    }
    UErrorCode status = U_ZERO_ERROR;
    icu::UnicodeString bare;
    const icu::UnicodeString parts = decomposition().normalize(icu::UnicodeString(code), status);
    for (std::int32_t i = 0; i < parts.length(); i = parts.moveIndex32(i, 1)) {
      const UChar32 part = plain_arabic(parts.char32At(i));
      if (part != 0 && !is_diacritic(part)) bare.append(part);
    }
    if (is_latin(static_cast<char32_t>(code)) && latin_ != nullptr) {
      latin_->transliterate(bare);
      bare.toLower();
    }
    for (std::int32_t i = 0; i < bare.length(); i = bare.moveIndex32(i, 1)) {
      const UChar32 part = bare.char32At(i);
      if (is_word_character(part)) plain.append(part);
    }
  }

  std::unique_ptr<icu::Transliterator> latin_;
};

struct Entry {
  CharacterKind kind = CharacterKind::kOther;
  std::uint8_t length = 0;
  std::array<char, 14> folded{};

  std::string_view text() const { return {folded.data(), length}; }
};

icu::UnicodeString cased(const icu::UnicodeString& text) {
  UErrorCode status = U_ZERO_ERROR;
  return casefold().normalize(text, status);
}

Entry make_entry(const LetterFolder& folder, char32_t code) {
  Entry entry;
  if (is_trade_mark(code)) {
    entry.kind = CharacterKind::kNothing;
    return entry;
  }
  const auto point = static_cast<UChar32>(code);
  const icu::UnicodeString lower = cased(icu::UnicodeString(point));
  const bool is_word = is_word_character(point) && !is_apostrophe(code);
  const std::string folded = is_word ? folder.fold(lower) : std::string();
  if (lower.isEmpty() || (is_word && folded.empty())) {
    entry.kind = CharacterKind::kNothing;
  } else if (is_word && folded.size() <= entry.folded.size()) {
    entry.kind = is_unit(code) ? CharacterKind::kUnit : CharacterKind::kLetter;
    entry.length = static_cast<std::uint8_t>(folded.size());
    std::ranges::copy(folded, entry.folded.begin());
  }
  return entry;
}

// The entries of the code points below kTabled. Made once, in some tens of milliseconds.
const std::vector<Entry>& table() {
  static const std::vector<Entry> entries = [] {
    const LetterFolder folder;
    std::vector<Entry> made(kTabled);
    for (char32_t code = 0; code < kTabled; ++code) made[code] = make_entry(folder, code);
    return made;
  }();
  return entries;
}

std::string_view digraph_of(char32_t code) {
  switch (code) {
    case 0xC4:
    case 0xE4:
      return "ae";
    case 0xD6:
    case 0xF6:
    case 0xD8:
    case 0xF8:
      return "oe";
    case 0xDC:
    case 0xFC:
      return "ue";
    case 0xC5:
    case 0xE5:
      return "aa";
    default:
      return {};
  }
}

// Whether a character above the table folds to itself.
bool is_own_form(char32_t code) {
  return is_between(code, 0x4E00, 0x9FFF) || is_between(code, 0xAC00, 0xD7A3) ||
         is_between(code, 0x3041, 0x3096) || is_between(code, 0x30A1, 0x30FA) ||
         is_between(code, 0x3400, 0x4DBF);
}

}  // namespace

bool FoldingReader::next(FoldedCharacter& character) {
  if (at_ >= text_.size()) return false;
  character = {};
  character.begin = static_cast<std::uint32_t>(at_);
  std::size_t end = at_;
  const char32_t code = next_code(text_, end);
  character.code = code;
  const bool is_last_ascii = end == text_.size() || static_cast<unsigned char>(text_[end]) < kAsciiEnd;
  if (code < kAsciiEnd && is_last_ascii) {
    const Entry& entry = table()[code];
    character.kind = entry.kind;
    character.folded = entry.text();
    at_ = end;
  } else if (code == kNotUtf8) {
    at_ = end;
  } else {
    read_segment(character);
  }
  character.end = static_cast<std::uint32_t>(at_);
  return true;
}

// Reads a character and the characters that Unicode combines with it.
void FoldingReader::read_segment(FoldedCharacter& character) {
  const std::size_t begin = at_;
  std::size_t end = at_;
  next_code(text_, end);
  const std::size_t first_end = end;
  while (end < text_.size() && static_cast<unsigned char>(text_[end]) >= kAsciiEnd) {
    std::size_t after = end;
    const char32_t code = next_code(text_, after);
    if (code == kNotUtf8 || casefold().hasBoundaryBefore(static_cast<UChar32>(code)) != 0) break;
    end = after;
  }
  at_ = end;
  const char32_t code = character.code;
  if (end == first_end && code < kTabled) {
    const Entry& entry = table()[code];
    character.kind = entry.kind;
    character.folded = entry.text();
    character.digraph = digraph_of(code);
    return;
  }
  if (end == first_end && is_own_form(code)) {
    character.kind = CharacterKind::kUnit;
    character.folded = text_.substr(begin, end - begin);
    return;
  }
  if (is_trade_mark(code) || !is_word_character(static_cast<UChar32>(code))) {
    character.kind = code < kTabled ? table()[code].kind : CharacterKind::kOther;
    if (cased(utf16(text_.substr(begin, end - begin))).isEmpty()) character.kind = CharacterKind::kNothing;
    return;
  }
  const icu::UnicodeString lower = cased(utf16(text_.substr(begin, end - begin)));
  folded_.clear();
  for (std::int32_t i = 0; i < lower.length(); i = lower.moveIndex32(i, 1)) {
    const auto one = static_cast<char32_t>(lower.char32At(i));
    if (one < kTabled) {
      folded_ += table()[one].text();
    } else if (is_word_character(static_cast<UChar32>(one))) {
      append_code(folded_, one);
    }
  }
  if (lower.length() > 0) character.digraph = digraph_of(static_cast<char32_t>(lower.char32At(0)));
  character.folded = folded_;
  character.kind = folded_.empty() ? CharacterKind::kNothing
                   : is_unit(code) ? CharacterKind::kUnit
                                   : CharacterKind::kLetter;
}

std::string fold(std::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  FoldingReader reader(text);
  FoldedCharacter character;
  while (reader.next(character)) {
    if (character.kind == CharacterKind::kOther) {
      folded += text.substr(character.begin, character.end - character.begin);
    } else {
      folded += character.folded;
    }
  }
  return folded;
}

}  // namespace fit::text
