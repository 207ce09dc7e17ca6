#include "text/encoding.h"

#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "text/characters.h"

namespace fit::text {
namespace {

constexpr std::size_t kHead = 4096;
constexpr std::size_t kSample = 64 << 10;
constexpr std::size_t kMaxLine = 1024;

bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

// The number of ASCII characters at the start of the text.
std::size_t ascii_prefix(std::string_view text) {
  constexpr std::uint64_t kHigh = 0x8080808080808080;
  std::size_t at = 0;
  for (std::uint64_t word = 0; at + sizeof word <= text.size(); at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    if ((word & kHigh) != 0) break;
  }
  while (at < text.size() && is_ascii(text[at])) ++at;
  return at;
}

enum class Sequence { kValid, kStray, kUnfinished };

struct Character {
  Sequence kind = Sequence::kStray;
  std::size_t bytes = 1;
};

// The UTF-8 sequence at the start of a text that is not empty.
Character utf8_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {Sequence::kValid, 1};
  const std::size_t size = lead >= 0xC2 && lead <= 0xDF   ? 2
                           : (lead & 0xF0) == 0xE0        ? 3
                           : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                          : 0;
  if (size == 0) return {};
  for (std::size_t i = 1; i < size; ++i) {
    if (i == text.size()) return {Sequence::kUnfinished, i};
    if ((byte(i) & 0xC0) != 0x80) return {};
    const bool overlong = i == 1 && ((lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90));
    const bool outside = i == 1 && ((lead == 0xED && byte(1) >= 0xA0) || (lead == 0xF4 && byte(1) >= 0x90));
    if (overlong || outside) return {};
  }
  return {Sequence::kValid, size};
}

// The characters of the bytes 0x80 to 0x9F in windows-1252; 0 for undefined bytes.
constexpr std::array<char32_t, 32> kWindows1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

char32_t windows_1252(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 && byte < 0xA0 ? kWindows1252[byte - 0x80] : byte;
}

// Detects UTF-16 without a byte order mark: texts of any language have blanks, line ends, digits and
// separators, whose high byte is zero.
std::string utf16_name(std::string_view head) {
  std::size_t even = 0;
  std::size_t odd = 0;
  for (std::size_t i = 0; i < head.size(); ++i) (i % 2 == 0 ? even : odd) += head[i] == '\0' ? 1 : 0;
  const std::size_t least = std::max<std::size_t>(1, head.size() / 20);
  if (odd >= least && odd > 4 * even) return "UTF-16LE";
  if (even >= least && even > 4 * odd) return "UTF-16BE";
  return {};
}

Encoding from_mark(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) return {.name = "UTF-8", .mark_bytes = 3};
  if (head.starts_with(std::string_view("\xFF\xFE\0\0", 4))) return {.name = "UTF-32LE", .mark_bytes = 4};
  if (head.starts_with(std::string_view("\0\0\xFE\xFF", 4))) return {.name = "UTF-32BE", .mark_bytes = 4};
  if (head.starts_with("\xFF\xFE")) return {.name = "UTF-16LE", .mark_bytes = 2};
  if (head.starts_with("\xFE\xFF")) return {.name = "UTF-16BE", .mark_bytes = 2};
  return {.name = {}};
}

// Rates how well the sample reads in an encoding of Latin letters. Lower-case letters beside lower-case
// letters count for it, capitals and signs inside words against it.
int latin_score(const std::string& encoding, std::string_view sample) {
  auto decoder = Decoder::open(encoding);
  if (!decoder) return -1'000'000;
  std::string text;
  decoder->decode(sample, true, text);
  int score = static_cast<int>(-3 * decoder->unreadable());
  char32_t before = ' ';
  for (std::size_t at = 0; at < text.size();) {
    const char32_t code = next_code(text, at);
    const bool in_word = before >= 'a' && before <= 'z';
    const bool before_letter = at < text.size() && text[at] >= 'a' && text[at] <= 'z';
    if (code >= 0x80) {
      const auto letter = static_cast<UChar32>(code);
      constexpr std::u32string_view kMarks =
          U"\u2019\u2018\u00A0\u2013\u2014\u20AC\u00A3\u00B0\u2026\u201C\u201D\u201E\u00AB\u00BB\u2122\u00AE";
      constexpr char32_t kFlorin = 0x0192;  // a sign, although Unicode has it as a letter
      if (code != kFlorin && u_islower(letter) != 0) {
        score += in_word || before_letter ? 3 : 1;
      } else if (u_isupper(letter) != 0) {
        score += in_word ? -3 : 1;
      } else if (!kMarks.contains(code)) {
        score -= in_word && before_letter ? 3 : 2;
      }
    }
    before = code;
  }
  return score;
}

// The share of letters, from 0 to 1, among the characters that are not ASCII in the sample's decoded text.
double letter_share(const std::string& encoding, std::string_view sample) {
  auto decoder = Decoder::open(encoding);
  if (!decoder) return 0;
  std::string text;
  decoder->decode(sample, true, text);
  std::int64_t all = decoder->unreadable();
  std::int64_t letters = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t code = next_code(text, at);
    if (code < 0x80) continue;
    ++all;
    letters += u_isalpha(static_cast<UChar32>(code)) != 0 ? 1 : 0;
  }
  return all == 0 ? 0 : static_cast<double>(letters) / static_cast<double>(all);
}

// The encoding, neither Western European nor Unicode, that ICU detects with a confidence (0 to 100) of at
// least `least` and at least `margin` above the Western European encodings; empty when there is none. Of
// several encodings, the one with the highest product of confidence and letter_share() is returned, because a
// wrong encoding turns letters into marks and signs.
std::string detected(std::string_view sample, std::int32_t least, std::int32_t margin) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UCharsetDetector, decltype(&ucsdet_close)> detector(ucsdet_open(&status),
                                                                            &ucsdet_close);
  if (U_FAILURE(status)) return {};
  ucsdet_setText(detector.get(), sample.data(), static_cast<std::int32_t>(sample.size()), &status);
  std::int32_t count = 0;
  const UCharsetMatch** matches = ucsdet_detectAll(detector.get(), &count, &status);
  if (U_FAILURE(status)) return {};
  std::int32_t western = 0;
  std::string best;
  double best_product = 0;
  std::int32_t best_confidence = 0;
  for (std::int32_t i = 0; i < count; ++i) {
    const std::string name = ucsdet_getName(matches[i], &status);
    const std::int32_t confidence = ucsdet_getConfidence(matches[i], &status);
    if (U_FAILURE(status)) return {};
    const bool is_western = name == "ISO-8859-1" || name == "windows-1252";
    const bool is_unicode =
        name.starts_with("UTF") || name.starts_with("ISO-2022") || name.starts_with("IBM");
    if (is_western) western = std::max(western, confidence);
    if (is_western || is_unicode) continue;
    const double product = confidence * letter_share(name, sample);
    if (product <= best_product) continue;
    best = name;
    best_product = product;
    best_confidence = confidence;
  }
  if (best_confidence < least || best_confidence < western + margin) return {};
  if (best == "ISO-8859-2") return "windows-1250";
  if (best == "ISO-8859-5") return "windows-1251";
  if (best == "ISO-8859-9") return "windows-1254";
  return best;
}

// Whether most bytes that are not ASCII are adjacent to another byte that is not ASCII. The accented letters
// of Latin texts are isolated, and letters of other scripts are not.
bool is_other_script(std::string_view sample) {
  std::size_t high = 0;
  std::size_t beside = 0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if (is_ascii(sample[i])) continue;
    ++high;
    const bool before = i > 0 && !is_ascii(sample[i - 1]);
    const bool behind = i + 1 < sample.size() && !is_ascii(sample[i + 1]);
    beside += before || behind ? 1 : 0;
  }
  return 2 * beside > high;
}

std::string guessed(std::string_view sample) {
  // ICU has a low confidence in texts with few characters beyond ASCII.
  constexpr std::int32_t kFewCharacters = 5;
  if (is_other_script(sample)) {
    std::string other = detected(sample, kFewCharacters, -100);
    if (!other.empty()) return other;
  }
  constexpr std::int32_t kSure = 40;
  constexpr std::int32_t kMargin = 15;
  std::string sure = detected(sample, kSure, kMargin);
  if (!sure.empty()) return sure;
  const char* best = "windows-1252";
  int best_score = latin_score(best, sample);
  for (const char* other : {"macintosh", "IBM850", "windows-1250"}) {
    const int score = latin_score(other, sample);
    if (score <= best_score + 2) continue;
    best = other;
    best_score = score;
  }
  return best;
}

}  // namespace

void EncodingDetector::add(std::string_view bytes) {
  if (head_.size() < kHead) head_ += bytes.substr(0, kHead - head_.size());
  count_utf8(bytes);
  if (sample_.size() < kSample) add_sample(bytes);
}

void EncodingDetector::count_utf8(std::string_view bytes) {
  std::string joined;
  if (!unfinished_.empty()) {
    joined = unfinished_ + std::string(bytes.substr(0, 4));
    const std::size_t carried = unfinished_.size();
    unfinished_.clear();
    std::size_t at = 0;
    while (at < carried) {
      const Character character = utf8_character(std::string_view(joined).substr(at));
      if (character.kind == Sequence::kUnfinished && joined.size() == carried + bytes.size()) {
        unfinished_ = joined.substr(at);
        return;
      }
      const bool valid = character.kind == Sequence::kValid;
      (valid ? letters_ : strays_) += valid && character.bytes == 1 ? 0 : 1;
      at += valid ? character.bytes : 1;
    }
    bytes.remove_prefix(std::min(at - carried, bytes.size()));
  }
  while (!bytes.empty()) {
    bytes.remove_prefix(ascii_prefix(bytes));
    if (bytes.empty()) return;
    const Character character = utf8_character(bytes);
    if (character.kind == Sequence::kUnfinished) {
      unfinished_ = bytes;
      return;
    }
    ++(character.kind == Sequence::kValid ? letters_ : strays_);
    bytes.remove_prefix(character.bytes);
  }
}

void EncodingDetector::add_sample(std::string_view bytes) {
  while (!bytes.empty() && sample_.size() < kSample) {
    const std::size_t end = std::min(bytes.find_first_of("\r\n"), bytes.size());
    if (line_.size() < kMaxLine) line_ += bytes.substr(0, std::min(end, kMaxLine - line_.size()));
    bytes.remove_prefix(end);
    if (bytes.empty()) return;
    bytes.remove_prefix(1);
    if (ascii_prefix(line_) < line_.size()) sample_ += line_ + "\n";
    line_.clear();
  }
}

Encoding EncodingDetector::finish() {
  if (Encoding marked = from_mark(head_); !marked.name.empty()) return marked;
  if (std::string utf16 = utf16_name(head_); !utf16.empty())
    return {.name = std::move(utf16), .is_guess = true};
  strays_ += static_cast<std::int64_t>(unfinished_.size());
  if (strays_ == 0) return {};
  if (letters_ > strays_) return {.stray_bytes = strays_};
  if (ascii_prefix(line_) < line_.size()) sample_ += line_;
  return {.name = guessed(sample_), .is_guess = true};
}

struct Decoder::Converter {
  explicit Converter(UConverter* opened) : handle(opened, &ucnv_close) {}
  std::unique_ptr<UConverter, decltype(&ucnv_close)> handle;
  std::vector<UChar> units = std::vector<UChar>(8192);
  char32_t lead = 0;  // the first half of a surrogate pair, which the end of `units` may cut
};

Decoder::Decoder(std::unique_ptr<Converter> converter) : converter_(std::move(converter)) {}
Decoder::Decoder(Decoder&& other) noexcept = default;
Decoder& Decoder::operator=(Decoder&& other) noexcept = default;
Decoder::~Decoder() = default;

Result<Decoder> Decoder::open(const std::string& encoding) {
  if (encoding == "UTF-8") return Decoder(nullptr);
  UErrorCode status = U_ZERO_ERROR;
  UConverter* converter = ucnv_open(encoding.c_str(), &status);
  if (U_FAILURE(status)) return invalid("encoding", encoding + " is not a known encoding");
  return Decoder(std::make_unique<Converter>(converter));
}

void Decoder::decode(std::string_view bytes, bool last, std::string& text) {
  if (!converter_) {
    decode_utf8(bytes, last, text);
    return;
  }
  const char* source = bytes.data();
  const char* const end = source + bytes.size();
  for (;;) {
    UErrorCode status = U_ZERO_ERROR;
    UChar* target = converter_->units.data();
    ucnv_toUnicode(converter_->handle.get(), &target, converter_->units.data() + converter_->units.size(),
                   &source, end, nullptr, static_cast<UBool>(last), &status);
    for (const UChar* unit = converter_->units.data(); unit != target;) {
      char32_t code = *unit++;
      if (U16_IS_LEAD(code)) {
        converter_->lead = code;
        continue;
      }
      const char32_t lead = std::exchange(converter_->lead, 0);
      if (U16_IS_TRAIL(code))
        code = lead == 0 ? 0xFFFD : static_cast<char32_t>(U16_GET_SUPPLEMENTARY(lead, code));
      const bool open = (code >= 0x80 && code < 0xA0) || code == 0xFFFD;
      unreadable_ += open ? 1 : 0;
      if (code != 0xFEFF) append_code(text, open ? U' ' : code);
    }
    if (status != U_BUFFER_OVERFLOW_ERROR) return;
  }
}

void Decoder::decode_utf8(std::string_view bytes, bool last, std::string& text) {
  std::string joined;
  if (!unfinished_.empty()) {
    joined = unfinished_.append(bytes);
    unfinished_.clear();
    bytes = joined;
  }
  while (!bytes.empty()) {
    const std::size_t plain = ascii_prefix(bytes);
    text += bytes.substr(0, plain);
    bytes.remove_prefix(plain);
    if (bytes.empty()) return;
    const Character character = utf8_character(bytes);
    if (character.kind == Sequence::kUnfinished && !last) {
      unfinished_ = bytes;
      return;
    }
    if (character.kind == Sequence::kValid) {
      text += bytes.substr(0, character.bytes);
      bytes.remove_prefix(character.bytes);
      continue;
    }
    const char32_t code = windows_1252(bytes.front());
    unreadable_ += code == 0 ? 1 : 0;
    append_code(text, code == 0 ? U' ' : code);
    bytes.remove_prefix(1);
  }
}

}  // namespace fit::text
