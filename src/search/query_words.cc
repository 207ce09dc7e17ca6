#include "search/query_words.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "domain/properties.h"
#include "ontology/mentions.h"
#include "text/analyzer.h"
#include "text/words.h"

namespace fit::search {
namespace {

constexpr std::size_t kLongestName = 5;      // the largest number of words
constexpr std::int64_t kMostCounted = 1000;  // the limit of counted items

constexpr auto kFillers = std::to_array<std::string_view>(
    {"a",     "an",    "the",  "in",     "with", "for", "and",    "or",       "of",        "this", "that",
     "these", "it",    "but",  "like",   "same", "to",  "on",     "my",       "me",        "i",    "is",
     "want",  "one",   "more", "some",   "any",  "as",  "look",   "find",     "show",      "made", "from",
     "less",  "color", "at",   "colour", "be",   "by",  "please", "anything", "everything"});
constexpr auto kNegations = std::to_array<std::string_view>(
    {"not",    "no",     "without", "non",  "except", "minus", "ohne",   "nicht",   "kein",  "keine",
     "keinen", "keinem", "keiner",  "sans", "sauf",   "senza", "tranne", "excepto", "salvo", "zonder"});
constexpr auto kJoints = std::to_array<std::string_view>({"or", "nor", "oder", "noch", "ou", "ni"});
// Words after "not" that say nothing of an item.
constexpr auto kVague = std::to_array<std::string_view>(
    {"too", "very", "so",   "really", "much", "just", "only", "even", "quite", "sure", "need",   "have",
     "has", "do",   "does", "zu",     "sehr", "nur",  "trop", "tres", "muy",   "solo", "troppo", "molto"});

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

// Marks the names in the words of one query.
class NameMarker {
 public:
  NameMarker(const ListedNames& names, const ontology::Ontology& ontology, std::string_view text,
             std::span<QueryWord> words)
      : names_(names), words_(words) {
    for (const QueryWord& word : words_) {
      joined_.push_back(text::joined_name(word.lower));
      meanings_.push_back(meaning_of(ontology, word.lower));
    }
    // Words of a phrase such as "crew neck" are no names.
    for (const ontology::Mention& one : ontology::find_mentions(ontology, text, {})) {
      const auto is_inside = [&one](const QueryWord& word) {
        return word.begin >= one.begin && word.begin < one.end;
      };
      if (std::ranges::count_if(words_, is_inside) < 2) continue;
      for (std::size_t i = 0; i < words_.size(); ++i) {
        if (is_inside(words_[i])) meanings_[i] = Meaning::kPhrase;
      }
    }
  }

  Result<void> mark() {
    FIT_CHECK(mark_brands());
    for (std::size_t i = 0; i + 1 < words_.size(); ++i) FIT_CHECK(mark_together(i));
    return {};
  }

 private:
  // The meaning of a word in the ontology.
  enum class Meaning : std::uint8_t {
    kNone,
    kKind,      // a type of garment
    kProperty,  // another property
    kPhrase,    // a part of a phrase
  };

  static Meaning meaning_of(const ontology::Ontology& ontology, std::string_view word) {
    const auto mentions = ontology::find_mentions(ontology, word, {});
    if (mentions.empty()) return Meaning::kNone;
    const bool is_kind = std::ranges::any_of(mentions, [](const ontology::Mention& one) {
      return one.property == domain::kCategory || one.property == domain::kSubcategory;
    });
    return is_kind ? Meaning::kKind : Meaning::kProperty;
  }

  bool is_small(std::size_t at) const { return is_filler(words_[at].lower) || is_negation(words_[at].lower); }

  // The joined name of a run of words.
  std::string name_of(std::size_t first, std::size_t count) const {
    std::string name;
    for (std::size_t i = first; i < first + count; ++i) name += joined_[i];
    return name;
  }

  Result<void> mark_brands() {
    std::vector<std::string> names;
    for (std::size_t first = 0; first < words_.size(); ++first) {
      for (std::size_t count = 1; count <= kLongestName && first + count <= words_.size(); ++count) {
        std::string name = name_of(first, count);
        if (!name.empty()) names.push_back(std::move(name));
      }
    }
    FIT_TRY(const auto brands, names_.brands(names));
    if (brands.empty()) return {};
    for (std::size_t first = 0; first < words_.size();) {
      const std::size_t count = brand_at(first, brands);
      const bool has_other = !is_all_properties(first, count);
      for (std::size_t i = first; i < first + count; ++i)
        (has_other ? words_[i].is_name : words_[i].is_brand) = true;
      if (has_other) words_[first].brand_words = count;
      first += std::max<std::size_t>(count, 1);
    }
    return {};
  }

  // The number of words of the longest brand that begins at a word; 0 when none does.
  std::size_t brand_at(std::size_t first, std::span<const std::string> brands) const {
    for (std::size_t count = std::min(kLongestName, words_.size() - first); count > 0; --count) {
      const bool is_lone_small = count == 1 && is_small(first) && !may_be_brand(first);
      if (std::ranges::contains(brands, name_of(first, count)) && !is_lone_small) return count;
    }
    return 0;
  }

  // Whether a small word alone may be a brand.
  bool may_be_brand(std::size_t at) const {
    const bool is_at_end = at == 0 || at + 1 == words_.size();
    const bool has_small_beside =
        (at > 0 && is_small(at - 1)) || (at + 1 < words_.size() && is_small(at + 1));
    return is_at_end && !has_small_beside;
  }

  bool is_all_properties(std::size_t first, std::size_t count) const {
    return std::ranges::all_of(std::span(meanings_).subspan(first, count),
                               [](Meaning meaning) { return meaning != Meaning::kNone; });
  }

  // Marks a property's word and its neighbour if at least half of the items with the neighbour have both
  // together.
  Result<void> mark_together(std::size_t at) {
    if (words_[at].is_name || words_[at + 1].is_name) return {};
    const bool is_first = meanings_[at] == Meaning::kProperty;
    const std::size_t other = is_first ? at + 1 : at;
    if (meanings_[is_first ? at : at + 1] != Meaning::kProperty || meanings_[other] != Meaning::kNone)
      return {};
    if (is_small(other) || std::ranges::any_of(words_[other].lower, is_digit)) return {};
    FIT_TRY(const auto together,
            names_.count_phrase(words_[at].lower + " " + words_[at + 1].lower, kMostCounted));
    if (together == 0) return {};
    FIT_TRY(const auto alone, names_.count_phrase(words_[other].lower, kMostCounted));
    if (2 * together < alone) return {};
    words_[at].is_name = true;
    words_[at + 1].is_name = true;
    return {};
  }

  const ListedNames& names_;
  const std::span<QueryWord> words_;
  std::vector<std::string> joined_;
  std::vector<Meaning> meanings_;
};

}  // namespace

std::vector<QueryWord> split_query(std::string_view text, std::size_t most) {
  std::vector<QueryWord> words;
  const text::Words found(text, text::WordRule::kTyped);
  for (std::size_t i = 0; i < std::min(found.size(), most); ++i) {
    const auto [begin, end] = std::pair(found[i].begin, found[i].end);
    words.push_back({begin, std::string(text.substr(begin, end - begin)), std::string(found.text(i))});
  }
  return words;
}

std::string spell_negations(std::string_view text) {
  std::string spelt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = i == 0 || text[i - 1] == ' ';
    if (text[i] == '-' && begins && i + 1 < text.size() && is_letter(text[i + 1])) {
      spelt += "not ";
    } else {
      spelt += text[i];
    }
  }
  return spelt;
}

bool is_filler(std::string_view lower) {
  return std::ranges::contains(kFillers, lower);
}

bool is_negation(std::string_view lower) {
  return std::ranges::contains(kNegations, lower);
}

bool continues_negation(std::string_view lower) {
  return std::ranges::contains(kJoints, lower);
}

bool can_be_denied(std::string_view lower) {
  return lower.size() > 1 && !is_filler(lower) && !is_negation(lower) && !continues_negation(lower) &&
         !std::ranges::contains(kVague, lower) && !std::ranges::all_of(lower, is_digit);
}

Result<void> mark_names(const ListedNames& names, const ontology::Ontology& ontology, std::string_view text,
                        std::span<QueryWord> words) {
  return words.empty() ? Result<void>() : NameMarker(names, ontology, text, words).mark();
}

void mark_denied(const ontology::Ontology& ontology, std::string_view text, std::span<QueryWord> words) {
  const std::string hidden = hide_names(text, words);
  for (const ontology::TextRange& range : ontology::find_negated_words(ontology, hidden)) {
    for (QueryWord& word : words) {
      if (word.is_name || word.begin >= range.end || range.begin >= word.begin + word.text.size()) continue;
      word.is_denied = true;
    }
  }
}

std::vector<QueryName> names_in(const ontology::Ontology& ontology, std::string_view text,
                                std::span<const QueryWord> words) {
  std::vector<QueryName> names;
  std::vector<ontology::TextRange> places;
  for (std::size_t at = 0; at < words.size();) {
    std::size_t count = words[at].brand_words;
    const bool is_brand = count > 0;
    while (!is_brand && at + count < words.size() && words[at + count].is_name &&
           words[at + count].brand_words == 0) {
      ++count;
    }
    if (count > 0) {
      const QueryWord& last = words[at + count - 1];
      names.push_back({.first = at, .count = count, .is_brand = is_brand});
      places.push_back({static_cast<std::uint32_t>(words[at].begin),
                        static_cast<std::uint32_t>(last.begin + last.text.size())});
    }
    at += std::max<std::size_t>(count, 1);
  }
  if (names.empty()) return names;
  const std::vector<bool> negated = ontology::find_negated(ontology, text, places);
  for (std::size_t i = 0; i < names.size(); ++i) names[i].is_denied = negated[i];
  return names;
}

std::string hide_names(std::string_view text, std::span<const QueryWord> words) {
  constexpr char kMeansNothing = 'x';
  std::string hidden(text);
  for (const QueryWord& word : words) {
    if (word.is_name)
      std::ranges::fill_n(hidden.begin() + static_cast<std::ptrdiff_t>(word.begin),
                          static_cast<std::ptrdiff_t>(word.text.size()), kMeansNothing);
  }
  return hidden;
}

}  // namespace fit::search
