#include "text/analyzer.h"

#include <unicode/brkiter.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <memory>
#include <span>

#include "text/fold.h"
#include "text/inflection.h"

namespace fit::text {
namespace {

constexpr std::size_t kLongestJoin = 48;    // bytes of a joined token
constexpr std::size_t kJoinedWords = 64;    // the first words of a field, which are joined with the next
constexpr std::size_t kBrandJoin = 4;       // the most words of a brand that are joined
constexpr std::size_t kShortestNumber = 3;  // digits of the shortest number with a plural: "501s"

// What separates a part from the one before it.
enum class Joint : std::uint8_t {
  kApart,     // a comma, a stop, a bracket, or the beginning
  kBlank,     // blanks, with or without marks of names
  kMark,      // one mark of names: "y-3"
  kAdjacent,  // nothing: two characters of a script without blanks, or two scripts
};

// A word, or a character of a script without blanks.
struct Part {
  std::string folded;
  std::string other;  // the form with digraphs; empty when it is the same
  bool is_unit = false;
  Joint joint = Joint::kApart;
  bool is_decimal = false;  // a dot or comma is before it
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

bool is_name_mark(char32_t code) {
  switch (code) {
    case '\'':
    case '-':
    case '.':
    case '&':
    case '+':
    case '*':
    case '_':
    case 0xB7:
    case 0x2BC:
    case 0x2010:
    case 0x2011:
    case 0x2018:
    case 0x2019:
      return true;
    default:
      return false;
  }
}

bool is_blank(char32_t code) {
  return code == ' ' || code == 0xA0 || code == 0x202F || code == '\t';
}

// Reads the parts of a text one after the other.
class PartReader {
 public:
  explicit PartReader(std::string_view text) : reader_(text) { has_next_ = reader_.next(next_); }

  bool read(Part& part) {
    while (has_next_ && next_.kind == CharacterKind::kOther) {
      note_gap(next_.code);
      advance();
    }
    while (has_next_ && next_.kind == CharacterKind::kNothing) advance();
    if (!has_next_) return false;
    if (next_.kind == CharacterKind::kOther) return read(part);
    part = {.folded = {},
            .other = {},
            .is_unit = next_.kind == CharacterKind::kUnit,
            .joint = joint(),
            .is_decimal = gap_ == Gap::kMark && (mark_ == '.' || mark_ == ','),
            .begin = next_.begin,
            .end = next_.end};
    part.is_unit ? read_unit(part) : read_word(part);
    gap_ = Gap::kNone;
    is_first_ = false;
    return true;
  }

 private:
  enum class Gap : std::uint8_t { kNone, kMark, kBlank, kApart };

  void advance() { has_next_ = reader_.next(next_); }

  void note_gap(char32_t code) {
    const bool is_mark = is_name_mark(code);
    if (is_mark && gap_ == Gap::kNone) {
      gap_ = Gap::kMark;
      mark_ = code;
    } else if (is_mark || is_blank(code)) {
      gap_ = std::max(gap_, Gap::kBlank);
    } else {
      gap_ = Gap::kApart;
    }
  }

  Joint joint() const {
    if (is_first_) return Joint::kApart;
    switch (gap_) {
      case Gap::kNone:
        return Joint::kAdjacent;
      case Gap::kMark:
        return Joint::kMark;
      case Gap::kBlank:
        return Joint::kBlank;
      case Gap::kApart:
        break;
    }
    return Joint::kApart;
  }

  void read_word(Part& part) {
    for (; has_next_ && (next_.kind == CharacterKind::kLetter || next_.kind == CharacterKind::kNothing);
         advance()) {
      const std::string_view other = next_.digraph.empty() ? next_.folded : next_.digraph;
      if (!next_.digraph.empty() && part.other.empty()) part.other = part.folded;
      if (part.folded.size() + next_.folded.size() <= kLongestWord) {
        if (!part.other.empty() || !next_.digraph.empty()) part.other += other;
        part.folded += next_.folded;
      }
      if (next_.kind == CharacterKind::kLetter) part.end = next_.end;
    }
    if (part.other == part.folded) part.other.clear();
  }

  // Reads a character with its combining marks, as in Thai.
  void read_unit(Part& part) {
    part.folded = next_.folded;
    for (advance(); has_next_; advance()) {
      const bool is_mark = next_.kind == CharacterKind::kUnit &&
                           (U_GET_GC_MASK(static_cast<UChar32>(next_.code)) & U_GC_M_MASK) != 0;
      if (next_.kind != CharacterKind::kNothing && !is_mark) break;
      if (is_mark && part.folded.size() < kLongestWord) part.folded += next_.folded;
      part.end = next_.end;
    }
  }

  FoldingReader reader_;
  FoldedCharacter next_;
  bool has_next_ = false;
  bool is_first_ = true;
  Gap gap_ = Gap::kApart;
  char32_t mark_ = 0;
};

// Words that marks join: "arc'teryx".
struct Compound {
  std::size_t first = 0;  // the index of its first part
  std::size_t count = 0;
  std::string whole;
};

bool is_number(const std::string& word) {
  return std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

// The compound that begins at the part; often a single part.
Compound compound_at(std::span<const Part> parts, std::size_t first) {
  Compound compound{.first = first, .count = 1, .whole = parts[first].folded};
  if (parts[first].is_unit) return compound;
  for (std::size_t i = first + 1; i < parts.size() && parts[i].joint == Joint::kMark && !parts[i].is_unit;
       ++i) {
    // "1.5" is not 15.
    if (parts[i].is_decimal && is_number(parts[i].folded) && is_number(parts[i - 1].folded)) break;
    compound.whole += parts[i].folded;
    ++compound.count;
  }
  return compound;
}

std::vector<Part> read_parts(std::string_view text) {
  std::vector<Part> parts;
  PartReader reader(text);
  for (Part part; reader.read(part);) parts.push_back(std::move(part));
  return parts;
}

std::vector<Compound> compounds_of(std::span<const Part> parts) {
  std::vector<Compound> compounds;
  for (std::size_t at = 0; at < parts.size(); at += compounds.back().count) {
    compounds.push_back(compound_at(parts, at));
  }
  return compounds;
}

// The offset of the length in a word of waist and length ("w32l34"); 0 for other words.
std::size_t waist_length(std::string_view word) {
  const std::size_t cut = word.find('l');
  if (word.size() < 6 || word.size() > 8 || word[0] != 'w' || cut == std::string_view::npos) return 0;
  const auto are_digits = [](std::string_view text) {
    return text.size() >= 2 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  };
  return are_digits(word.substr(1, cut - 1)) && are_digits(word.substr(cut + 1)) ? cut : 0;
}

// Passes the tokens of a text to a visitor.
class TokenWriter {
 public:
  TokenWriter(Field field, const std::function<bool(const IndexToken&)>& visit)
      : field_(field), visit_(visit) {}

  void write(std::span<const Part> parts) {
    const std::vector<Compound> compounds = compounds_of(parts);
    for (std::size_t i = 0; i < compounds.size() && !stopped_; ++i) {
      const Compound& one = compounds[i];
      for (std::size_t at = one.first; at < one.first + one.count && !stopped_; ++at) {
        const Part& part = parts[at];
        put(part.folded, part, false);
        if (part.is_unit) {
          if (at + 1 < parts.size()) put_pair(part, parts[at + 1]);
          continue;
        }
        if (!part.other.empty()) put(part.other, part, true);
        if (const std::size_t cut = waist_length(part.folded); cut > 0) {
          put(part.folded.substr(0, cut), part, true);
          put(part.folded.substr(cut), part, true);
        }
        if (at > one.first) continue;
        if (one.count > 1) put(one.whole.substr(0, kLongestWord), part, true);
        put_joined(parts, compounds, i);
      }
    }
  }

 private:
  void put(std::string_view text, const Part& part, bool is_beside) {
    if (stopped_) return;
    stopped_ = !visit_({.text = text, .begin = part.begin, .end = part.end, .is_beside = is_beside});
  }

  void put_pair(const Part& part, const Part& next) {
    if (next.is_unit && next.joint == Joint::kAdjacent) put(part.folded + next.folded, part, true);
  }

  void put_joined(std::span<const Part> parts, std::span<const Compound> compounds, std::size_t at) {
    if (field_ == Field::kDescription || at >= kJoinedWords) return;
    const std::size_t most = field_ == Field::kBrand ? kBrandJoin : 2;
    std::string joined(1, kJoinedMark);
    joined += compounds[at].whole;
    for (std::size_t i = at + 1; i < compounds.size() && i < at + most; ++i) {
      const Part& next = parts[compounds[i].first];
      if (next.is_unit || next.joint == Joint::kApart) return;
      joined += compounds[i].whole;
      if (joined.size() > kLongestJoin) return;
      put(joined, parts[compounds[at].first], true);
    }
  }

  const Field field_;
  const std::function<bool(const IndexToken&)>& visit_;
  bool stopped_ = false;
};

void add_form(std::string form, std::vector<std::string>& forms) {
  if (!form.empty() && !std::ranges::contains(forms, form)) forms.push_back(std::move(form));
}

// Adds the word in singular and plural, also of numbers: "501s", "501".
void add_numbers(const std::string& word, std::vector<std::string>& forms) {
  for (std::string& form : inflected(word)) add_form(std::move(form), forms);
  const bool has_s = word.ends_with('s');
  const std::string digits = word.substr(0, word.size() - (has_s ? 1 : 0));
  if (digits.size() >= kShortestNumber && is_number(digits)) add_form(has_s ? digits : word + "s", forms);
}

// Adds the forms of a compound.
void add_compound(std::span<const Part> parts, const std::string& whole, std::vector<std::string>& forms) {
  std::string start;
  for (const Part& part : parts.first(parts.size() - 1)) start += (start.empty() ? "" : " ") + part.folded;
  const std::string& last = parts.back().folded;
  if (last == "s") {
    add_form(start + " s", forms);
    add_form(whole, forms);
    add_form(start, forms);
    return;
  }
  for (const std::string& form : inflected(last)) add_form(start + " " + form, forms);
  add_numbers(whole, forms);
}

QueryTerm make_term(std::span<const Part> parts, std::string whole) {
  QueryTerm term{.forms = {},
                 .word = std::move(whole),
                 .parts = {},
                 .has_units = false,
                 .begin = parts.front().begin,
                 .end = parts.back().end};
  for (const Part& part : parts) term.parts.push_back(part.folded);
  if (parts.size() == 1) {
    add_numbers(term.word, term.forms);
    if (!parts[0].other.empty()) add_numbers(parts[0].other, term.forms);
  } else {
    add_compound(parts, term.word, term.forms);
  }
  add_form(kJoinedMark + term.word, term.forms);
  return term;
}

// Makes the word of a run in a script without blanks: a phrase of its adjacent pairs, or its only character.
QueryTerm make_unit_term(std::span<const Part> units) {
  QueryTerm term{.forms = {},
                 .word = {},
                 .parts = {},
                 .has_units = true,
                 .begin = units.front().begin,
                 .end = units.back().end};
  std::string phrase = units.size() == 1 ? units[0].folded : "";
  for (std::size_t i = 0; i < units.size(); ++i) {
    term.word += units[i].folded;
    if (i + 1 == units.size()) break;
    phrase += (i == 0 ? "" : " ") + units[i].folded + units[i + 1].folded;
  }
  term.forms = {std::move(phrase)};
  term.parts = {term.word};
  return term;
}

// The break iterator of this thread. It is expensive to make.
icu::BreakIterator& word_breaks() {
  thread_local const std::unique_ptr<icu::BreakIterator> breaks = [] {
    UErrorCode status = U_ZERO_ERROR;
    return std::unique_ptr<icu::BreakIterator>(
        icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), status));
  }();
  return *breaks;
}

// Adds the words of a run in a script without blanks, which ICU's dictionaries divide.
void add_unit_terms(std::span<const Part> run, std::vector<QueryTerm>& terms) {
  icu::UnicodeString text;
  std::vector<std::int32_t> ends;
  for (const Part& unit : run) {
    text.append(icu::UnicodeString::fromUTF8(unit.folded));
    ends.push_back(text.length());
  }
  icu::BreakIterator& breaks = word_breaks();
  breaks.setText(text);
  std::size_t first = 0;
  for (std::size_t i = 0; i < run.size(); ++i) {
    if (i + 1 < run.size() && breaks.isBoundary(ends[i]) == 0) continue;
    terms.push_back(make_unit_term(run.subspan(first, i + 1 - first)));
    first = i + 1;
  }
}

}  // namespace

void visit_tokens(std::string_view text, Field field, const std::function<bool(const IndexToken&)>& visit) {
  TokenWriter(field, visit).write(read_parts(text));
}

std::vector<QueryTerm> query_terms(std::string_view text) {
  const std::vector<Part> parts = read_parts(text);
  std::vector<QueryTerm> terms;
  for (std::size_t at = 0; at < parts.size();) {
    if (!parts[at].is_unit) {
      Compound compound = compound_at(parts, at);
      terms.push_back(make_term(std::span(parts).subspan(at, compound.count), std::move(compound.whole)));
      at += compound.count;
      continue;
    }
    std::size_t end = at + 1;
    while (end < parts.size() && parts[end].is_unit && parts[end].joint == Joint::kAdjacent) ++end;
    add_unit_terms(std::span(parts).subspan(at, end - at), terms);
    at = end;
  }
  return terms;
}

std::string joined_name(std::string_view text) {
  std::string joined;
  PartReader reader(text);
  for (Part part; reader.read(part);) joined += part.folded;
  return joined;
}

std::vector<std::string> brand_names(std::string_view brand) {
  constexpr std::string_view kArticle = "the";
  constexpr std::size_t kLongestName = 64;  // bytes
  std::string name = joined_name(brand);
  if (name.empty() || name.size() > kLongestName) return {};
  std::vector<std::string> names;
  const auto terms = query_terms(brand);
  if (terms.size() > 1 && terms[0].word == kArticle) names.push_back(name.substr(kArticle.size()));
  names.push_back(std::move(name));
  return names;
}

}  // namespace fit::text
