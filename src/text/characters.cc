#include "text/characters.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace fit::text {
namespace {

// The letter below the accent of U+00C0 to U+017F; '.' where there is none.
constexpr std::string_view kPlainLatin =
    "aaaaaa.ceeeeiiii.nooooo..uuuuy..aaaaaa.ceeeeiiii.nooooo..uuuuy.y"
    "aaaaaaccccccccdd..eeeeeeeeeegggggggghh..iiiiiiiii...jjkk.llllll."
    "...nnnnnn...oooooo..rrrrrrsssssssstttt..uuuuuuuuuuuuwwyyyzzzzzz.";

using Range = std::pair<char32_t, char32_t>;

// Marks, blanks and signs above ASCII. All other characters count as letters.
constexpr auto kMarks = std::to_array<Range>(
    {{0x80, 0xA9},      {0xAB, 0xB1},     {0xB4, 0xB4},     {0xB6, 0xB8},     {0xBB, 0xBB},
     {0xBF, 0xBF},      {0xD7, 0xD7},     {0xF7, 0xF7},     {0x37E, 0x37E},   {0x387, 0x387},
     {0x589, 0x58A},    {0x5BE, 0x5BE},   {0x5F3, 0x5F4},   {0x60C, 0x60D},   {0x61B, 0x61F},
     {0x66A, 0x66D},    {0x6D4, 0x6D4},   {0x964, 0x965},   {0xE3F, 0xE3F},   {0x2000, 0x206F},
     {0x20A0, 0x20CF},  {0x2190, 0x245F}, {0x2500, 0x2BFF}, {0x2E00, 0x2E7F}, {0x3000, 0x3004},
     {0x3008, 0x3020},  {0x3030, 0x3030}, {0x30FB, 0x30FB}, {0xD800, 0xDFFF}, {0xFE00, 0xFE6F},
     {0xFF00, 0xFF0F},  {0xFF1A, 0xFF20}, {0xFF3B, 0xFF40}, {0xFF5B, 0xFF65}, {0xFFE0, 0xFFFF},
     {0x1F000, 0x1FAFF}});

constexpr auto kWithoutBlanks = std::to_array<Range>({{0xE00, 0xEFF},
                                                      {0x1000, 0x109F},
                                                      {0x1780, 0x17FF},
                                                      {0x2E80, 0x9FFF},
                                                      {0xF900, 0xFAFF},
                                                      {0x20000, 0x3FFFF}});

// The letters of Latin-1 and Latin Extended-A without their accents; a blank stands for a character that is
// not a letter.
constexpr std::string_view kLatin1 = "aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuyty";
constexpr std::string_view kLatinA =
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooo"
    "oooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
static_assert(kLatin1.size() == 64 && kLatinA.size() == 128);

bool is_in(char32_t code, std::span<const Range> ranges) {
  return std::ranges::any_of(
      ranges, [code](const Range& range) { return code >= range.first && code <= range.second; });
}

}  // namespace

char32_t next_code(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at++);
  if (first < 0x80) return first;
  const std::size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  if (first < 0xC2 || first > 0xF4 || at + more > text.size()) return kNotUtf8;
  char32_t code = first & (0x3Fu >> more);
  for (std::size_t i = 0; i < more; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return kNotUtf8;
    code = code << 6 | (byte(at + i) & 0x3F);
  }
  at += more;
  return code;
}

void append_code(std::string& text, char32_t code) {
  const auto put = [&text](char32_t byte) { text += static_cast<char>(byte); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0 | code >> 6);
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
  }
  put(0x80 | (code & 0x3F));
}

bool is_letter_or_digit(char32_t code) {
  if (code < 0x80) {
    return (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') || (code >= 'a' && code <= 'z');
  }
  return !is_in(code, kMarks);
}

bool is_combining_accent(char32_t code) {
  return code >= 0x300 && code <= 0x36F;
}

char32_t fold_unicode61(char32_t code) {
  if (code >= 'A' && code <= 'Z') return code + 0x20;
  if (code < 0xC0) return code;
  if (code <= 0x17F) {
    const char plain = kPlainLatin[code - 0xC0];
    if (plain != '.') return static_cast<unsigned char>(plain);
    if (code < 0xDF) return code + 0x20;
    if (code < 0x100 || code == 0x131 || code == 0x138 || code == 0x149 || code == 0x17F) return code;
    if (code == 0x13F || code == 0x141) return code + 1;
    return code == 0x140 || code == 0x142 ? code : code | 1;
  }
  if (code >= 0x391 && code <= 0x3A9) return code + 0x20;
  if (code >= 0x400 && code <= 0x40F) return code + 0x50;
  if (code >= 0x410 && code <= 0x42F) return code + 0x20;
  return code;
}

char fold_latin(char32_t code) {
  if (code < 0xC0 || code >= 0x180) return '\0';
  const char letter = code < 0x100 ? kLatin1[code - 0xC0] : kLatinA[code - 0x100];
  return letter == ' ' ? '\0' : letter;
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }));
}

bool is_written_without_blanks(std::string_view word) {
  std::size_t at = 0;
  return !word.empty() && is_in(next_code(word, at), kWithoutBlanks);
}

}  // namespace fit::text
