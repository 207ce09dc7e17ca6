#include "style/outfits/outfit_assembly.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace fit::style {
namespace {

constexpr std::size_t kBeam = 16;     // unfinished outfits that are kept for each slot
constexpr double kSamePhoto = 0.999;  // the cosine of two copies of one picture
constexpr std::size_t kSlots = 7;

constexpr std::array kTwoPieces = {Slot::kTop,        Slot::kBottom, Slot::kShoes,
                                   Slot::kOuterLayer, Slot::kBag,    Slot::kAccessory};
constexpr std::array kOnePieces = {Slot::kOnePiece, Slot::kShoes, Slot::kOuterLayer, Slot::kBag,
                                   Slot::kAccessory};

bool is_core(Slot slot) {
  return slot == Slot::kTop || slot == Slot::kBottom || slot == Slot::kOnePiece;
}

struct UnfinishedOutfit {
  std::vector<std::size_t> pieces = {};
  std::vector<Slot> empty_slots = {};
  OutfitParts parts = {};

  // Whether it lacks a top, a bottom or a one-piece.
  bool lacks_core() const { return std::ranges::any_of(empty_slots, is_core); }
};

bool suits_gender(const OutfitCandidate& one, const OutfitCandidate& other) {
  const std::string& a = one.properties[domain::kGender];
  const std::string& b = other.properties[domain::kGender];
  return a.empty() || b.empty() || a == b || a == "unisex" || b == "unisex";
}

bool has_locked(Slot slot, const OutfitPlan& plan, std::span<const OutfitCandidate> candidates) {
  return std::ranges::any_of(plan.locked,
                             [&](std::size_t piece) { return candidates[piece].row->slot == slot; });
}

class OutfitAssembler {
 public:
  OutfitAssembler(OutfitScorer& scorer, const OutfitPlan& plan)
      : scorer_(scorer), candidates_(scorer.candidates()), plan_(plan), is_used_(candidates_.size(), false) {
    for (const std::size_t piece : plan.locked) is_used_[piece] = true;
  }

  std::vector<AssembledOutfit> assemble() {
    std::vector<AssembledOutfit> outfits;
    while (outfits.size() < plan_.count) {
      auto best = best_outfit();
      if (!best || best->pieces.size() < 2 || !has_core_or_locked(best->pieces)) break;
      // Without a further piece, the outfit is that of the locked ones.
      const bool is_new = best->pieces.size() > plan_.locked.size();
      if (!outfits.empty() && (!is_new || best->lacks_core())) break;
      std::ranges::sort(best->pieces, {},
                        [this](std::size_t piece) { return std::pair(candidates_[piece].row->slot, piece); });
      use(best->pieces);
      outfits.push_back({.pieces = std::move(best->pieces),
                         .empty_slots = std::move(best->empty_slots),
                         .parts = best->parts});
    }
    return outfits;
  }

 private:
  using Choices = std::array<std::vector<std::size_t>, kSlots>;

  bool needs(Slot slot) const { return is_needed(slot, plan_, candidates_); }
  bool may_have_two_pieces() const { return !has_locked(Slot::kOnePiece, plan_, candidates_); }
  bool may_have_one_piece() const {
    return !has_locked(Slot::kTop, plan_, candidates_) && !has_locked(Slot::kBottom, plan_, candidates_);
  }

  // Shoes and a bag alone are no outfit, unless somebody asks what goes with them.
  bool has_core_or_locked(const std::vector<std::size_t>& pieces) const {
    return !plan_.locked.empty() || std::ranges::any_of(pieces, [this](std::size_t piece) {
      return is_core(candidates_[piece].row->slot);
    });
  }

  // Whether somebody does not want the pieces together.
  bool is_refused(const std::vector<std::size_t>& pieces) const {
    const auto has = [&pieces](std::size_t one) { return std::ranges::contains(pieces, one); };
    const auto is_locked = [this](std::size_t one) { return std::ranges::contains(plan_.locked, one); };
    return std::ranges::any_of(plan_.refused, [&](const std::vector<std::size_t>& refused) {
      return std::ranges::all_of(refused, has) && !std::ranges::all_of(refused, is_locked);
    });
  }

  // Whether the slot is the first one to fill, by whose kind outfits differ.
  bool leads(Slot slot) const {
    const auto first = [this](const auto& slots) {
      const auto found = std::ranges::find_if(slots, [this](Slot one) { return needs(one); });
      return found == slots.end() ? std::optional<Slot>() : *found;
    };
    return (may_have_two_pieces() && first(kTwoPieces) == slot) ||
           (may_have_one_piece() && first(kOnePieces) == slot);
  }

  // The candidates of each slot that no outfit has yet.
  Choices choices() const {
    Choices left;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      if (!is_used_[i]) left[static_cast<std::size_t>(candidates_[i].row->slot)].push_back(i);
    }
    for (std::size_t slot = 0; slot < kSlots; ++slot) {
      if (!leads(static_cast<Slot>(slot))) continue;
      std::vector<std::size_t> others;
      for (const std::size_t piece : left[slot]) {
        if (!used_kinds_.contains(candidates_[piece].category)) others.push_back(piece);
      }
      if (!others.empty()) left[slot] = std::move(others);
    }
    return left;
  }

  std::optional<UnfinishedOutfit> best_outfit() {
    const Choices left = choices();
    std::optional<UnfinishedOutfit> best;
    const auto consider = [&best](UnfinishedOutfit outfit) {
      const auto rank = [](const UnfinishedOutfit& one) {
        return std::pair(one.lacks_core(), -one.parts.total());
      };
      if (!best || rank(outfit) < rank(*best)) best = std::move(outfit);
    };
    if (may_have_two_pieces()) consider(fill(kTwoPieces, left));
    if (may_have_one_piece()) consider(fill(kOnePieces, left));
    return best;
  }

  UnfinishedOutfit fill(std::span<const Slot> slots, const Choices& left) {
    std::vector<UnfinishedOutfit> beam(1);
    beam.front().pieces = plan_.locked;
    beam.front().parts = scorer_.parts(plan_.locked);
    for (const Slot slot : slots) {
      if (!needs(slot)) continue;
      std::vector<UnfinishedOutfit> next;
      for (const UnfinishedOutfit& outfit : beam) {
        extend(outfit, slot, left[static_cast<std::size_t>(slot)], next);
      }
      std::ranges::stable_sort(next, {}, [](const UnfinishedOutfit& one) {
        return std::pair(one.empty_slots.size(), -one.parts.total());
      });
      if (next.size() > kBeam) next.resize(kBeam);
      beam = std::move(next);
    }
    return std::move(beam.front());
  }

  void extend(const UnfinishedOutfit& outfit, Slot slot, std::span<const std::size_t> choices,
              std::vector<UnfinishedOutfit>& next) {
    bool is_filled = false;
    for (const std::size_t choice : choices) {
      const bool suits = std::ranges::all_of(outfit.pieces, [&](std::size_t piece) {
        return suits_gender(candidates_[piece], candidates_[choice]);
      });
      if (!suits) continue;
      UnfinishedOutfit longer = outfit;
      longer.pieces.push_back(choice);
      if (is_refused(longer.pieces)) continue;
      is_filled = true;
      longer.parts = scorer_.parts(longer.pieces);
      next.push_back(std::move(longer));
    }
    if (is_filled) return;
    next.push_back(outfit);
    next.back().empty_slots.push_back(slot);
  }

  // Keeps the pieces of an outfit, and copies of them, from further ones.
  void use(const std::vector<std::size_t>& pieces) {
    for (const std::size_t piece : pieces) {
      if (std::ranges::contains(plan_.locked, piece)) continue;
      used_kinds_.insert(candidates_[piece].category);
      is_used_[piece] = true;
      for (std::size_t i = 0; i < candidates_.size(); ++i) {
        if (likeness_of(candidates_[piece], candidates_[i]).value_or(0) > kSamePhoto) is_used_[i] = true;
      }
    }
  }

  OutfitScorer& scorer_;
  const std::span<const OutfitCandidate> candidates_;
  const OutfitPlan& plan_;
  std::vector<bool> is_used_;         // by candidate
  std::set<std::size_t> used_kinds_;  // categories of pieces that are not locked
};

}  // namespace

bool is_needed(Slot slot, const OutfitPlan& plan, std::span<const OutfitCandidate> candidates) {
  const auto is_locked = [&](Slot one) { return has_locked(one, plan, candidates); };
  if (is_locked(slot)) return false;
  switch (slot) {
    case Slot::kTop:
    case Slot::kBottom:
      return !is_locked(Slot::kOnePiece);
    case Slot::kOnePiece:
      return !is_locked(Slot::kTop) && !is_locked(Slot::kBottom);
    case Slot::kOuterLayer:
      return plan.has_outer_layer;
    case Slot::kShoes:
    case Slot::kBag:
    case Slot::kAccessory:
      return true;
  }
  return false;
}

std::vector<AssembledOutfit> assemble_outfits(OutfitScorer& scorer, const OutfitPlan& plan) {
  return OutfitAssembler(scorer, plan).assemble();
}

}  // namespace fit::style
