#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "domain/properties.h"
#include "ontology/ontology.h"
#include "style/outfits/compatibility.h"
#include "style/outfits/outfit_category.h"

namespace fit::style {

// Where a candidate comes from.
enum class PieceKind : std::uint8_t {
  kItem,     // an item of the catalogue
  kGarment,  // a garment of a wardrobe
  kPhoto,    // a photo of a garment that nobody has stored
};
// "item", "garment" or "photo"
std::string_view to_string(PieceKind kind);

// What may become a piece of an outfit.
struct OutfitCandidate {
  PieceKind kind = PieceKind::kItem;
  std::int64_t id = 0;                  // the item's or the garment's; 0 for a photo
  std::optional<ImageId> image = {};    // shows the candidate
  const OutfitCategory* row = nullptr;  // never null in a candidate that outfit_candidate() made
  std::size_t category = 0;             // the row's, as an index of Compatibility::categories()
  domain::Properties properties = {};   // values of the ontology; empty: not known
  std::optional<double> price = {};     // in major units of `currency`
  std::string currency = {};            // ISO 4217
  std::vector<float> vector = {};       // of the image, L2 norm 1; empty: not known
  double taste = 0;                     // how much the person likes it, from -1 to 1; 0: not known
};

// A candidate of a garment with these properties, in any words that the ontology knows. nullopt for what is
// no piece of an outfit.
std::optional<OutfitCandidate> outfit_candidate(const domain::Properties& garment,
                                                const ontology::Ontology& ontology,
                                                const Compatibility& compatibility);

// The cosine of the vectors of two candidates; nullopt where one of them has none.
std::optional<double> likeness_of(const OutfitCandidate& one, const OutfitCandidate& other);

}  // namespace fit::style
