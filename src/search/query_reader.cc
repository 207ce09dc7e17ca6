#include "search/query_reader.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "search/price_words.h"

namespace fit::search {
namespace {

constexpr std::size_t kMaxRead = 64;
constexpr std::size_t kLongestValue = 3;  // words

constexpr auto kFillers = std::to_array<std::string_view>(
    {"a",    "an",    "the",  "in",   "with",  "for",  "and",    "or", "of",   "this",
     "that", "these", "it",   "but",  "like",  "same", "to",     "on", "my",   "me",
     "i",    "is",    "want", "one",  "more",  "some", "any",    "as", "look", "find",
     "show", "made",  "from", "less", "color", "at",   "colour", "be", "by",   "please"});
constexpr auto kNegations =
    std::to_array<std::string_view>({"not", "no", "without", "non", "except", "minus"});
constexpr auto kSpellings =
    std::to_array<std::pair<std::string_view, std::string_view>>({{"grey", "gray"},
                                                                  {"trousers", "pants"},
                                                                  {"trainers", "sneakers"},
                                                                  {"tee", "t-shirt"},
                                                                  {"checkered", "checked"},
                                                                  {"jumper", "sweater"},
                                                                  {"maroon", "burgundy"},
                                                                  {"longer", "long"},
                                                                  {"shorter", "short"},
                                                                  {"womens", "women"},
                                                                  {"women's", "women"},
                                                                  {"mens", "men"},
                                                                  {"men's", "men"},
                                                                  {"polka dots", "dotted"},
                                                                  {"dots", "dotted"},
                                                                  {"flowers", "floral"}});
// The word behind a value that tells which property it is of.
constexpr auto kHeads =
    std::to_array<std::pair<std::string_view, std::string_view>>({{"sleeve", "sleeve_length"},
                                                                  {"sleeves", "sleeve_length"},
                                                                  {"sleeved", "sleeve_length"},
                                                                  {"neck", "neckline"},
                                                                  {"neckline", "neckline"},
                                                                  {"fit", "fit"},
                                                                  {"length", "garment_length"}});

struct Word {
  std::string text;   // as it stands
  std::string lower;  // letters, digits, inner hyphens and apostrophes
};

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

// Runs of letters and digits of any script; "t-shirt" and "levi's" are one.
std::vector<Word> split(std::string_view text) {
  std::vector<Word> words;
  const std::string lower = to_lower(text);
  for (std::size_t at = 0; at < lower.size();) {
    if (!is_word_byte(lower[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    const auto is_joint = [&](std::size_t i) {
      return (lower[i] == '-' || lower[i] == '\'') && i + 1 < lower.size() && is_word_byte(lower[i + 1]);
    };
    while (end < lower.size() && (is_word_byte(lower[end]) || is_joint(end))) ++end;
    words.push_back({std::string(text.substr(at, end - at)), lower.substr(at, end - at)});
    at = end;
  }
  return words;
}

std::string_view respelt(std::string_view phrase) {
  const auto* const found =
      std::ranges::find(kSpellings, phrase, &std::pair<std::string_view, std::string_view>::first);
  return found == kSpellings.end() ? phrase : found->second;
}

// The phrase and the forms in which a catalogue may have it, the likeliest first.
std::vector<std::string> forms_of(std::string_view phrase) {
  std::vector<std::string> forms = {std::string(phrase), std::string(respelt(phrase))};
  const std::string base = forms.back();
  const auto add = [&forms](std::string form) {
    if (!std::ranges::contains(forms, form)) forms.push_back(std::move(form));
  };
  if (base.size() > 3 && base.ends_with("ies")) add(base.substr(0, base.size() - 3) + "y");
  if (base.size() > 3 && base.ends_with("es")) add(base.substr(0, base.size() - 2));
  if (base.size() > 3 && base.ends_with("s")) {
    add(base.substr(0, base.size() - 1));
    add(base.substr(0, base.size() - 1) + "d");  // stripes, striped
  }
  add(base + "s");
  add(base + "es");
  if (base.ends_with("e")) add(base + "d");
  for (std::size_t i = 0, count = forms.size(); i < count; ++i) {
    for (const auto& [from, to] : {std::pair('-', ' '), std::pair(' ', '-')}) {
      std::string form = forms[i];
      std::ranges::replace(form, from, to);
      add(std::move(form));
    }
  }
  return forms;
}

class ColumnReader final : public QueryReader {
 public:
  explicit ColumnReader(const ItemColumns& columns) : columns_(columns) {}

  ReadText read(std::string_view text) const override {
    ReadText read;
    PriceWords price = read_price(text);
    read.text = std::move(price.rest);
    read.min_price = price.min;
    read.max_price = price.max;
    std::vector<Word> words = split(read.text);
    if (words.size() > kMaxRead) words.resize(kMaxRead);
    bool negated = false;
    for (std::size_t at = 0; at < words.size();) {
      if (std::ranges::contains(kNegations, words[at].lower)) {
        negated = true;
        ++at;
        continue;
      }
      const std::size_t taken = read_property(std::span(words).subspan(at), negated, read);
      if (taken == 0) add_rest(words[at], negated, read);
      if (taken > 0 || !std::ranges::contains(kFillers, words[at].lower)) negated = false;
      at += std::max<std::size_t>(taken, 1);
    }
    return read;
  }

 private:
  static void add_rest(const Word& word, bool negated, ReadText& read) {
    if (negated || std::ranges::contains(kFillers, word.lower)) return;
    if (!read.rest.empty()) read.rest += ' ';
    read.rest += word.text;
  }

  // How many of the first words name a property, the longest name first.
  std::size_t read_property(std::span<const Word> words, bool negated, ReadText& read) const {
    for (std::size_t count = std::min(kLongestValue, words.size()); count > 0; --count) {
      std::string phrase;
      for (const Word& word : words.first(count)) phrase += (phrase.empty() ? "" : " ") + word.lower;
      if (count == 1 && std::ranges::contains(kFillers, phrase)) return 0;
      std::string_view head;
      if (count < words.size()) head = words[count].lower;
      const auto* const known =
          std::ranges::find(kHeads, head, &std::pair<std::string_view, std::string_view>::first);
      if (known != kHeads.end() &&
          add_property(phrase, store::property_index(known->second), negated, read)) {
        return count + 1;
      }
      if (add_property(phrase, std::nullopt, negated, read)) return count;
    }
    return 0;
  }

  bool add_property(std::string_view phrase, std::optional<std::size_t> property, bool negated,
                    ReadText& read) const {
    for (const std::string& form : forms_of(phrase)) {
      const auto found = columns_.find_value(form, property);
      if (!found) continue;
      const bool is_known = std::ranges::any_of(read.properties, [&](const SoftProperty& one) {
        return one.property == found->property && one.wanted == !negated && (one.wanted || one.value == form);
      });
      if (!is_known) read.properties.push_back({found->property, form, !negated});
      return !is_known;
    }
    return false;
  }

  const ItemColumns& columns_;
};

}  // namespace

std::unique_ptr<QueryReader> make_column_reader(const ItemColumns& columns) {
  return std::make_unique<ColumnReader>(columns);
}

}  // namespace fit::search
