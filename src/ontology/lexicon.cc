#include "ontology/lexicon.h"

#include <algorithm>

#include "base/format.h"
#include "text/inflection.h"

namespace fit::ontology {
namespace {

std::string without_spaces(std::string_view text) {
  std::string joined(text);
  std::erase(joined, ' ');
  return joined;
}

std::string field_of(std::size_t property, std::string_view value) {
  return fit::format("values.{}.{}", domain::kProperties[property], value);
}

}  // namespace

bool Lexicon::has(std::string_view word, Mark mark) const {
  const auto token = tokens_.find(word);
  return token != tokens_.end() && (token->second.marks & mark) != 0;
}

std::optional<std::uint32_t> Lexicon::step(std::uint32_t node, std::string_view word) const {
  const auto token = tokens_.find(word);
  if (token == tokens_.end()) return std::nullopt;
  const auto edge = edges_.find(std::uint64_t{node} << 32 | token->second.id);
  if (edge == edges_.end()) return std::nullopt;
  return edge->second;
}

std::uint32_t Lexicon::add_edge(std::uint32_t node, std::string_view word) {
  const auto [token, fresh] = tokens_.try_emplace(std::string(word));
  if (fresh) token->second.id = static_cast<std::uint32_t>(tokens_.size());
  const auto [edge, made] = edges_.try_emplace(std::uint64_t{node} << 32 | token->second.id, 0);
  if (made) {
    edge->second = static_cast<std::uint32_t>(nodes_.size());
    nodes_.emplace_back();
  }
  return edge->second;
}

Phrase& Lexicon::add(std::string_view text) {
  std::uint32_t node = 0;
  const text::Words words(text);
  for (std::size_t i = 0; i < words.size(); ++i) node = add_edge(node, words.text(i));
  if (nodes_[node].phrase < 0) {
    nodes_[node].phrase = static_cast<std::int32_t>(phrases_.size());
    phrases_.emplace_back();
  }
  return phrases_[static_cast<std::size_t>(nodes_[node].phrase)];
}

std::optional<Lexicon::Match> Lexicon::longest(const text::Words& words, std::size_t at) const {
  std::optional<Match> best;
  std::uint32_t node = 0;
  for (std::size_t i = at; i < words.size(); ++i) {
    if (i > at && words[i].gap >= text::Gap::kComma) break;
    const auto next = step(node, words.text(i));
    if (!next) break;
    node = *next;
    if (nodes_[node].phrase >= 0)
      best = Match{&phrases_[static_cast<std::size_t>(nodes_[node].phrase)], i + 1 - at};
  }
  return best;
}

const Phrase* Lexicon::whole(const text::Words& words) const {
  if (words.size() == 0) return nullptr;
  const auto match = longest(words, 0);
  return match && match->length == words.size() ? match->phrase : nullptr;
}

std::optional<std::size_t> Lexicon::find(std::size_t property, std::string_view name) const {
  const auto found = std::ranges::find(names_[property], name);
  if (found == names_[property].end()) return std::nullopt;
  return static_cast<std::size_t>(found - names_[property].begin());
}

// Builds a lexicon from a file in steps; each step may find a contradiction.
class LexiconBuilder {
 public:
  explicit LexiconBuilder(const OntologyFile& file) : file_(file) {}

  Result<std::shared_ptr<const Lexicon>> build() {
    FIT_CHECK(name_values());
    FIT_CHECK(link_values());
    FIT_CHECK(add_words());
    FIT_CHECK(add_implied());
    add_compounds();
    add_variants();
    FIT_CHECK(add_usage());
    return std::shared_ptr<const Lexicon>(std::move(lexicon_));
  }

 private:
  Result<void> name_values() {
    for (std::size_t property = 0; property < kPropertyCount; ++property) {
      const std::size_t source = property == kSecondaryColor ? kPrimaryColor : property;
      for (const OntologyFile::Value& value : file_.values[source]) {
        if (lexicon_->find(property, value.name))
          return invalid(field_of(property, value.name), "is listed twice");
        if (text::Words(value.name).size() == 0)
          return invalid(field_of(property, value.name), "has no word");
        lexicon_->names_[property].push_back(value.name);
        lexicon_->values_[property].push_back(
            {.name = value.name, .category = {}, .broader = {}, .words = {}});
      }
    }
    return {};
  }

  Result<void> link_values() {
    for (std::size_t property = 0; property < kPropertyCount; ++property) {
      for (std::size_t i = 0; i < file_.values[property].size(); ++i) {
        const OntologyFile::Value& from = file_.values[property][i];
        Lexicon::Value& value = lexicon_->values_[property][i];
        if (!from.category.empty()) {
          value.category = lexicon_->find(kCategory, from.category);
          if (!value.category)
            return invalid(field_of(property, from.name) + ".category", "is not a category");
        }
        if (from.broader.empty()) continue;
        value.broader = lexicon_->find(property, from.broader);
        if (!value.broader || *value.broader == i)
          return invalid(field_of(property, from.name) + ".broader", "is not another value");
      }
      FIT_CHECK(check_cycles(property));
    }
    return {};
  }

  Result<void> check_cycles(std::size_t property) const {
    const auto& values = lexicon_->values_[property];
    for (const Lexicon::Value& value : values) {
      std::size_t steps = 0;
      for (auto up = value.broader; up; up = values[*up].broader) {
        if (++steps > values.size())
          return invalid(field_of(property, value.name) + ".broader", "forms a cycle");
      }
    }
    return {};
  }

  // Adds a term of a value. A term may mean one value of each property.
  Result<void> add_term(const std::string& word, std::size_t property, std::size_t value) {
    const std::string text = text::Words(word).joined();
    const std::string& name = lexicon_->names_[property][value];
    if (text.empty()) return invalid(field_of(property, name), "has a word without letters");
    std::vector<PhraseValue>& values = lexicon_->add(text).values;
    for (const PhraseValue& other : values) {
      if (other.property != property) continue;
      return invalid(field_of(property, name),
                     fit::format("\"{}\" already means {}", word, lexicon_->names_[property][other.value]));
    }
    values.push_back({static_cast<std::uint8_t>(property), static_cast<std::uint16_t>(value)});
    lexicon_->values_[property][value].words.push_back(text);
    terms_.emplace(text, property);
    return {};
  }

  Result<void> add_words() {
    for (std::size_t property = 0; property < kPropertyCount; ++property) {
      for (std::size_t i = 0; i < file_.values[property].size(); ++i) {
        FIT_CHECK(add_term(file_.values[property][i].name, property, i));
        for (const std::string& word : file_.values[property][i].words)
          FIT_CHECK(add_term(word, property, i));
      }
    }
    lexicon_->values_[kSecondaryColor] = lexicon_->values_[kPrimaryColor];
    return {};
  }

  void add_implied_value(std::vector<PhraseValue>& values, std::size_t property, std::size_t value) {
    const bool known =
        std::ranges::any_of(values, [&](const PhraseValue& one) { return one.property == property; });
    if (!known) {
      values.push_back({static_cast<std::uint8_t>(property), static_cast<std::uint16_t>(value), true});
    }
  }

  Result<void> add_implied() {
    for (std::size_t property = 0; property < kPropertyCount; ++property) {
      for (std::size_t i = 0; i < file_.values[property].size(); ++i) {
        const OntologyFile::Value& from = file_.values[property][i];
        for (const auto& [name, implied] : from.implies) {
          const auto target = domain::property_index(name);
          const auto value = target ? lexicon_->find(*target, implied) : std::nullopt;
          if (!value) return invalid(field_of(property, from.name) + ".implies." + name, "is not a value");
          for (const std::string& word : lexicon_->values_[property][i].words)
            add_implied_value(lexicon_->add(word).values, *target, *value);
        }
      }
    }
    return {};
  }

  // Adds the values that follow from the words of a phrase: "pencil skirt", a fit, is also a skirt, and a
  // "leather vest" is of leather.
  void add_compounds() {
    for (const auto& [text, property] : std::multimap<std::string, std::size_t>(terms_)) {
      for (std::size_t blank = text.find(' '); blank != std::string::npos;
           blank = text.find(' ', blank + 1)) {
        const std::string tail = text.substr(blank + 1);
        const std::string head = text.substr(0, blank);
        if (property != kSubcategory && property != kCategory && !has_property(text, kSubcategory)) {
          if (const auto garment = value_of(tail, kSubcategory)) {
            lexicon_->add(text).values.push_back({kSubcategory, static_cast<std::uint16_t>(*garment)});
            break;
          }
        }
        if (property == kSubcategory) {
          if (const auto material = value_of(head, kMaterial))
            add_implied_value(lexicon_->add(text).values, kMaterial, *material);
        }
      }
    }
  }

  bool has_property(const std::string& text, std::size_t property) const {
    const auto [first, last] = terms_.equal_range(text);
    return std::any_of(first, last, [&](const auto& one) { return one.second == property; });
  }

  std::optional<std::size_t> value_of(const std::string& text, std::size_t property) {
    if (!has_property(text, property)) return std::nullopt;
    for (const PhraseValue& one : lexicon_->add(text).values) {
      if (one.property == property) return one.value;
    }
    return std::nullopt;
  }

  // Adds plurals of garments and phrases of two or three words written as one, unless they have a meaning.
  void add_variants() {
    std::vector<std::string> texts;
    for (const auto& [text, property] : terms_) {
      if (texts.empty() || texts.back() != text) texts.push_back(text);
    }
    for (const std::string& text : texts) {
      const std::vector<PhraseValue> values = lexicon_->add(text).values;
      const bool garment = has_property(text, kSubcategory) || has_property(text, kCategory) ||
                           std::ranges::any_of(values, [](const PhraseValue& one) {
                             return one.property == kSubcategory && !one.implied;
                           });
      std::vector<std::string> variants;
      if (garment) variants.push_back(text::plural(text));
      const auto blanks = std::ranges::count(text, ' ');
      if (blanks == 1 || blanks == 2) {
        variants.push_back(without_spaces(text));
        if (garment) variants.push_back(text::plural(without_spaces(text)));
      }
      for (const std::string& variant : variants) {
        Phrase& phrase = lexicon_->add(variant);
        if (phrase.values.empty()) {
          phrase.values = values;
          variants_.emplace(text, variant);
          continue;
        }
        // "dresses" is a category and the plural of a garment.
        for (const PhraseValue& one : values) {
          const bool known = std::ranges::contains(phrase.values, one.property, &PhraseValue::property);
          if (one.property == kSubcategory && !one.implied && !known) phrase.values.push_back(one);
        }
      }
    }
  }

  template <class Set>
  Result<void> mark_known(const std::vector<std::string>& words, const char* member, Set set) {
    for (const std::string& word : words) {
      const std::string text = text::Words(word).joined();
      if (!terms_.contains(text))
        return invalid(member, fit::format("\"{}\" is not a term of a value", word));
      set(lexicon_->add(text));
      const auto [first, last] = variants_.equal_range(text);
      for (auto one = first; one != last; ++one) {
        if (one->second == without_spaces(text)) set(lexicon_->add(one->second));
      }
    }
    return {};
  }

  template <class Set>
  Result<void> mark_new(const std::vector<std::string>& words, const char* member, Set set) {
    for (const std::string& word : words) {
      const std::string text = text::Words(word).joined();
      if (text.empty()) return invalid(member, "has a word without letters");
      Phrase& phrase = lexicon_->add(text);
      if (!phrase.values.empty()) return invalid(member, fit::format("\"{}\" is a term of a value", word));
      set(phrase);
    }
    return {};
  }

  Result<void> mark_tokens(const std::vector<std::string>& words, const char* member, Lexicon::Mark mark) {
    for (const std::string& word : words) {
      const text::Words text(word);
      if (text.size() != 1) return invalid(member, fit::format("\"{}\" must be one word", word));
      lexicon_->add_edge(0, text.text(0));
      lexicon_->tokens_.find(text.text(0))->second.marks |= mark;
    }
    return {};
  }

  Result<void> add_usage() {
    FIT_CHECK(mark_known(file_.title_and_tags_only, "title_and_tags_only",
                         [](Phrase& phrase) { phrase.title_and_tags_only = true; }));
    FIT_CHECK(mark_known(file_.only_before_a_garment, "only_before_a_garment",
                         [](Phrase& phrase) { phrase.only_before_a_garment = true; }));
    FIT_CHECK(mark_known(file_.not_alone, "not_alone", [](Phrase& phrase) { phrase.not_alone = true; }));
    FIT_CHECK(mark_new(file_.no_property, "no_property", [](Phrase& phrase) { phrase.no_property = true; }));
    FIT_CHECK(mark_new(file_.negations, "negations", [](Phrase& phrase) { phrase.negation = true; }));
    FIT_CHECK(mark_new(file_.asides, "asides", [](Phrase& phrase) { phrase.aside = true; }));
    FIT_CHECK(mark_tokens(file_.negation_reaches_over, "negation_reaches_over", Lexicon::kReached));
    FIT_CHECK(mark_tokens(file_.negated_by_following, "negated_by_following", Lexicon::kNegatesBefore));
    return mark_tokens(file_.parts, "parts", Lexicon::kPart);
  }

  const OntologyFile& file_;
  std::shared_ptr<Lexicon> lexicon_ = std::make_shared<Lexicon>();
  std::multimap<std::string, std::size_t> terms_;     // folded term -> property, without plurals
  std::multimap<std::string, std::string> variants_;  // folded term -> its other spellings
};

Result<std::shared_ptr<const Lexicon>> Lexicon::make(const OntologyFile& file) {
  return LexiconBuilder(file).build();
}

}  // namespace fit::ontology
