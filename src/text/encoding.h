#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fit::text {

// The encoding of a text.
struct Encoding {
  std::string name = "UTF-8";  // the IANA name: "UTF-16LE", "windows-1252"
  bool is_guess = false;       // neither a byte order mark nor valid UTF-8 shows it
  std::size_t mark_bytes = 0;  // the size of the byte order mark
  // The number of bytes that are not UTF-8, and are read as windows-1252, in a text that is otherwise UTF-8.
  std::int64_t stray_bytes = 0;
};

// Detects the encoding of a text that is passed in pieces: by a byte order mark; UTF-16 by its zero bytes;
// UTF-8 if most of its characters beyond ASCII are valid; otherwise by its letters: windows-1252, or another
// encoding if the evidence is strong (by ICU's detector, or for Macintosh, DOS and windows-1250 by how words
// would read). Not thread-safe.
class EncodingDetector {
 public:
  void add(std::string_view bytes);
  // Call it once, after the last piece.
  Encoding finish();

 private:
  void add_sample(std::string_view bytes);
  void count_utf8(std::string_view bytes);

  std::string head_;          // the beginning of the text
  std::string sample_;        // lines with other characters than ASCII
  std::string line_;          // the beginning of a line that the piece cuts
  std::string unfinished_;    // the beginning of a character that the piece cuts
  std::int64_t letters_ = 0;  // valid UTF-8 characters of several bytes
  std::int64_t strays_ = 0;   // bytes that are not UTF-8
};

// Converts bytes of an encoding to UTF-8, piece by piece. Not thread-safe.
class Decoder {
 public:
  // kInvalid when ICU does not know the encoding.
  static Result<Decoder> open(const std::string& encoding);
  Decoder(Decoder&& other) noexcept;
  Decoder& operator=(Decoder&& other) noexcept;
  ~Decoder();

  // Appends the text of the bytes to `text`. `last`: no more bytes follow. Bytes that are invalid in UTF-8
  // are read as windows-1252. Bytes that are invalid in another encoding become blanks.
  void decode(std::string_view bytes, bool last, std::string& text);

  // The number of invalid bytes so far.
  std::int64_t unreadable() const { return unreadable_; }

 private:
  struct Converter;
  explicit Decoder(std::unique_ptr<Converter> converter);
  void decode_utf8(std::string_view bytes, bool last, std::string& text);

  std::unique_ptr<Converter> converter_;  // null for UTF-8
  std::string unfinished_;                // UTF-8: the beginning of a character that the piece cuts
  std::int64_t unreadable_ = 0;
};

}  // namespace fit::text
