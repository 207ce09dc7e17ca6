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
// and merges.txt of its common exports): lower case, runs of white space as one, split into contractions,
// runs of letters, single digits and runs of the rest, then merged pair by pair. Two differences to the
// reference: HTML entities and badly decoded text are not repaired, and "<|endoftext|>" in a text is text
// like any other. Bad UTF-8 reads as U+FFFD.
class ClipTokenizer final : public Tokenizer {
 public:
  // From JSON {"token": id} and lines "left right" in order of preference (after a "#version" line; CRLF is
  // fine). kInvalid naming the file's role: not the expected form, a byte or a merged token that is not in
  // the vocabulary.
  static Result<ClipTokenizer> parse(std::string_view vocab_json, std::string_view merges);
  static Result<ClipTokenizer> load(const std::filesystem::path& vocab_json,
                                    const std::filesystem::path& merges);

  // Start token, at most `context_length` - 2 tokens of the text, end token; not padded. `context_length`
  // >= 2.
  std::vector<std::int64_t> encode(std::string_view text, int context_length) const override;

  std::int64_t start_id() const { return start_; }
  std::int64_t end_id() const { return end_; }

 private:
  struct Merge {
    std::int32_t rank;
    std::int32_t id;
  };

  void merge_piece(std::string_view piece, std::vector<std::int64_t>& ids) const;

  std::array<std::int32_t, 256> byte_ids_{};         // a byte inside a word
  std::array<std::int32_t, 256> last_byte_ids_{};    // a byte that ends a word ("</w>")
  std::unordered_map<std::uint64_t, Merge> merges_;  // by left id << 32 | right id
  std::int64_t start_ = 0;
  std::int64_t end_ = 0;
};

}  // namespace fit::embed
