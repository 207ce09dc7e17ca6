#include "style/recommend/outfit_recommender.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <iterator>
#include <memory>
#include <set>
#include <string_view>
#include <unordered_map>

#include "base/bytes.h"
#include "base/format.h"
#include "base/hash.h"
#include "search/shared_photo.h"
#include "style/outfits/outfit_reasons.h"
#include "style/wardrobe/wardrobe_store.h"

namespace fit::style {
namespace {

constexpr std::size_t kSearched = 60;    // listings that are asked for, for each slot
constexpr std::size_t kCandidates = 30;  // of them that may become pieces; with a seed, half of them at most
constexpr std::size_t kGarments = 60;    // of a slot that may become pieces where there are no listings
constexpr double kCold = 10;             // degrees Celsius; conventions (docs/style.md)
constexpr double kWarm = 20;

constexpr std::array kAllSlots = {Slot::kTop,        Slot::kBottom, Slot::kOnePiece, Slot::kShoes,
                                  Slot::kOuterLayer, Slot::kBag,    Slot::kAccessory};

// The category of the ontology whose items fill a slot.
std::string category_of(Slot slot) {
  constexpr std::array<std::string_view, 7> kCategories = {"tops",      "bottoms", "dresses",    "shoes",
                                                           "outerwear", "bags",    "accessories"};
  return std::string(kCategories[static_cast<std::size_t>(slot)]);
}

// The place of an item or of a garment in a draw.
std::uint64_t drawn_place(std::uint64_t seed, std::int64_t id) {
  const auto bytes = std::bit_cast<std::array<std::byte, sizeof(id)>>(id);
  return xxh3(bytes, seed);
}

class OutfitRecommendation {
 public:
  struct Parts {
    const Compatibility& compatibility;
    const ontology::Ontology& ontology;
    search::SearchEngine& engine;
    store::Catalogue& store;
    const RecommendOrder& order;
  };
  explicit OutfitRecommendation(const Parts& parts)
      : parts_(parts), order_(parts.order), photo_(std::make_shared<search::SharedPhoto>()) {}

  Result<Recommendation> make() {
    plan_.count = order_.count;
    plan_.has_outer_layer = wants_outer_layer();
    FIT_CHECK(read_wardrobe());
    FIT_CHECK(add_locked());
    FIT_CHECK(add_vectors());
    for (const std::size_t piece : plan_.locked) find_anchor(candidates_[piece]);
    for (const Slot slot : kAllSlots) {
      if (!is_needed(slot, plan_, candidates_)) continue;
      if (order_.from != OutfitSource::kCatalogue) add_garments(slot);
      if (order_.from != OutfitSource::kWardrobe) FIT_CHECK(add_listings(slot));
    }
    FIT_CHECK(add_vectors());
    OutfitScorer scorer(parts_.compatibility, candidates_);
    Recommendation made;
    for (const AssembledOutfit& outfit : assemble_outfits(scorer, plan_)) {
      made.outfits.push_back(shown(scorer, outfit));
    }
    FIT_CHECK(add_gaps(made));
    return made;
  }

 private:
  bool rains() const { return order_.weather && order_.weather->rain; }
  bool is_cold() const { return order_.weather && order_.weather->temperature_c.value_or(kWarm) < kCold; }
  bool is_warm() const { return order_.weather && order_.weather->temperature_c.value_or(kCold) >= kWarm; }
  bool wants_outer_layer() const {
    if (rains()) return true;
    const bool has_degrees = order_.weather && order_.weather->temperature_c;
    return has_degrees ? !is_warm() : order_.season != "summer";
  }

  Result<void> read_wardrobe() {
    if (!needs_wardrobe(order_)) return {};
    WardrobeStore wardrobe(parts_.store.database(), parts_.ontology);
    FIT_TRY(wardrobe_, wardrobe.list(order_.user, {}, 0, WardrobeStore::kMaxGarments));
    std::vector<GarmentId> pieces;
    for (const Garment& one : wardrobe_) {
      if (one.slot) pieces.push_back(one.id);
    }
    FIT_TRY(garment_vectors_, wardrobe.vectors(pieces, parts_.engine.space().id));
    return {};
  }

  Result<void> add_locked() {
    if (!order_.photo.empty()) FIT_CHECK(add_photo());
    if (order_.around_garment) FIT_CHECK(lock_garment("around", *order_.around_garment));
    FIT_CHECK(add_locked_items());
    for (const GarmentId garment : order_.lock_garments) {
      if (garment != order_.around_garment) FIT_CHECK(lock_garment("lock", garment));
    }
    return {};
  }

  Result<void> lock_garment(const std::string& field, GarmentId id) {
    const auto found = std::ranges::find(wardrobe_, id, &Garment::id);
    if (found == wardrobe_.end()) {
      return Error{ErrorCode::kNotFound, fit::format("there is no garment {}", id.str()), field, {}};
    }
    auto candidate = garment_candidate(*found);
    if (!candidate) {
      return invalid(field, fit::format("garment {} is no known piece of an outfit; its category is \"{}\"",
                                        id.str(), found->properties[domain::kCategory]));
    }
    return lock(field, *std::move(candidate));
  }

  Result<void> add_locked_items() {
    std::vector<ItemId> ids;
    if (order_.around) ids.push_back(*order_.around);
    for (const ItemId item : order_.lock) {
      if (!std::ranges::contains(ids, item)) ids.push_back(item);
    }
    if (ids.empty()) return {};
    FIT_TRY(auto records, parts_.store.items().get(ids));
    for (const ItemId item : ids) {
      const auto found = std::ranges::find(records, item, &domain::ItemRecord::id);
      const std::string field = item == order_.around ? "around" : "lock";
      if (found == records.end() || !parts_.engine.may_show(found->listing, order_.required)) {
        return Error{ErrorCode::kNotFound, fit::format("there is no item {}", item.str()), field, {}};
      }
      auto candidate = outfit_candidate(found->listing.properties, parts_.ontology, parts_.compatibility);
      if (!candidate) {
        return invalid(field, fit::format("item {} is no known piece of an outfit; its category is \"{}\"",
                                          item.str(), found->listing.properties[domain::kCategory]));
      }
      FIT_CHECK(lock(field, item_candidate(*std::move(candidate), std::move(*found))));
    }
    return {};
  }

  // The photo becomes a piece by what the model predicts of it. Its gender is left out, because a garment
  // shows it badly.
  Result<void> add_photo() {
    auto resolved = parts_.engine.resolve(around_photo());
    if (!resolved) return resolved.error();
    domain::Properties seen;
    for (const embed::PropertyPrediction& one : resolved->predicted) {
      const auto property = domain::property_index(one.property);
      if (!property || *property == domain::kGender || one.values.empty()) continue;
      seen[*property] = one.values.front().value;
    }
    auto candidate = outfit_candidate(seen, parts_.ontology, parts_.compatibility);
    if (!candidate) return invalid("around", "shows no piece of an outfit that the model recognises");
    candidate->kind = PieceKind::kPhoto;
    if (resolved->image_vector) {
      candidate->vector.assign(resolved->image_vector->begin(), resolved->image_vector->end());
    }
    return lock("around", *std::move(candidate));
  }

  search::Query around_photo() const {
    search::Query query;
    query.image = order_.photo;
    query.image_field = "around.image_base64";
    query.shared_photo = photo_;
    query.required = order_.required;
    query.stop = order_.stop;
    return query;
  }

  // Makes a candidate a piece of every outfit.
  Result<void> lock(const std::string& field, OutfitCandidate candidate) {
    const Slot slot = candidate.row->slot;
    for (const std::size_t piece : plan_.locked) {
      const Slot other = candidates_[piece].row->slot;
      if (other == slot) {
        return invalid(field, fit::format("has two pieces for the slot {}", to_string(slot)));
      }
      const auto covers = [](Slot one, Slot two) {
        return one == Slot::kOnePiece && (two == Slot::kTop || two == Slot::kBottom);
      };
      if (covers(slot, other) || covers(other, slot)) {
        return invalid(field, "has a one-piece beside a top or a bottom");
      }
    }
    plan_.locked.push_back(candidates_.size());
    candidates_.push_back(std::move(candidate));
    return {};
  }

  // Completes a candidate of an item, and keeps the item.
  OutfitCandidate item_candidate(OutfitCandidate candidate, domain::ItemRecord item) {
    candidate.id = item.id.value;
    if (!item.images.empty()) candidate.image = item.images.front().id;
    candidate.price = item.listing.price;
    candidate.currency = item.listing.currency;
    items_.emplace(item.id.value, std::move(item));
    return candidate;
  }

  // nullopt for what is no piece of an outfit.
  std::optional<OutfitCandidate> garment_candidate(const Garment& garment) const {
    auto candidate = outfit_candidate(garment.properties, parts_.ontology, parts_.compatibility);
    if (!candidate) return std::nullopt;
    candidate->kind = PieceKind::kGarment;
    candidate->id = garment.id.value;
    candidate->price = garment.fields.price;
    candidate->currency = garment.fields.currency;
    const auto vector = garment_vectors_.find(garment.id);
    if (vector != garment_vectors_.end()) candidate->vector = vector->second;
    return candidate;
  }

  // Reads the vectors of candidates of items that have none.
  Result<void> add_vectors() {
    std::vector<ItemId> ids;
    for (const OutfitCandidate& one : candidates_) {
      if (one.kind == PieceKind::kItem && one.vector.empty()) ids.push_back(ItemId{one.id});
    }
    if (ids.empty()) return {};
    FIT_TRY(auto stored, parts_.store.vectors().of_items(parts_.engine.space().id, ids));
    std::unordered_map<std::int64_t, std::vector<float>> first;
    for (domain::ImageVector& one : stored) first.try_emplace(one.item.value, std::move(one.values));
    for (OutfitCandidate& one : candidates_) {
      const auto found = first.find(one.id);
      if (one.kind == PieceKind::kItem && found != first.end()) one.vector = std::move(found->second);
    }
    return {};
  }

  // What searches are around: the first locked item with a vector. The gender of the first locked piece that
  // has one is that of all pieces.
  void find_anchor(const OutfitCandidate& piece) {
    const std::string& gender = piece.properties[domain::kGender];
    if (gender_.empty() && gender != "unisex") gender_ = gender;
    if (anchor_ || piece.vector.empty() || piece.kind != PieceKind::kItem) return;
    anchor_ = ItemId{piece.id};
  }

  // The best listings of a slot, without excluded and locked ones. With `all`, also those for another
  // occasion, season or weather.
  Result<std::vector<domain::ItemRecord>> listings(Slot slot, bool all, std::size_t limit) {
    search::Query query;
    if (!order_.photo.empty()) {
      query = around_photo();
    } else if (anchor_) {
      query.item_id = *anchor_;
    } else {
      query.browse = true;
    }
    query.filter = order_.filter;
    query.filter.any_of.push_back({"category", {category_of(slot)}});
    if (!gender_.empty()) leave_out_others(query.filter, domain::kGender, gender_, "unisex");
    if (!all) leave_out_unsuited(query.filter);
    query.required = order_.required;
    query.stop = order_.stop;
    query.limit = std::min(limit + order_.exclude.size() + plan_.locked.size(), search::kMaxLimit);
    FIT_TRY(auto found, parts_.engine.search(query));
    std::vector<domain::ItemRecord> listings;
    for (search::Hit& hit : found.hits) {
      const OutfitCategory* const row = outfit_category_of(hit.item.listing.properties, parts_.ontology);
      if (row == nullptr || row->slot != slot || is_left_out(hit.item.id)) continue;
      if (listings.size() < limit) listings.push_back(std::move(hit.item));
    }
    return listings;
  }

  bool is_left_out(ItemId item) const {
    return std::ranges::contains(order_.exclude, item) || std::ranges::contains(order_.lock, item) ||
           item == order_.around;
  }
  bool is_left_out(GarmentId garment) const {
    return std::ranges::contains(order_.exclude_garments, garment) ||
           std::ranges::contains(order_.lock_garments, garment) || garment == order_.around_garment;
  }

  // Leaves out the items that have another value of a property; those without a value stay.
  void leave_out_others(search::Filter& filter, std::size_t property, std::string_view wanted,
                        std::string_view always) const {
    search::ValueSet others{.column = std::string(domain::kProperties[property]), .values = {}};
    for (const std::string& value : parts_.ontology.values(property)) {
      if (value != wanted && value != always) others.values.push_back(value);
    }
    filter.none_of.push_back(std::move(others));
  }

  void leave_out_unsuited(search::Filter& filter) const {
    if (!order_.occasion.empty()) leave_out_others(filter, domain::kOccasion, order_.occasion, "");
    if (!order_.season.empty()) leave_out_others(filter, domain::kSeason, order_.season, "all season");
    std::vector<std::string> unsuited = unsuited_kinds();
    if (!unsuited.empty()) filter.none_of.push_back({"subcategory", std::move(unsuited)});
    if (is_cold()) filter.none_of.push_back({"season", {"summer"}});
    if (is_warm()) filter.none_of.push_back({"season", {"winter"}});
  }

  // The subcategories that are not for the weather.
  std::vector<std::string> unsuited_kinds() const {
    std::vector<std::string> unsuited;
    if (is_cold() || rains()) unsuited = {"sandals", "sports sandals", "flip flops"};
    if (is_cold()) unsuited.emplace_back("shorts");
    return unsuited;
  }

  // Whether the filters that searches have for gender, occasion, season and weather would keep a candidate.
  bool suits(const OutfitCandidate& one) const {
    const auto agrees = [&](std::size_t property, const std::string& wanted, std::string_view always) {
      const std::string& value = one.properties[property];
      return wanted.empty() || value.empty() || value == wanted || value == always;
    };
    const std::string& season = one.properties[domain::kSeason];
    return agrees(domain::kGender, gender_, "unisex") && agrees(domain::kOccasion, order_.occasion, "") &&
           agrees(domain::kSeason, order_.season, "all season") && !(is_cold() && season == "summer") &&
           !(is_warm() && season == "winter") &&
           !std::ranges::contains(unsuited_kinds(), one.properties[domain::kSubcategory]);
  }

  // Adds the garments of a slot. A seed draws a half of them, or as many as outfits are wanted if that is
  // more.
  void add_garments(Slot slot) {
    std::vector<OutfitCandidate> found;
    for (const Garment& garment : wardrobe_) {
      const bool may_be_worn = garment.fields.state == GarmentState::kReady && !is_left_out(garment.id);
      if (!may_be_worn || garment.slot != slot ||
          garment.properties[domain::kCategory] != category_of(slot)) {
        continue;
      }
      auto candidate = garment_candidate(garment);
      if (candidate && suits(*candidate)) found.push_back(*std::move(candidate));
    }
    if (!plan_.locked.empty()) {
      const OutfitCandidate& piece = candidates_[plan_.locked.front()];
      std::ranges::stable_sort(
          found, {}, [&](const OutfitCandidate& one) { return -likeness_of(one, piece).value_or(-1); });
    }
    const std::size_t most = order_.from == OutfitSource::kBoth ? kCandidates : kGarments;
    std::size_t kept = std::min(found.size(), most);
    if (order_.seed) {
      found.resize(std::min(found.size(), 2 * most));
      kept = std::min(kept, std::max((found.size() + 1) / 2, order_.count));
      std::ranges::sort(found, {}, [this](const OutfitCandidate& one) {
        return std::pair(drawn_place(*order_.seed, one.id), one.id);
      });
    }
    found.resize(kept);
    std::ranges::move(found, std::back_inserter(candidates_));
  }

  Result<void> add_listings(Slot slot) {
    FIT_TRY(auto found, listings(slot, false, kSearched));
    std::size_t kept = std::min(found.size(), kCandidates);
    if (order_.seed) {
      kept = std::min(kept, (found.size() + 1) / 2);
      std::ranges::sort(found, {}, [this](const domain::ItemRecord& item) {
        return std::pair(drawn_place(*order_.seed, item.id.value), item.id.value);
      });
    }
    found.resize(kept);
    for (domain::ItemRecord& item : found) {
      auto candidate = outfit_candidate(item.listing.properties, parts_.ontology, parts_.compatibility);
      if (candidate) candidates_.push_back(item_candidate(*std::move(candidate), std::move(item)));
    }
    return {};
  }

  RecommendedOutfit shown(const OutfitScorer& scorer, const AssembledOutfit& outfit) const {
    RecommendedOutfit shown{.pieces = {}, .empty_slots = outfit.empty_slots, .parts = outfit.parts};
    for (std::size_t i = 0; i < outfit.pieces.size(); ++i) {
      const OutfitCandidate& one = candidates_[outfit.pieces[i]];
      RecommendedPiece piece{.slot = one.row->slot,
                             .kind = one.kind,
                             .item = {},
                             .garment = {},
                             .category = std::string(one.row->name),
                             .is_locked = std::ranges::contains(plan_.locked, outfit.pieces[i]),
                             .lift = scorer.lift(outfit.pieces, i),
                             .reasons = reasons_for(scorer, outfit.pieces, i)};
      if (one.kind == PieceKind::kItem) piece.item = items_.at(one.id);
      if (one.kind == PieceKind::kGarment) {
        piece.garment = *std::ranges::find(wardrobe_, GarmentId{one.id}, &Garment::id);
      }
      shown.pieces.push_back(std::move(piece));
    }
    return shown;
  }

  // Lists what could fill the slots that an outfit lacks, or, without an outfit, those without a candidate.
  Result<void> add_gaps(Recommendation& made) {
    std::set<Slot> empty;
    for (const RecommendedOutfit& outfit : made.outfits) {
      empty.insert(outfit.empty_slots.begin(), outfit.empty_slots.end());
    }
    if (made.outfits.empty()) {
      const auto fills = [](Slot slot) {
        return [slot](const OutfitCandidate& one) { return one.row->slot == slot; };
      };
      for (const Slot slot : kAllSlots) {
        if (is_needed(slot, plan_, candidates_) && std::ranges::none_of(candidates_, fills(slot))) {
          empty.insert(slot);
        }
      }
    }
    for (const Slot slot : empty) {
      OutfitGap gap{.slot = slot, .listings = {}};
      FIT_TRY(gap.listings, listings(slot, true, order_.gap_listings));
      made.gaps.push_back(std::move(gap));
    }
    return {};
  }

  const Parts parts_;
  const RecommendOrder& order_;
  const std::shared_ptr<search::SharedPhoto> photo_;
  OutfitPlan plan_;
  std::vector<OutfitCandidate> candidates_;                     // the locked ones first
  std::unordered_map<std::int64_t, domain::ItemRecord> items_;  // of the candidates, by id
  std::vector<Garment> wardrobe_;  // of the user, the latest first; empty where the order does not need it
  WardrobeStore::GarmentVectors garment_vectors_;
  std::optional<ItemId> anchor_;
  std::string gender_;  // of the locked pieces; empty: not known
};

}  // namespace

Result<OutfitRecommender> OutfitRecommender::load(ontology::Ontology ontology) {
  FIT_TRY(Compatibility compatibility, Compatibility::load());
  return OutfitRecommender(std::move(compatibility), std::move(ontology));
}

Result<Recommendation> OutfitRecommender::recommend(search::SearchEngine& engine, store::Catalogue& store,
                                                    const RecommendOrder& order) const {
  return OutfitRecommendation(OutfitRecommendation::Parts{.compatibility = compatibility_,
                                                          .ontology = ontology_,
                                                          .engine = engine,
                                                          .store = store,
                                                          .order = order})
      .make();
}

}  // namespace fit::style
