#include "search/query_parser.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "base/text.h"
#include "ontology/mentions.h"
#include "search/price_words.h"
#include "search/query_words.h"
#include "text/inflection.h"

namespace fit::search {
namespace {

constexpr std::size_t kMaxParsed = 64;    // words of a query that are parsed
constexpr std::size_t kLongestValue = 3;  // words in the longest value

// Comparatives are relative to an example.
constexpr auto kComparatives =
    std::to_array<std::pair<std::string_view, std::string_view>>({{"longer", "long"}, {"shorter", "short"}});
// Pairs of properties of which either may have a value that the other lacks.
constexpr auto kSiblings = std::to_array<std::pair<std::size_t, std::size_t>>(
    {{domain::kCategory, domain::kSubcategory}, {domain::kPrimaryColor, domain::kSecondaryColor}});

// The endings of singulars and plurals in catalogues.
constexpr auto kEndings =
    std::to_array<text::EndingChange>({{"ies", "y", 3}, {"es", "", 3}, {"s", "", 3}, {"", "s"}, {"", "es"}});

// The phrase and its other forms in catalogues, the likeliest first.
std::vector<std::string> forms_of(std::string_view phrase) {
  std::vector<std::string> forms;
  const auto add = [&forms](std::string form) {
    if (!std::ranges::contains(forms, form)) forms.push_back(std::move(form));
  };
  add(std::string(phrase));
  for (const auto& [comparative, plain] : kComparatives) {
    if (phrase == comparative) add(std::string(plain));
  }
  const std::string base = forms.back();
  for (std::string& form : text::change_ending(base, kEndings)) add(std::move(form));
  for (std::size_t i = 0, count = forms.size(); i < count; ++i) {
    for (const auto& [from, to] : {std::pair('-', ' '), std::pair(' ', '-')}) {
      std::string form = forms[i];
      std::ranges::replace(form, from, to);
      add(std::move(form));
    }
  }
  return forms;
}

// The sibling of a property; nullopt when it has none.
std::optional<std::size_t> sibling_of(std::size_t property) {
  for (const auto& [one, other] : kSiblings) {
    if (property == one) return other;
    if (property == other) return one;
  }
  return std::nullopt;
}

void add_once(std::string word, std::vector<std::string>& words) {
  if (!word.empty() && !std::ranges::contains(words, word)) words.push_back(std::move(word));
}

void add_property(SoftProperty property, ParsedText& parsed) {
  const bool is_known = std::ranges::any_of(parsed.properties, [&](const SoftProperty& one) {
    return one.property == property.property && one.wanted == property.wanted &&
           (one.value == property.value || one.values == property.values);
  });
  if (!is_known) parsed.properties.push_back(std::move(property));
}

}  // namespace

struct QueryParser::State {
  State(const PropertyValues& all, const ListedNames& listed, ontology::Ontology known)
      : values(all), names(listed), ontology(std::move(known)), catalogue_words(values, ontology) {}

  const PropertyValues& values;
  const ListedNames& names;
  ontology::Ontology ontology;
  CatalogueWords catalogue_words;

  // Adds the properties that the ontology knows. Returns for each word whether it is parsed.
  std::vector<bool> parse_known(std::span<const QueryWord> words, const QueryParser& parser,
                                ParsedText& parsed) const {
    std::vector<bool> taken(words.size());
    const std::string text = hide_names(parsed.text, words);
    const auto mentions = ontology::find_mentions(ontology, text, {});
    for (const ontology::Mention& one : mentions) {
      if (one.aside || one.part) continue;
      if (!words.empty() && one.begin > words.back().begin) continue;
      // An implied property counts only when no item has the phrase itself ("leather jacket" implies
      // leather).
      if (one.implied && !was_broadened(mentions, one, parser)) continue;
      const bool is_second = one.property == domain::kPrimaryColor && one.joined && !one.negated;
      SoftProperty meaning =
          parser.soft_property(is_second ? domain::kSecondaryColor : one.property, one.value);
      meaning.wanted = !one.negated;
      std::string phrase;
      for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i].begin >= one.end || one.begin >= words[i].begin + words[i].text.size()) continue;
        if (meaning.wanted) parsed.named.push_back(words[i].lower);
        if (meaning.is_used || one.negated) taken[i] = true;
        phrase += (phrase.empty() ? "" : " ") + words[i].lower;
      }
      if (one.negated) add_once(std::move(phrase), parsed.denied_values);
      add_property(std::move(meaning), parsed);
    }
    return taken;
  }

  // Whether the phrase that implies `one` names a value that no item has.
  static bool was_broadened(std::span<const ontology::Mention> mentions, const ontology::Mention& one,
                            const QueryParser& parser) {
    return std::ranges::any_of(mentions, [&](const ontology::Mention& other) {
      return !other.implied && other.begin == one.begin && other.end == one.end &&
             parser.soft_property(other.property, other.value).value != other.value;
    });
  }

  // Sets `values` to the catalogue's texts for the value. Without any, a broader value replaces it.
  void find_texts(std::size_t column, std::size_t property, Kinds kinds, SoftProperty& meaning) {
    std::string value = meaning.value;
    while (true) {
      meaning.values = catalogue_words.texts_of(column, property, value, kinds == Kinds::kInclude);
      const auto broader = ontology.broader(property, value);
      if (!meaning.values.empty() || !broader) break;
      value = std::string(*broader);
    }
    if (meaning.values.empty()) return;
    meaning.is_used = true;
    meaning.property = column;
    meaning.value = std::move(value);
  }

  // Reads the longest value that items have at the start of the words. Returns its number of words, or 0.
  std::size_t parse_value(std::span<const QueryWord> words, bool negated, ParsedText& parsed) const {
    for (std::size_t count = std::min(kLongestValue, words.size()); count > 0; --count) {
      std::string phrase;
      std::string as_written;  // lower case without folding, as values of items are stored
      for (const QueryWord& word : words.first(count)) {
        phrase += (phrase.empty() ? "" : " ") + word.lower;
        as_written += (as_written.empty() ? "" : " ") + to_lower(word.text);
      }
      if (count == 1 && is_filler(phrase)) return 0;
      std::vector<std::string> forms = forms_of(phrase);
      if (as_written != phrase) std::ranges::move(forms_of(as_written), std::back_inserter(forms));
      for (const std::string& form : forms) {
        const auto found = values.find_value(form);
        if (!found) continue;
        add_property({.property = found->property,
                      .value = form,
                      .values = {form},
                      .wanted = !negated,
                      .is_used = true},
                     parsed);
        for (const QueryWord& word : words.first(negated ? 0 : count)) parsed.named.push_back(word.lower);
        if (negated) add_once(phrase, parsed.denied_values);
        return count;
      }
    }
    return 0;
  }

  void parse_unknown(std::span<const QueryWord> words, ParsedText& parsed) const {
    bool negated = false;
    for (std::size_t at = 0; at < words.size();) {
      // "no" before a number is no negation ("no 21").
      const bool has_number =
          at + 1 < words.size() && words[at + 1].lower[0] >= '0' && words[at + 1].lower[0] <= '9';
      if (is_negation(words[at].lower) && !(words[at].lower == "no" && has_number)) {
        negated = true;
        ++at;
        continue;
      }
      const bool is_small = is_filler(words[at].lower);
      const bool is_denied = negated || words[at].is_denied;
      const std::size_t taken = parse_value(words.subspan(at), is_denied, parsed);
      if (taken == 0 && !is_small) {
        if (!is_denied) add_to_rest(words[at], parsed);
        if (is_denied && can_be_denied(words[at].lower)) add_once(words[at].lower, parsed.denied_words);
      }
      at += std::max<std::size_t>(taken, 1);
      if (taken == 0 && is_small) continue;
      negated = is_denied && at < words.size() && continues_negation(words[at].lower);
      if (negated) ++at;
    }
  }

  static void add_name(const QueryName& name, std::span<const QueryWord> words, ParsedText& parsed) {
    std::string denied;
    for (const QueryWord& word : words) {
      if (!name.is_denied) {
        add_to_rest(word, parsed);
        parsed.names.push_back(word.lower);
      }
      denied += (denied.empty() ? "" : " ") + word.lower;
    }
    if (name.is_denied)
      add_once(std::move(denied), name.is_brand ? parsed.denied_brands : parsed.denied_words);
  }

  static void add_to_rest(const QueryWord& word, ParsedText& parsed) {
    parsed.rest += (parsed.rest.empty() ? "" : " ") + word.text;
  }
};

QueryParser::QueryParser(const PropertyValues& values, const ListedNames& names, ontology::Ontology ontology)
    : state_(std::make_unique<State>(values, names, std::move(ontology))) {}
QueryParser::~QueryParser() = default;

Result<ParsedText> QueryParser::parse(std::string_view text) const {
  ParsedText parsed;
  Result<void> lookup;
  PriceWords price = parse_price(text, [&](std::string_view words) {
    const auto count = state_->names.count_phrase(words, 1);
    if (!count) lookup = count.error();
    return count.value_or(0) > 0;
  });
  FIT_CHECK(std::move(lookup));
  parsed.text = spell_negations(price.rest);
  parsed.min_price = price.min;
  parsed.max_price = price.max;
  parsed.price_currency = std::move(price.currency);
  std::vector<QueryWord> words = split_query(parsed.text, kMaxParsed);
  FIT_CHECK(mark_names(state_->names, state_->ontology, parsed.text, words));
  mark_denied(state_->ontology, parsed.text, words);
  const std::vector<bool> taken = state_->parse_known(words, *this, parsed);
  for (const QueryWord& word : words) {
    if (word.is_brand) parsed.names.push_back(word.lower);
  }
  const std::vector<QueryName> names = names_in(state_->ontology, parsed.text, words);
  auto name = names.begin();
  for (std::size_t at = 0; at < words.size();) {
    std::size_t end = at;
    while (end < words.size() && !taken[end] && !words[end].is_name) ++end;
    state_->parse_unknown(std::span(words).subspan(at, end - at), parsed);
    for (at = end; name != names.end() && name->first == at; ++name) {
      State::add_name(*name, std::span(words).subspan(at, name->count), parsed);
      at += name->count;
      // "no nike or tassels" denies both.
      if (name->is_denied && at + 1 < words.size() && continues_negation(words[at].lower)) {
        words[++at].is_denied = true;
      }
    }
    if (at == end) ++at;
  }
  return parsed;
}

CatalogueWords& QueryParser::words() const {
  return state_->catalogue_words;
}

SoftProperty QueryParser::soft_property(std::size_t property, std::string_view value, Kinds kinds) const {
  SoftProperty meaning{.property = property, .value = to_lower(value), .values = {}};
  // The ontology lists the values of both colours under the primary one.
  std::size_t values = property == domain::kSecondaryColor ? domain::kPrimaryColor : property;
  // Sellers have a garment's type as a category too.
  if (property == domain::kCategory && !state_->ontology.canonical(property, value) &&
      state_->ontology.canonical(domain::kSubcategory, value)) {
    values = domain::kSubcategory;
  }
  if (const auto known = state_->ontology.canonical(values, value)) meaning.value = std::string(*known);
  state_->find_texts(property, values, kinds, meaning);
  const auto other = sibling_of(property);
  if (meaning.values.empty() && other) state_->find_texts(*other, values, kinds, meaning);
  if (meaning.values.empty()) meaning.values = {meaning.value};
  return meaning;
}

}  // namespace fit::search
