#include "ontology/ontology.h"

#include <algorithm>

#include "ontology/builtin_ontology.h"
#include "ontology/lexicon.h"
#include "text/edit_distance.h"

namespace fit::ontology {
namespace {

constexpr std::size_t kLongestPhrase = 64;  // bytes; no term is longer

}  // namespace

Result<Ontology> Ontology::load() {
  return parse(builtin_ontology());
}

Result<Ontology> Ontology::parse(std::string_view json) {
  FIT_TRY(const OntologyFile file, read_ontology_file(json));
  FIT_TRY(auto lexicon, Lexicon::make(file));
  return Ontology(std::move(lexicon));
}

std::span<const std::string> Ontology::values(std::size_t property) const {
  return lexicon_->names(property);
}

std::optional<std::string_view> Ontology::canonical(std::size_t property, std::string_view text) const {
  if (text.size() > 4 * kLongestPhrase) return std::nullopt;
  const Phrase* const phrase = lexicon_->whole(text::Words(text));
  if (phrase == nullptr) return std::nullopt;
  const std::size_t meant = property == kSecondaryColor ? kPrimaryColor : property;
  for (const PhraseValue& one : phrase->values) {
    if (one.property == meant && !one.implied) return lexicon_->names(property)[one.value];
  }
  return std::nullopt;
}

std::optional<std::string_view> Ontology::nearest(std::size_t property, std::string_view text) const {
  if (text.size() > kLongestPhrase) return std::nullopt;
  if (const auto known = canonical(property, text)) return known;
  const std::string wanted = text::Words(text).joined();
  if (wanted.empty()) return std::nullopt;
  std::size_t limit = std::max<std::size_t>(1, wanted.size() / 3);
  const Lexicon::Value* best = nullptr;
  for (const Lexicon::Value& value : lexicon_->values(property)) {
    for (const std::string& word : value.words) {
      const std::size_t distance = text::edit_distance(wanted, word, limit);
      if (distance > limit || (distance == limit && best != nullptr)) continue;
      best = &value;
      limit = distance;
    }
  }
  if (best == nullptr) return std::nullopt;
  return best->name;
}

std::optional<std::string_view> Ontology::category_of(std::string_view subcategory) const {
  const auto found = lexicon_->find(kSubcategory, subcategory);
  if (!found) return std::nullopt;
  return lexicon_->names(kCategory)[*lexicon_->values(kSubcategory)[*found].category];
}

std::optional<std::string_view> Ontology::category_meant(std::string_view text) const {
  if (const auto category = canonical(kCategory, text)) return category;
  const auto subcategory = canonical(kSubcategory, text);
  return subcategory ? category_of(*subcategory) : std::nullopt;
}

std::optional<std::string_view> Ontology::broader(std::size_t property, std::string_view value) const {
  const auto found = lexicon_->find(property, value);
  if (!found) return std::nullopt;
  const auto up = lexicon_->values(property)[*found].broader;
  if (!up) return std::nullopt;
  return lexicon_->names(property)[*up];
}

bool Ontology::is_a(std::size_t property, std::string_view value, std::string_view wanted) const {
  for (std::optional<std::string_view> at = value; at; at = broader(property, *at)) {
    if (*at == wanted) return true;
  }
  return false;
}

}  // namespace fit::ontology
