#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "embed/tokenizer.h"

namespace fit::embed {

// CLIP's byte-pair tokenizer (https://github.com/openai/CLIP, clip/simple_tokenizer.py, with the vocab.json
// and merges.txt of its common exports). A text is lower-cased and split into contractions, runs of letters,
// single digits and runs of other characters; each piece is then merged pair by pair. The tokenizer differs
// from the reference in two points: it does not repair HTML entities and wrongly decoded text, and
// "<|endoftext|>" in a text is ordinary text. Invalid UTF-8 is read as U+FFFD. Immutable; encode() may run
// concurrently.
class ClipTokenizer final : public Tokenizer {
 public:
  // Makes a tokenizer from JSON {"token": id} and lines "left right" in order of preference, with LF or CRLF,
  // after an optional "#version" line. kInvalid, naming the file's role, when the form is wrong or when a
  // byte or a merged token is not in the vocabulary.
  static Result<ClipTokenizer> parse(std::string_view vocab_json, std::string_view merges);
  // Reads both files and parses them. The errors of read_file() and parse().
  static Result<ClipTokenizer> load(const std::filesystem::path& vocab_json,
                                    const std::filesystem::path& merges);

  // Returns the start token, at most `context_length` - 2 tokens of the text and the end token, without
  // padding. `context_length` is at least 2.
  std::vector<std::int64_t> encode(std::string_view text, int context_length) const override;

  std::int64_t start_id() const { return start_; }
  std::int64_t end_id() const { return end_; }

 private:
  // The merge of two tokens: its order of preference and the merged token.
  struct Merge {
    std::int32_t rank;
    std::int32_t id;
  };

  void merge_piece(std::string_view piece, std::vector<std::int64_t>& ids) const;

  std::array<std::int32_t, 256> byte_ids_{};         // the token of a byte inside a word
  std::array<std::int32_t, 256> last_byte_ids_{};    // the token of the last byte of a word ("</w>")
  std::unordered_map<std::uint64_t, Merge> merges_;  // by left id << 32 | right id
  std::int64_t start_ = 0;
  std::int64_t end_ = 0;
};

}  // namespace fit::embed
