#include "search/denied_words.h"

#include <array>
#include <span>

#include "text/analyzer.h"

namespace fit::search {
namespace {

// What listings write before a word that they deny.
constexpr auto kDenials = std::to_array<std::string_view>(
    {"no", "not", "non", "without", "without a", "without any", "ohne", "kein", "keine", "sans", "senza"});

// The forms of several words that are next to each other: apart and joined.
std::vector<std::string> forms_of(std::span<const text::QueryTerm> terms) {
  std::string apart;
  std::string joined;
  bool has_units = false;
  for (const text::QueryTerm& term : terms) {
    apart += (apart.empty() ? "" : " ") + (term.has_units ? term.forms[0] : term.word);
    joined += term.word;
    has_units = has_units || term.has_units;
  }
  if (has_units) return {apart};
  return {apart, joined, text::kJoinedMark + joined};
}

}  // namespace

domain::DeniedWord denied_word(std::string_view words, DeniedIn texts) {
  domain::DeniedWord denied{.in_names_only = texts == DeniedIn::kNames};
  const std::vector<text::QueryTerm> terms = text::query_terms(words);
  if (terms.empty()) return denied;
  denied.forms = terms.size() == 1 ? terms[0].forms : forms_of(terms);
  for (const std::string& form : denied.forms) {
    if (form.starts_with(text::kJoinedMark)) continue;
    for (const std::string_view denial : kDenials) denied.unless.push_back(std::string(denial) + " " + form);
    denied.unless.push_back(form + " free");
  }
  return denied;
}

}  // namespace fit::search
