#include "ontology/mentions.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "ontology/lexicon.h"

namespace fit::ontology {
namespace {

constexpr std::array<std::string_view, 14> kSegmentWords = {
    "with", "in", "for", "by", "from", "over", "on", "plus", "worn", "feat", "featuring", "and", "w", "at"};

// Reads a text once from its beginning to its end.
class Reader {
 public:
  Reader(const Lexicon& lexicon, std::string_view text, const MentionOptions& options,
         std::span<const TextRange> names = {})
      : lexicon_(lexicon),
        options_(options),
        words_(text),
        hidden_(options.hidden.substr(0, 256)),
        names_(names),
        negated_names_(names.size()) {}

  // Reads the text; once.
  void read() {
    std::size_t at = 0;
    while (at < words_.size()) {
      read_gap(at);
      if (const std::size_t name = read_name(at); name > 0) {
        at += name;
        continue;
      }
      if (const std::size_t brand = hidden_length(at); brand > 0) {
        at += brand;
        continue;
      }
      const auto match = lexicon_.longest(words_, at);
      const std::size_t length = match ? match->length : 1;
      if (match) {
        read_phrase(*match->phrase, at, length);
      } else {
        read_unknown(at);
      }
      at += length;
    }
  }

  std::vector<Mention>& mentions() { return mentions_; }
  std::vector<bool>& negated_names() { return negated_names_; }
  std::vector<TextRange>& negated_words() { return negated_words_; }

 private:
  // Reads the punctuation before a word.
  void read_gap(std::size_t at) {
    const text::Gap gap = words_[at].gap;
    if (gap >= text::Gap::kComma) {
      ++segment_;
      negated_ = false;
    }
    if (gap == text::Gap::kStop) {
      ++sentence_;
      aside_ = false;
    }
  }

  // The number of words of the hidden sequence if it is at this position, otherwise 0.
  std::size_t hidden_length(std::size_t at) const {
    const std::size_t length = hidden_.size();
    if (length == 0 || at + length > words_.size()) return 0;
    for (std::size_t i = 0; i < length; ++i) {
      if (words_.text(at + i) != hidden_.text(i)) return 0;
    }
    return length;
  }

  // Reads the rest of the name that the word belongs to. Returns its number of words; 0 outside names.
  std::size_t read_name(std::size_t at) {
    while (next_name_ < names_.size() && names_[next_name_].end <= words_[at].begin) ++next_name_;
    if (next_name_ == names_.size() || words_[at].begin < names_[next_name_].begin) return 0;
    std::size_t next = at;
    while (next < words_.size() && words_[next].begin < names_[next_name_].end) ++next;
    negated_names_[next_name_] = negated_;
    continue_negation(next);
    return next - at;
  }

  // A negation continues behind a value in "not wool or cotton" and ends in "not wool but cotton". `next` is
  // the word behind the value.
  void continue_negation(std::size_t next) {
    if (negated_)
      negated_ = next < words_.size() && (words_.text(next) == "or" || words_.text(next) == "nor");
  }

  // Reads a word without a value.
  void read_unknown(std::size_t at) {
    const std::string_view word = words_.text(at);
    if (lexicon_.negates_before(word)) negate_before(at);
    if (!lexicon_.negation_reaches_over(word)) {
      if (negated_) negated_words_.push_back({words_[at].begin, words_[at].end});
      negated_ = false;
    }
    if (std::ranges::contains(kSegmentWords, word)) ++segment_;
  }

  // Negates the mention that ends before this word: "wool-free".
  void negate_before(std::size_t at) {
    if (words_[at].gap >= text::Gap::kSlash) return;
    for (Mention& one : mentions_) {
      if (at > 0 && one.end == words_[at - 1].end) one.negated = true;
    }
  }

  void read_phrase(const Phrase& phrase, std::size_t at, std::size_t length) {
    if (phrase.negation) {
      negated_ = !is_number_sign(at, length);
      return;
    }
    if (phrase.aside) aside_ = true;
    if (phrase.aside || phrase.no_property || phrase.values.empty()) {
      if (phrase.values.empty() && !phrase.aside && !phrase.no_property) read_unknown(at);
      return;
    }
    if (!applies(phrase, at, length)) return;
    for (const PhraseValue& phrase_value : phrase.values) add(phrase_value, at, length);
    continue_negation(at + length);
  }

  // Whether "no" is an abbreviation of "number": "No. 21".
  bool is_number_sign(std::size_t at, std::size_t length) const {
    const std::size_t next = at + length;
    return length == 1 && words_.text(at) == "no" && next < words_.size() && words_.text(next)[0] >= '0' &&
           words_.text(next)[0] <= '9';
  }

  bool is_garment(const Phrase& phrase) const {
    return std::ranges::any_of(phrase.values, [](const PhraseValue& one) {
      return !one.implied && (one.property == kSubcategory || one.property == kCategory);
    });
  }

  // Whether the rules for the phrase's use allow it at this position.
  bool applies(const Phrase& phrase, std::size_t at, std::size_t length) const {
    if (length == words_.size()) return true;  // a tag or the whole query
    if (phrase.not_alone) return false;
    if (phrase.title_and_tags_only && !options_.is_short) return false;
    if (!phrase.only_before_a_garment) return true;
    // At most two words or phrases may precede the garment: "long black wool coat".
    for (std::size_t next = at + length, steps = 0; next < words_.size() && steps < 3; ++steps) {
      if (words_[next].gap >= text::Gap::kComma) return false;
      const auto match = lexicon_.longest(words_, next);
      if (match && is_garment(*match->phrase)) return true;
      next += match ? match->length : 1;
    }
    return false;
  }

  void add(const PhraseValue& phrase_value, std::size_t at, std::size_t length) {
    Mention mention;
    mention.property = phrase_value.property;
    mention.value = lexicon_.names(phrase_value.property)[phrase_value.value];
    mention.begin = words_[at].begin;
    mention.end = words_[at + length - 1].end;
    mention.negated = negated_;
    mention.implied = phrase_value.implied;
    mention.aside = aside_;
    mention.segment = segment_;
    mention.sentence = sentence_;
    if (phrase_value.property == kPrimaryColor) {
      mention.joined = joined_before(at);
      last_color_end_ = at + length;
    }
    if (phrase_value.property == kPrimaryColor || phrase_value.property == kMaterial)
      mention.part = part_beside(at, length);
    if (phrase_value.property == kMaterial && at > 0) mention.percent = percent_at(at - 1);
    mentions_.push_back(mention);
  }

  // Whether only a conjunction or punctuation separates this colour from the previous one.
  bool joined_before(std::size_t at) const {
    if (last_color_end_ == 0 || last_color_end_ > at) return false;
    if (last_color_end_ == at) return words_[at].gap <= text::Gap::kComma;
    return last_color_end_ + 1 == at && (words_.text(at - 1) == "and" || words_.text(at - 1) == "n");
  }

  bool part_beside(std::size_t at, std::size_t length) const {
    const std::size_t next = at + length;
    if (next < words_.size() && words_[next].gap < text::Gap::kComma) {
      const std::string_view word = words_.text(next);
      if (lexicon_.is_part(word)) return true;
      if (word == "toned" || word == "tone")
        return next + 1 < words_.size() && lexicon_.is_part(words_.text(next + 1));
    }
    // "lining: silk", "lined in silk"
    for (std::size_t back = 1; back <= 2 && back <= at; ++back) {
      const std::string_view word = words_.text(at - back);
      if (word == "lining" || word == "lined" || word == "trim" || word == "sole" || word == "insole")
        return true;
      if (word != "in" && word != "with" && !words_[at - back].percent) return false;
    }
    return false;
  }

  std::uint8_t percent_at(std::size_t at) const {
    if (!words_[at].percent) return 0;
    const std::string_view text = words_.text(at);
    unsigned number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || number > 100) return 0;
    return static_cast<std::uint8_t>(number);
  }

  const Lexicon& lexicon_;
  const MentionOptions options_;
  const text::Words words_;
  const text::Words hidden_;
  const std::span<const TextRange> names_;
  std::vector<bool> negated_names_;  // one for each of names_
  std::size_t next_name_ = 0;        // index into names_
  std::vector<TextRange> negated_words_;
  std::vector<Mention> mentions_;
  bool negated_ = false;
  bool aside_ = false;
  std::uint16_t segment_ = 0;
  std::uint16_t sentence_ = 0;
  std::size_t last_color_end_ = 0;  // index of the word after the last colour; 0 before the first
};

}  // namespace

std::vector<Mention> find_mentions(const Ontology& ontology, std::string_view text,
                                   const MentionOptions& options) {
  Reader reader(ontology.lexicon(), text, options);
  reader.read();
  return std::move(reader.mentions());
}

std::vector<bool> find_negated(const Ontology& ontology, std::string_view text,
                               std::span<const TextRange> names) {
  Reader reader(ontology.lexicon(), text, {}, names);
  reader.read();
  return std::move(reader.negated_names());
}

std::vector<TextRange> find_negated_words(const Ontology& ontology, std::string_view text) {
  Reader reader(ontology.lexicon(), text, {});
  reader.read();
  return std::move(reader.negated_words());
}

}  // namespace fit::ontology
