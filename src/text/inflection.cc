#include "text/inflection.h"

#include <algorithm>

namespace fit::text {
namespace {

constexpr std::size_t kShortestInflected = 3;

bool is_vowel(char c) {
  return std::string_view("aeiou").contains(c);
}

bool hisses(std::string_view word) {
  return word.ends_with('s') || word.ends_with('x') || word.ends_with('z') || word.ends_with("ch") ||
         word.ends_with("sh");
}

}  // namespace

std::string plural(std::string_view noun) {
  std::string form(noun);
  if (hisses(noun)) return form + "es";
  const bool has_vowel_before_last = noun.size() > 1 && is_vowel(noun[noun.size() - 2]);
  if (noun.ends_with('y') && !has_vowel_before_last) {
    form.back() = 'i';
    return form + "es";
  }
  return form + "s";
}

std::vector<std::string> change_ending(std::string_view word, std::span<const EndingChange> changes) {
  std::vector<std::string> forms;
  for (const EndingChange& change : changes) {
    if (word.size() <= change.longer_than || !word.ends_with(change.from)) continue;
    forms.push_back(std::string(word.substr(0, word.size() - change.from.size())) + std::string(change.to));
  }
  return forms;
}

std::vector<std::string> inflected(const std::string& word) {
  std::vector<std::string> forms = {word};
  const bool is_plain = std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
  if (!is_plain || word.size() < kShortestInflected) return forms;
  const auto without = [&word](std::size_t count) { return word.substr(0, word.size() - count); };
  if (word.ends_with("ies") && word.size() > 4) forms.push_back(without(3) + "y");
  if (word.ends_with("ves") && word.size() > 4) forms.push_back(without(3) + "f");
  if (word.ends_with("es") && hisses(without(2))) forms.push_back(without(2));
  if (word.ends_with('s') && !word.ends_with("ss")) {
    if (word.size() > kShortestInflected) forms.push_back(without(1));
  } else {
    forms.push_back(plural(word));
  }
  return forms;
}

}  // namespace fit::text
