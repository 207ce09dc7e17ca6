#include "embed/phrase_tokenizer.h"

#include <algorithm>

#include "base/format.h"
#include "embed/unicode.h"
#include "text/inflection.h"

namespace fit::embed {
namespace {

// The plurals that training knew, in this order.
constexpr text::EndingChange kEndings[] = {{"s", ""}, {"es", ""}, {"", "s"}};

// Returns the next word from `at` on and moves `at` behind it; empty at the end.
std::string next_word(std::string_view text, std::size_t& at) {
  std::string word;
  while (at < text.size()) {
    const char32_t code = next_code(text, at);
    if (is_letter(code) || is_number(code)) {
      append_utf8(word, to_lower(code));
    } else if (!word.empty()) {
      break;
    }
  }
  return word;
}

}  // namespace

Result<PhraseTokenizer> PhraseTokenizer::parse(std::string_view lines) {
  PhraseTokenizer tokenizer;
  std::int64_t number = 0;
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
    if (line.empty() || !tokenizer.tokens_.emplace(line, number).second) {
      return invalid("tokenizer_vocab",
                     fit::format("line {} is {}", number + 1, line.empty() ? "empty" : "repeated"));
    }
    ++number;
  }
  if (number == 0) return invalid("tokenizer_vocab", "holds no phrase");
  return tokenizer;
}

std::optional<std::int64_t> PhraseTokenizer::find(const std::string& phrase) const {
  const auto known = [&](const std::string& form) -> std::optional<std::int64_t> {
    const auto found = tokens_.find(form);
    return found == tokens_.end() ? std::nullopt : std::optional(found->second);
  };
  if (const auto token = known(phrase)) return token;
  for (const std::string& form : text::change_ending(phrase, kEndings)) {
    if (const auto token = known(form)) return token;
  }
  return std::nullopt;
}

std::vector<std::int64_t> PhraseTokenizer::encode(std::string_view text, int context_length) const {
  const auto max_tokens = static_cast<std::size_t>(context_length);
  std::vector<std::int64_t> tokens;
  std::vector<std::string> words;  // the next words, at most kLongestPhrase
  std::size_t at = 0;
  while (tokens.size() < max_tokens) {
    while (words.size() < kLongestPhrase) {
      std::string word = next_word(text, at);
      if (word.empty()) break;
      words.push_back(std::move(word));
    }
    if (words.empty()) break;
    std::size_t used = 1;
    for (std::size_t count = words.size(); count > 0; --count) {
      std::string phrase = words.front();
      for (std::size_t i = 1; i < count; ++i) phrase += ' ' + words[i];
      if (const auto token = find(phrase)) {
        tokens.push_back(*token);
        used = count;
        break;
      }
    }
    words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(used));
  }
  if (tokens.empty()) tokens.push_back(0);
  return tokens;
}

}  // namespace fit::embed
