#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fit::text {

// The encoding of a text.
struct Encoding {
  std::string name = "UTF-8";  // as IANA has it: "UTF-16LE", "windows-1252"
  bool is_guess = false;       // found by its letters; not certain
  std::size_t mark_bytes = 0;  // of the byte order mark at the beginning
  // Bytes that are not UTF-8, in a text whose other letters are: read as windows-1252.
  std::int64_t stray_bytes = 0;
};

// Finds the encoding of a text that is given in pieces. A byte order mark decides; else bytes of zero say
// UTF-16, and bytes that are valid UTF-8 throughout are that. Anything else is guessed from the letters:
// windows-1252, and another encoding only where the evidence is strong (ICU's detector; Macintosh and DOS by
// what their letters would be in words). Not thread-safe.
class EncodingDetector {
 public:
  void add(std::string_view bytes);
  // Call once, at the end.
  Encoding finish();

 private:
  void add_sample(std::string_view bytes);
  void count_utf8(std::string_view bytes);

  std::string head_;          // the first bytes
  std::string sample_;        // lines that are not ASCII
  std::string line_;          // the beginning of one, cut off by the piece's end
  std::string unfinished_;    // bytes of a character, cut off by the piece's end
  std::int64_t letters_ = 0;  // characters of several bytes in valid UTF-8
  std::int64_t strays_ = 0;   // bytes that are not
};

// Turns bytes of an encoding into UTF-8, piece by piece. Not thread-safe.
class Decoder {
 public:
  // kInvalid when ICU does not know the encoding.
  static Result<Decoder> open(const std::string& encoding);
  Decoder(Decoder&& other) noexcept;
  Decoder& operator=(Decoder&& other) noexcept;
  ~Decoder();

  // Appends the text of the bytes. `last`: nothing follows. Bytes without a meaning become blanks; in UTF-8
  // they are read as windows-1252.
  void decode(std::string_view bytes, bool last, std::string& text);

  // The bytes without a meaning so far.
  std::int64_t unreadable() const { return unreadable_; }

 private:
  struct Converter;
  explicit Decoder(std::unique_ptr<Converter> converter);
  void decode_utf8(std::string_view bytes, bool last, std::string& text);

  std::unique_ptr<Converter> converter_;  // null for UTF-8
  std::string unfinished_;                // UTF-8: bytes of a character, cut off by the piece's end
  std::int64_t unreadable_ = 0;
};

}  // namespace fit::text
