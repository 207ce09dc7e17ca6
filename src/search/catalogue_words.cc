#include "search/catalogue_words.h"

#include <algorithm>

#include "base/text.h"
#include "domain/properties.h"

namespace fit::search {

CatalogueWords::CatalogueWords(const PropertyValues& values, ontology::Ontology ontology)
    : values_(values), ontology_(std::move(ontology)) {}

std::optional<std::string_view> CatalogueWords::meaning_of(std::size_t property,
                                                           std::string_view text) const {
  return property == domain::kCategory ? ontology_.category_meant(text) : ontology_.canonical(property, text);
}

std::vector<std::string> CatalogueWords::same_as(std::size_t property, std::string_view text) {
  std::vector<std::string> texts;
  if (const auto value = ontology_.canonical(property, text)) {
    texts = texts_of(property, property, *value, false);
  } else if (const auto kind = ontology_.canonical(domain::kSubcategory, text);
             kind && property == domain::kCategory) {
    texts = texts_of(property, domain::kSubcategory, *kind, false);
  }
  std::string own = to_lower(text);
  std::erase(texts, own);
  texts.insert(texts.begin(), std::move(own));
  return texts;
}

bool CatalogueWords::are_same(std::size_t property, std::string_view value, std::string_view text) const {
  static const std::size_t kSubcategory = domain::property_index("subcategory").value_or(0);
  if (to_lower(value) == to_lower(text)) return true;
  if (const auto meant = ontology_.canonical(property, value)) return meaning_of(property, text) == meant;
  if (property != domain::kCategory) return false;
  const auto kind = ontology_.canonical(kSubcategory, value);
  return kind && meaning_of(kSubcategory, text) == kind;
}

std::vector<std::string> CatalogueWords::texts_of(std::size_t column, std::size_t property,
                                                  std::string_view value, bool with_kinds) {
  const std::lock_guard lock(mutex_);
  Learned& learned = learned_[column * domain::kProperties.size() + property];
  for (const std::string& text : values_.values_after(column, learned.seen)) {
    ++learned.seen;
    if (const auto meant = meaning_of(property, text)) learned.texts[*meant].push_back(to_lower(text));
  }
  std::vector<std::string> texts;
  for (const auto& [meant, called] : learned.texts) {
    if (with_kinds ? ontology_.is_a(property, meant, value) : meant == value)
      texts.insert(texts.end(), called.begin(), called.end());
  }
  std::ranges::sort(texts);
  return texts;
}

}  // namespace fit::search
