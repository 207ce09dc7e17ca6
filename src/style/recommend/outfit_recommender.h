#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "domain/records.h"
#include "ontology/ontology.h"
#include "search/search_engine.h"
#include "store/catalogue.h"
#include "style/outfits/compatibility.h"
#include "style/outfits/outfit_assembly.h"
#include "style/recommend/recommend_order.h"
#include "style/wardrobe/garment.h"

namespace fit::style {

// The days for which a dislike keeps a listing, a garment or an outfit from recommendations.
inline constexpr int kRefusalDays = 30;

struct RecommendedPiece {
  Slot slot = Slot::kTop;
  PieceKind kind = PieceKind::kItem;
  std::optional<domain::ItemRecord> item = {};  // of a piece of the kind kItem
  std::optional<Garment> garment = {};          // of a piece of the kind kGarment, without its worn_on
  std::string category = {};                    // the outfit category: "Ankle Booties"
  bool is_locked = false;
  double lift = 0;  // the log-lift of its kind, given the other kinds
  std::vector<std::string> reasons = {};
};

struct RecommendedOutfit {
  std::string id = {};                   // outfit_id() of its items and garments
  std::vector<RecommendedPiece> pieces;  // in the order of the slots
  std::vector<Slot> empty_slots;
  OutfitParts parts;
};

// A slot that an outfit could not fill, and the listings that come nearest.
struct OutfitGap {
  Slot slot = Slot::kTop;
  std::vector<domain::ItemRecord> listings;
};

struct Recommendation {
  std::vector<RecommendedOutfit> outfits;  // the best first
  std::vector<OutfitGap> gaps;
  bool is_personal = false;             // whether a taste counts
  std::optional<Weather> weather = {};  // that counts
};

// Recommends outfits of items of a catalogue and of garments of a wardrobe. Immutable and thread-safe.
class OutfitRecommender {
 public:
  // With the model that is compiled into the program.
  static Result<OutfitRecommender> load(ontology::Ontology ontology);

  const ontology::Ontology& ontology() const { return ontology_; }

  // Candidates of each slot are the listings, or the garments that are ready, that look most like the piece
  // that the order is around, or like the first locked one; without either, the newest. What says that it is
  // for another occasion, season or gender, or is not for the weather, is no candidate. Neither is what the
  // person has refused within kRefusalDays, and
  // refused outfits are not made again, the latest 200, saved ones of order.user among them; what is locked
  // stays. Gaps are searched for in the catalogue, without occasion, season and weather. Makes at most
  // fourteen bounded searches, and reads the wardrobe once where the order needs it; vectors are read of the
  // candidates, and of all garments of a slot that are compared with a locked piece. Blocks.
  //
  // kNotFound naming "around" or "lock" for an item that does not exist for order.required and for a garment
  // that is not the user's; kInvalid naming them for what is no piece of an outfit and for two pieces of one
  // slot; the errors of the engine and of the store.
  Result<Recommendation> recommend(search::SearchEngine& engine, store::Catalogue& store,
                                   const RecommendOrder& order) const;

 private:
  OutfitRecommender(Compatibility compatibility, ontology::Ontology ontology)
      : compatibility_(std::move(compatibility)), ontology_(std::move(ontology)) {}

  Compatibility compatibility_;
  ontology::Ontology ontology_;
};

}  // namespace fit::style
