#include "text/stems.h"

#include <libstemmer.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <unordered_map>

#include "text/characters.h"

namespace fit::text {
namespace {

constexpr std::size_t kShortestWord = 4;  // characters of the shortest word that is stemmed
constexpr std::size_t kShortestStem = 3;  // characters of the shortest stem that is used
constexpr std::size_t kLongestWord = 64;  // bytes of the longest word that is stemmed

// The languages of a script. Danish and Norwegian words are left to the Swedish stemmer, because their own
// stemmers remove "-et" as an article ("jacket" would match "jack"); those of Finnish and Hungarian remove
// "-t" from words of other languages.
struct Script {
  char32_t first;
  char32_t last;
  std::array<const char*, 10> languages;
};
constexpr std::array<Script, 7> kScripts = {{
    {'a',
     'z',
     {"english", "german", "french", "spanish", "italian", "portuguese", "dutch", "swedish", "romanian",
      "turkish"}},
    {0x370, 0x3FF, {"greek"}},
    {0x400, 0x4FF, {"russian"}},
    {0x530, 0x58F, {"armenian"}},
    {0x600, 0x6FF, {"arabic"}},
    {0x900, 0x97F, {"hindi"}},
    {0xB80, 0xBFF, {"tamil"}},
}};

struct StemmerEnd {
  void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
};
using Stemmer = std::unique_ptr<sb_stemmer, StemmerEnd>;

// The stemmers of a script for this thread. They are expensive to make.
std::span<const Stemmer> stemmers_of(std::size_t script) {
  thread_local std::array<std::vector<Stemmer>, kScripts.size()> all;
  std::vector<Stemmer>& stemmers = all[script];
  if (stemmers.empty()) {
    for (const char* const language : kScripts[script].languages) {
      if (language != nullptr) stemmers.emplace_back(sb_stemmer_new(language, "UTF_8"));
    }
  }
  return stemmers;
}

std::size_t script_of(std::string_view word) {
  if (word.empty()) return kScripts.size();
  std::size_t at = 0;
  const char32_t first = next_code(word, at);
  const auto* const script = std::ranges::find_if(
      kScripts, [first](const Script& one) { return first >= one.first && first <= one.last; });
  return static_cast<std::size_t>(script - kScripts.begin());
}

std::string stem_of(const Stemmer& stemmer, std::string_view word) {
  if (stemmer == nullptr) return {};
  const auto* const stem = sb_stemmer_stem(stemmer.get(), reinterpret_cast<const sb_symbol*>(word.data()),
                                           static_cast<int>(word.size()));
  if (stem == nullptr) return {};
  std::string text(reinterpret_cast<const char*>(stem),
                   static_cast<std::size_t>(sb_stemmer_length(stemmer.get())));
  return count_characters(text) < kShortestStem ? std::string() : text;
}

bool can_be_stemmed(std::string_view word) {
  return word.size() <= kLongestWord && count_characters(word) >= kShortestWord &&
         std::ranges::none_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

// The stems of a word in the languages of its script. Cached by thread, because the words of a catalogue
// recur.
const std::vector<std::string>& stems_of(std::size_t script, std::string_view word) {
  constexpr std::size_t kKept = 4096;
  thread_local std::unordered_map<std::string, std::vector<std::string>> kept;
  std::string key(word);
  if (const auto known = kept.find(key); known != kept.end()) return known->second;
  if (kept.size() == kKept) kept.clear();
  std::vector<std::string> stems;
  for (const Stemmer& stemmer : stemmers_of(script)) stems.push_back(stem_of(stemmer, word));
  return kept.emplace(std::move(key), std::move(stems)).first->second;
}

}  // namespace

Stems::Stems(std::string_view word) : word_(word), script_(script_of(word)) {
  if (script_ == kScripts.size() || !can_be_stemmed(word_)) return;
  std::size_t length = word_.size();
  stems_ = stems_of(script_, word_);
  for (const std::string& stem : stems_) {
    if (stem.empty()) continue;
    const auto [end, same] = std::ranges::mismatch(word_, stem);
    length = std::min(length, static_cast<std::size_t>(end - word_.begin()));
  }
  while (length > 0 && length < word_.size() && (static_cast<unsigned char>(word_[length]) & 0xC0U) == 0x80)
    --length;
  if (count_characters(std::string_view(word_).substr(0, length)) >= kShortestStem) {
    beginning_ = length;
  }
}

bool Stems::share(std::string_view other) const {
  if (stems_.empty() || script_of(other) != script_ || !can_be_stemmed(other)) return false;
  const std::vector<std::string>& others = stems_of(script_, other);
  for (std::size_t i = 0; i < stems_.size(); ++i) {
    if (!stems_[i].empty() && stems_[i] == others[i]) return true;
  }
  return false;
}

}  // namespace fit::text
