#include "style/recommend/outfit_recommender.h"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <memory>
#include <set>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/bytes.h"
#include "base/format.h"
#include "base/hash.h"
#include "search/shared_photo.h"
#include "style/outfits/outfit_id.h"
#include "style/outfits/outfit_reasons.h"
#include "style/saved/saved_outfit_store.h"
#include "style/wardrobe/wardrobe_store.h"

namespace fit::style {
namespace {

constexpr std::size_t kCandidates = 30;  // listings of a slot that may become pieces
// Listings that a search is asked for beyond kCandidates, because some may be of another slot.
constexpr std::size_t kSpare = 10;
constexpr std::size_t kGarments = 60;  // of a slot that may become pieces where there are no listings
constexpr std::size_t kMaxRefusedOutfits = 200;  // the latest; each is compared with every outfit of a beam
constexpr double kCold = 10;                     // degrees Celsius; conventions (docs/style.md)
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
    FIT_CHECK(read_refusals());
    FIT_CHECK(read_wardrobe());
    FIT_CHECK(add_locked());
    FIT_CHECK(add_vectors(candidates_));
    for (const std::size_t piece : plan_.locked) find_anchor(candidates_[piece]);
    for (const Slot slot : kAllSlots) {
      if (!is_needed(slot, plan_, candidates_)) continue;
      if (order_.from != OutfitSource::kCatalogue) FIT_CHECK(add_garments(slot));
      if (order_.from != OutfitSource::kWardrobe) FIT_CHECK(add_listings(slot));
    }
    FIT_CHECK(add_vectors(candidates_));
    add_taste();
    for (const auto& pieces : refused_outfits_) refuse_together(pieces);
    OutfitScorer scorer(parts_.compatibility, candidates_);
    Recommendation made{.outfits = {}, .gaps = {}, .is_personal = has_taste(), .weather = order_.weather};
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

  bool has_taste() const { return order_.known != nullptr && order_.known->taste.confidence() > 0; }

  // What the person has refused lately.
  Result<void> read_refusals() {
    if (order_.known == nullptr) return {};
    const Timestamp since = now() - std::chrono::days(kRefusalDays);
    std::vector<std::int64_t> saved;
    for (const RefusedTarget& one : order_.known->refused) {
      if (one.at < since) continue;
      const auto id = parse_id("target.id", one.target.id);
      if (one.target.kind == FeedbackTarget::Kind::kOutfit) {
        if (refused_outfits_.size() + saved.size() == kMaxRefusedOutfits) continue;
        if (id) saved.push_back(*id);
        if (auto pieces = pieces_of_outfit_id(one.target.id)) refused_outfits_.push_back(*std::move(pieces));
      } else if (id) {
        const bool is_garment = one.target.kind == FeedbackTarget::Kind::kGarment;
        refused_.insert({is_garment ? PieceKind::kGarment : PieceKind::kItem, *id});
      }
    }
    if (saved.empty() || order_.user == 0) return {};
    FIT_TRY(auto outfits, SavedOutfitStore(parts_.store.database()).pieces(order_.user, saved));
    std::ranges::move(outfits, std::back_inserter(refused_outfits_));
    return {};
  }

  // Keeps candidates from being one outfit.
  void refuse_together(const std::vector<OutfitPieceId>& pieces) {
    std::vector<std::size_t> places;
    for (const OutfitPieceId& piece : pieces) {
      const auto found = std::ranges::find_if(candidates_, [&piece](const OutfitCandidate& one) {
        return one.kind == piece.kind && one.id == piece.id;
      });
      if (found == candidates_.end()) return;
      places.push_back(static_cast<std::size_t>(found - candidates_.begin()));
    }
    plan_.refused.push_back(std::move(places));
  }

  // How much the person likes each candidate.
  void add_taste() {
    if (!has_taste()) return;
    const Taste& taste = order_.known->taste;
    const double confidence = taste.confidence();
    for (OutfitCandidate& one : candidates_) {
      one.taste = confidence * (2 * taste.score(taste_item(one)).score - 1);
    }
  }

  // Borrows the candidate, and what it is made of.
  TasteItem taste_item(const OutfitCandidate& one) const {
    TasteItem shown{
        .vectors = {}, .properties = &one.properties, .price = one.price, .currency = one.currency};
    const bool is_of_space = order_.known->space_id == parts_.engine.space().id;
    shown.vectors.push_back(is_of_space ? std::span<const float>(one.vector) : std::span<const float>());
    if (one.kind == PieceKind::kItem) {
      const domain::Listing& listing = items_.at(one.id).listing;
      shown.properties = &listing.properties;
      shown.brand = listing.brand;
      shown.size = listing.size;
    } else if (one.kind == PieceKind::kGarment) {
      const Garment& garment = *std::ranges::find(wardrobe_, GarmentId{one.id}, &Garment::id);
      shown.brand = garment.fields.brand;
      shown.size = garment.fields.size;
    }
    return shown;
  }

  Result<void> read_wardrobe() {
    if (!needs_wardrobe(order_)) return {};
    WardrobeStore wardrobe(parts_.store.database(), parts_.ontology);
    FIT_TRY(wardrobe_, wardrobe.list(order_.user, {}, 0, WardrobeStore::kMaxGarments));
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
    return candidate;
  }

  // Reads the vectors of items and garments for candidates that have none.
  Result<void> add_vectors(std::span<OutfitCandidate> candidates) {
    std::vector<ItemId> items;
    std::vector<GarmentId> garments;
    for (const OutfitCandidate& one : candidates) {
      if (!one.vector.empty()) continue;
      if (one.kind == PieceKind::kItem) items.push_back(ItemId{one.id});
      if (one.kind == PieceKind::kGarment) garments.push_back(GarmentId{one.id});
    }
    FIT_TRY(auto of_items, vectors_of(items));
    WardrobeStore::GarmentVectors of_garments;
    if (!garments.empty()) {
      WardrobeStore wardrobe(parts_.store.database(), parts_.ontology);
      FIT_TRY(of_garments, wardrobe.vectors(garments, parts_.engine.space().id));
    }
    for (OutfitCandidate& one : candidates) {
      const auto item = of_items.find(ItemId{one.id});
      if (one.kind == PieceKind::kItem && item != of_items.end()) one.vector = std::move(item->second);
      const auto garment = of_garments.find(GarmentId{one.id});
      if (one.kind == PieceKind::kGarment && garment != of_garments.end()) {
        one.vector = std::move(garment->second);
      }
    }
    return {};
  }

  // The vectors of the first images of items.
  Result<std::unordered_map<ItemId, std::vector<float>>> vectors_of(std::span<const ItemId> items) const {
    std::unordered_map<ItemId, std::vector<float>> first;
    if (items.empty()) return first;
    FIT_TRY(auto stored, parts_.store.vectors().of_items(parts_.engine.space().id, items));
    for (domain::ImageVector& one : stored) first.try_emplace(one.item, std::move(one.values));
    return first;
  }

  // What searches are around: the first locked piece with a vector. The gender of the first locked piece that
  // has one is that of all pieces.
  void find_anchor(const OutfitCandidate& piece) {
    const std::string& gender = piece.properties[domain::kGender];
    if (gender_.empty() && gender != "unisex") gender_ = gender;
    if (anchor_ || !anchor_vector_.empty() || piece.vector.empty()) return;
    if (piece.kind == PieceKind::kItem) anchor_ = ItemId{piece.id};
    if (piece.kind == PieceKind::kGarment) anchor_vector_ = piece.vector;
  }

  // The best listings of a slot, without excluded and locked ones. With `all`, also those for another
  // occasion, season or weather.
  Result<std::vector<domain::ItemRecord>> listings(Slot slot, bool all, std::size_t limit) {
    search::Query query;
    if (!order_.photo.empty()) {
      query = around_photo();
    } else if (anchor_) {
      query.item_id = *anchor_;
    } else if (!anchor_vector_.empty()) {
      query.vector = anchor_vector_;
    } else {
      query.browse = true;
    }
    query.filter = order_.filter;
    query.filter.any_of.push_back({"category", {category_of(slot)}});
    if (!gender_.empty()) leave_out_others(query.filter, domain::kGender, gender_, "unisex");
    if (!all) leave_out_unsuited(query.filter);
    query.required = order_.required;
    query.stop = order_.stop;
    query.limit =
        std::min(limit + order_.exclude.size() + plan_.locked.size() + refused_.size(), search::kMaxLimit);
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
           item == order_.around || refused_.contains({PieceKind::kItem, item.value});
  }
  bool is_left_out(GarmentId garment) const {
    return std::ranges::contains(order_.exclude_garments, garment) ||
           std::ranges::contains(order_.lock_garments, garment) || garment == order_.around_garment ||
           refused_.contains({PieceKind::kGarment, garment.value});
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
  Result<void> add_garments(Slot slot) {
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
    if (!plan_.locked.empty() && !candidates_[plan_.locked.front()].vector.empty()) {
      FIT_CHECK(add_vectors(found));
      put_likest_first(candidates_[plan_.locked.front()], found);
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
    return {};
  }

  // Orders candidates by their likeness to a piece; those of an unknown one come last, as they were.
  static void put_likest_first(const OutfitCandidate& piece, std::vector<OutfitCandidate>& candidates) {
    std::vector<std::pair<double, std::size_t>> order;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      order.emplace_back(-likeness_of(candidates[i], piece).value_or(-1), i);
    }
    std::ranges::sort(order);
    std::vector<OutfitCandidate> sorted;
    sorted.reserve(candidates.size());
    for (const auto& [likeness, place] : order) sorted.push_back(std::move(candidates[place]));
    candidates = std::move(sorted);
  }

  Result<void> add_listings(Slot slot) {
    // A seed draws a half of the listings that are found.
    FIT_TRY(auto found, listings(slot, false, order_.seed ? 2 * kCandidates : kCandidates + kSpare));
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

  std::string id_of(const AssembledOutfit& outfit) const {
    std::vector<OutfitPieceId> pieces;
    for (const std::size_t piece : outfit.pieces) {
      const OutfitCandidate& one = candidates_[piece];
      if (one.kind != PieceKind::kPhoto) pieces.push_back({.kind = one.kind, .id = one.id});
    }
    return outfit_id(pieces);
  }

  RecommendedOutfit shown(const OutfitScorer& scorer, const AssembledOutfit& outfit) const {
    RecommendedOutfit shown{
        .id = id_of(outfit), .pieces = {}, .empty_slots = outfit.empty_slots, .parts = outfit.parts};
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
  std::vector<Garment> wardrobe_;    // of the user, the latest first; empty where the order does not need it
  std::set<OutfitPieceId> refused_;  // that the person has refused
  std::vector<std::vector<OutfitPieceId>> refused_outfits_;  // the same
  std::optional<ItemId> anchor_;
  std::vector<float> anchor_vector_;  // of a garment that searches are around; empty: there is none
  std::string gender_;                // of the locked pieces; empty: not known
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
