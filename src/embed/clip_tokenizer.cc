#include "embed/clip_tokenizer.h"

#include <algorithm>
#include <queue>
#include <string>

#include "base/files.h"
#include "base/format.h"
#include "base/json.h"
#include "embed/unicode.h"

namespace fit::embed {
namespace {

constexpr std::uint64_t kMaxFile = 64 << 20;
constexpr std::size_t kMaxPiece = 1 << 16;  // bytes; a longer run of characters is split
constexpr std::string_view kEndOfWord = "</w>";

std::uint64_t pair_key(std::int32_t left, std::int32_t right) {
  return static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32 |
         static_cast<std::uint32_t>(right);
}

// The characters that stand for bytes in the vocabulary: a printable Latin-1 byte is itself, the others are
// numbered from U+0100 on (GPT-2's bytes_to_unicode).
std::array<std::string, 256> byte_spellings() {
  std::array<std::string, 256> spellings;
  char32_t next = 256;
  for (unsigned byte = 0; byte < 256; ++byte) {
    const bool itself = (byte >= '!' && byte <= '~') || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    append_utf8(spellings[byte], itself ? byte : next++);
  }
  return spellings;
}

using Vocabulary = std::unordered_map<std::string, std::int32_t>;

// Reads {"token": id, ...} event by event: building a Json object of fifty thousand members would take
// seconds.
class VocabularyReader final : public nlohmann::json_sax<Json> {
 public:
  Vocabulary vocabulary;

  bool start_object(std::size_t) override { return ++depth_ == 1; }
  bool end_object() override { return --depth_ == 0; }
  bool key(string_t& token) override {
    token_ = token;
    return true;
  }
  bool number_unsigned(number_unsigned_t id) override {
    if (depth_ != 1 || id > 0x7fffffff) return false;
    vocabulary.emplace(token_, static_cast<std::int32_t>(id));
    return true;
  }
  bool null() override { return false; }
  bool boolean(bool) override { return false; }
  bool number_integer(number_integer_t) override { return false; }
  bool number_float(number_float_t, const string_t&) override { return false; }
  bool string(string_t&) override { return false; }
  bool binary(binary_t&) override { return false; }
  bool start_array(std::size_t) override { return false; }
  bool end_array() override { return false; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  int depth_ = 0;
  std::string token_;
};

Result<Vocabulary> parse_vocabulary(std::string_view text) {
  VocabularyReader reader;
  if (!Json::sax_parse(text, &reader)) {
    return invalid("tokenizer_vocab", "must be a JSON object of tokens and their ids");
  }
  return std::move(reader.vocabulary);
}

Result<std::int32_t> id_of(const Vocabulary& vocabulary, const std::string& token) {
  const auto found = vocabulary.find(token);
  if (found == vocabulary.end())
    return invalid("tokenizer_vocab", fit::format("does not have the token '{}'", token));
  return found->second;
}

enum class Kind { kSpace, kLetter, kNumber, kOther };

Kind kind_of(char32_t code) {
  if (is_space(code)) return Kind::kSpace;
  if (is_letter(code)) return Kind::kLetter;
  return is_number(code) ? Kind::kNumber : Kind::kOther;
}

// Splits a text into the matches of the reference's regular expression:
// 's|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+
class Pieces {
 public:
  explicit Pieces(std::string_view text) : text_(text) {}

  // Returns the next piece in lower case; empty at the end.
  std::string next() {
    std::string piece;
    while (at_ < text_.size() && peek().kind == Kind::kSpace) at_ = peek().end;
    if (at_ >= text_.size()) return piece;
    if (take_contraction(piece)) return piece;
    const Kind kind = peek().kind;
    do {
      const Character character = peek();
      if (character.kind != kind) break;
      append_utf8(piece, character.code);
      at_ = character.end;
    } while (kind != Kind::kNumber && at_ < text_.size() && piece.size() < kMaxPiece);
    return piece;
  }

 private:
  struct Character {
    char32_t code;
    Kind kind;
    std::size_t end;
  };

  Character peek() const {
    std::size_t end = at_;
    const char32_t code = to_lower(next_code(text_, end));
    return {code, kind_of(code), end};
  }

  bool take_contraction(std::string& piece) {
    if (text_[at_] != '\'') return false;
    std::string start;
    for (std::size_t i = at_; i < text_.size() && i < at_ + 3; ++i)
      start += static_cast<char>(to_lower(static_cast<unsigned char>(text_[i])));
    for (const std::string_view ending : {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"}) {
      if (!start.starts_with(ending)) continue;
      piece = ending;
      at_ += ending.size();
      return true;
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<ClipTokenizer> ClipTokenizer::parse(std::string_view vocab_json, std::string_view merges) {
  FIT_TRY(const Vocabulary vocabulary, parse_vocabulary(vocab_json));
  ClipTokenizer tokenizer;
  FIT_TRY(tokenizer.start_, id_of(vocabulary, "<|startoftext|>"));
  FIT_TRY(tokenizer.end_, id_of(vocabulary, "<|endoftext|>"));
  const auto spellings = byte_spellings();
  for (std::size_t byte = 0; byte < 256; ++byte) {
    FIT_TRY(tokenizer.byte_ids_[byte], id_of(vocabulary, spellings[byte]));
    FIT_TRY(tokenizer.last_byte_ids_[byte], id_of(vocabulary, spellings[byte] + std::string(kEndOfWord)));
  }
  std::int32_t rank = 0;
  int line_number = 0;
  while (!merges.empty()) {
    const auto end = std::min(merges.find('\n'), merges.size());
    std::string_view line = merges.substr(0, end);
    merges.remove_prefix(std::min(end + 1, merges.size()));
    ++line_number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with("#version")) continue;
    const auto space = line.find(' ');
    if (space == 0 || space == std::string_view::npos ||
        line.find(' ', space + 1) != std::string_view::npos) {
      return invalid("tokenizer_merges", fit::format("line {} is not two tokens", line_number));
    }
    const std::string left(line.substr(0, space));
    const std::string right(line.substr(space + 1));
    FIT_TRY(const std::int32_t left_id, id_of(vocabulary, left));
    FIT_TRY(const std::int32_t right_id, id_of(vocabulary, right));
    FIT_TRY(const std::int32_t merged_id, id_of(vocabulary, left + right));
    tokenizer.merges_.emplace(pair_key(left_id, right_id), Merge{rank++, merged_id});
  }
  return tokenizer;
}

Result<ClipTokenizer> ClipTokenizer::load(const std::filesystem::path& vocab_json,
                                          const std::filesystem::path& merges) {
  FIT_TRY(const Bytes vocab_bytes, read_file(vocab_json, kMaxFile));
  FIT_TRY(const Bytes merge_bytes, read_file(merges, kMaxFile));
  return parse(as_text(vocab_bytes), as_text(merge_bytes));
}

std::vector<std::int64_t> ClipTokenizer::encode(std::string_view text, int context_length) const {
  std::vector<std::int64_t> ids{start_};
  const auto max_ids = static_cast<std::size_t>(std::max(context_length, 2)) - 1;
  Pieces pieces(text);
  while (ids.size() < max_ids) {
    const std::string piece = pieces.next();
    if (piece.empty()) break;
    merge_piece(piece, ids);
  }
  ids.resize(std::min(ids.size(), max_ids));
  ids.push_back(end_);
  return ids;
}

// Merges the pair with the lowest rank first, and the leftmost of equal ranks, in O(n log n) with a priority
// queue over a linked list.
void ClipTokenizer::merge_piece(std::string_view piece, std::vector<std::int64_t>& ids) const {
  struct Symbol {
    std::int32_t id;
    std::int32_t previous;
    std::int32_t next;
  };
  struct Candidate {
    std::int32_t rank;
    std::int32_t at;
    std::uint64_t key;  // the pair when it was queued; a later merge makes the candidate stale
    bool operator>(const Candidate& other) const {
      return std::tie(rank, at) > std::tie(other.rank, other.at);
    }
  };
  const auto count = static_cast<std::int32_t>(piece.size());
  std::vector<Symbol> symbols(piece.size());
  for (std::int32_t i = 0; i < count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const auto byte = static_cast<unsigned char>(piece[at]);
    symbols[at] = {i + 1 == count ? last_byte_ids_[byte] : byte_ids_[byte], i - 1,
                   i + 1 == count ? -1 : i + 1};
  }
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> queue;
  const auto symbol = [&](std::int32_t at) -> Symbol& { return symbols[static_cast<std::size_t>(at)]; };
  const auto consider = [&](std::int32_t at) {
    if (at < 0 || symbol(at).next < 0) return;
    const std::uint64_t key = pair_key(symbol(at).id, symbol(symbol(at).next).id);
    if (const auto merge = merges_.find(key); merge != merges_.end())
      queue.push({merge->second.rank, at, key});
  };
  for (std::int32_t i = 0; i + 1 < count; ++i) consider(i);
  while (!queue.empty()) {
    const Candidate best = queue.top();
    queue.pop();
    Symbol& left = symbol(best.at);
    if (left.id < 0 || left.next < 0 || pair_key(left.id, symbol(left.next).id) != best.key) continue;
    Symbol& right = symbol(left.next);
    left.id = merges_.find(best.key)->second.id;
    left.next = right.next;
    right.id = -1;
    if (left.next >= 0) symbol(left.next).previous = best.at;
    consider(left.previous);
    consider(best.at);
  }
  for (std::int32_t at = 0; at >= 0; at = symbol(at).next) ids.push_back(symbol(at).id);
}

}  // namespace fit::embed
