#include "style/outfits/outfit_candidate.h"

#include <numeric>

namespace fit::style {

std::string_view to_string(PieceKind kind) {
  switch (kind) {
    case PieceKind::kItem:
      return "item";
    case PieceKind::kGarment:
      return "garment";
    case PieceKind::kPhoto:
      return "photo";
  }
  return "";
}

std::optional<OutfitCandidate> outfit_candidate(const domain::Properties& garment,
                                                const ontology::Ontology& ontology,
                                                const Compatibility& compatibility) {
  const OutfitCategory* const row = outfit_category_of(garment, ontology);
  if (row == nullptr) return std::nullopt;
  const auto category = compatibility.find(row->name);
  if (!category) return std::nullopt;
  OutfitCandidate candidate{.row = row, .category = *category};
  for (std::size_t property = 0; property < garment.size(); ++property) {
    if (const auto value = ontology.canonical(property, garment[property]))
      candidate.properties[property] = *value;
  }
  return candidate;
}

std::optional<double> likeness_of(const OutfitCandidate& one, const OutfitCandidate& other) {
  if (one.vector.empty() || one.vector.size() != other.vector.size()) return std::nullopt;
  return double{std::inner_product(one.vector.begin(), one.vector.end(), other.vector.begin(), 0.0F)};
}

}  // namespace fit::style
