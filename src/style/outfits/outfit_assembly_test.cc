#include "style/outfits/outfit_assembly.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <string>
#include <utility>

#include "style/outfits/outfit_reasons.h"

namespace fit::style {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using Values = std::vector<std::pair<std::size_t, std::string>>;

class OutfitAssembly : public ::testing::Test {
 protected:
  // Adds a candidate and returns its index.
  std::size_t add(const std::string& category, const std::string& subcategory, const Values& values = {}) {
    domain::Properties garment;
    garment[domain::kCategory] = category;
    garment[domain::kSubcategory] = subcategory;
    for (const auto& [property, value] : values) garment[property] = value;
    candidates_.push_back(outfit_candidate(garment, vocabulary(), model()).value());
    return candidates_.size() - 1;
  }

  // Adds several candidates of each slot.
  void add_wardrobe() {
    const std::vector<std::pair<std::string, std::string>> kinds = {
        {"tops", "t-shirt"},     {"tops", "blouse"},      {"tops", "sweater"},    {"bottoms", "jeans"},
        {"bottoms", "skirt"},    {"bottoms", "trousers"}, {"dresses", "dress"},   {"dresses", "jumpsuit"},
        {"shoes", "sneakers"},   {"shoes", "sandals"},    {"shoes", "boots"},     {"outerwear", "coat"},
        {"outerwear", "jacket"}, {"outerwear", "blazer"}, {"bags", "handbag"},    {"bags", "backpack"},
        {"bags", "clutch"},      {"accessories", "belt"}, {"accessories", "hat"}, {"accessories", "watch"}};
    constexpr std::array kColours = {"black", "red", "green"};
    for (const char* const colour : kColours) {
      for (const auto& [category, subcategory] : kinds) {
        add(category, subcategory, {{domain::kPrimaryColor, colour}});
      }
    }
  }

  std::vector<AssembledOutfit> assemble(const OutfitPlan& plan) {
    OutfitScorer scorer(model(), candidates_);
    return assemble_outfits(scorer, plan);
  }

  OutfitParts parts(const std::vector<std::size_t>& outfit) {
    return OutfitScorer(model(), candidates_).parts(outfit);
  }

  Slot slot(std::size_t candidate) const { return candidates_[candidate].row->slot; }

  static const ontology::Ontology& vocabulary() {
    static const ontology::Ontology kOntology = ontology::Ontology::load().value();
    return kOntology;
  }
  static const Compatibility& model() {
    static const Compatibility kModel = Compatibility::load().value();
    return kModel;
  }

  std::vector<OutfitCandidate> candidates_;
};

TEST_F(OutfitAssembly, FillsTheSlotsOfThreeDifferentOutfits) {
  add_wardrobe();
  const auto outfits = assemble({.locked = {}, .has_outer_layer = true, .count = 3});
  ASSERT_EQ(outfits.size(), 3U);
  std::set<std::size_t> seen;
  std::set<std::size_t> leading;
  for (const AssembledOutfit& outfit : outfits) {
    EXPECT_THAT(outfit.empty_slots, IsEmpty());
    std::set<Slot> slots;
    for (const std::size_t piece : outfit.pieces) {
      EXPECT_TRUE(seen.insert(piece).second) << "a piece is in two outfits";
      EXPECT_TRUE(slots.insert(slot(piece)).second) << "two pieces are in one slot";
    }
    const bool has_one_piece = slots.contains(Slot::kOnePiece);
    EXPECT_EQ(slots.contains(Slot::kTop), !has_one_piece);
    EXPECT_EQ(slots.contains(Slot::kBottom), !has_one_piece);
    for (const Slot other : {Slot::kShoes, Slot::kOuterLayer, Slot::kBag, Slot::kAccessory}) {
      EXPECT_TRUE(slots.contains(other));
    }
    EXPECT_TRUE(std::ranges::is_sorted(outfit.pieces, {}, [this](std::size_t piece) { return slot(piece); }));
    EXPECT_TRUE(leading.insert(candidates_[outfit.pieces.front()].category).second)
        << "two outfits have the same kind of top or one-piece";
  }
}

TEST_F(OutfitAssembly, IsDeterministic) {
  add_wardrobe();
  const OutfitPlan plan{.locked = {3}, .has_outer_layer = false, .count = 3};
  const auto once = assemble(plan);
  const auto again = assemble(plan);
  ASSERT_EQ(once.size(), again.size());
  for (std::size_t i = 0; i < once.size(); ++i) {
    EXPECT_EQ(once[i].pieces, again[i].pieces);
    EXPECT_EQ(once[i].parts.total(), again[i].parts.total());
  }
}

TEST_F(OutfitAssembly, LockedPiecesAreInEveryOutfit) {
  add_wardrobe();
  const std::size_t jeans = 3;
  for (const AssembledOutfit& outfit : assemble({.locked = {jeans}, .has_outer_layer = false, .count = 3})) {
    EXPECT_THAT(outfit.pieces, Contains(jeans));
    for (const std::size_t piece : outfit.pieces) {
      EXPECT_NE(slot(piece), Slot::kOnePiece);
      EXPECT_NE(slot(piece), Slot::kOuterLayer);
    }
  }
}

TEST_F(OutfitAssembly, OnePieceIsSwappedAndTheRestStays) {
  add_wardrobe();
  const OutfitPlan plan{.locked = {}, .has_outer_layer = true, .count = 1};
  const std::vector<std::size_t> before = assemble(plan).front().pieces;
  const auto shoes =
      std::ranges::find(before, Slot::kShoes, [this](std::size_t piece) { return slot(piece); });
  ASSERT_NE(shoes, before.end());
  OutfitPlan others = plan;
  std::ranges::copy_if(before, std::back_inserter(others.locked),
                       [&](std::size_t piece) { return piece != *shoes; });
  candidates_[*shoes].row =
      find_outfit_category("Earrings");  // an excluded piece fills no slot that is needed
  const std::vector<std::size_t> after = assemble(others).front().pieces;
  ASSERT_EQ(after.size(), before.size());
  EXPECT_THAT(after, Not(Contains(*shoes)));
  for (const std::size_t piece : others.locked) EXPECT_THAT(after, Contains(piece));
}

TEST_F(OutfitAssembly, NamesEmptySlots) {
  const std::size_t top = add("tops", "t-shirt");
  const std::size_t bottom = add("bottoms", "jeans");
  add("bags", "backpack");
  const auto outfits = assemble({.locked = {bottom}, .has_outer_layer = true, .count = 3});
  ASSERT_EQ(outfits.size(), 1U) << "there is one top";
  EXPECT_THAT(outfits.front().pieces, Contains(top));
  EXPECT_THAT(outfits.front().empty_slots, ElementsAre(Slot::kShoes, Slot::kOuterLayer, Slot::kAccessory));
}

TEST_F(OutfitAssembly, NothingIsMadeOfOnePiece) {
  EXPECT_THAT(assemble({}), IsEmpty());
  add("bottoms", "jeans");
  EXPECT_THAT(assemble({}), IsEmpty());
  EXPECT_THAT(assemble({.locked = {0}, .has_outer_layer = true, .count = 3}), IsEmpty());
}

TEST_F(OutfitAssembly, ShoesAndABagAreNoOutfitUnlessTheyAreAskedFor) {
  const std::size_t shoes = add("shoes", "sneakers");
  add("bags", "backpack");
  EXPECT_THAT(assemble({}), IsEmpty());
  EXPECT_EQ(assemble({.locked = {shoes}, .has_outer_layer = true, .count = 3}).size(), 1U);
}

TEST_F(OutfitAssembly, AnOutfitOfLockedPiecesAloneIsMadeOnce) {
  const std::vector<std::size_t> locked = {add("tops", "t-shirt"), add("bottoms", "jeans")};
  EXPECT_EQ(assemble({.locked = locked, .has_outer_layer = true, .count = 3}).size(), 1U);
}

TEST_F(OutfitAssembly, GendersAreNotMixed) {
  for (const std::string gender : {"women", "men", "unisex"}) {
    add("tops", "t-shirt", {{domain::kGender, gender}});
    add("bottoms", "jeans", {{domain::kGender, gender}});
    add("shoes", "sneakers", {{domain::kGender, gender}});
  }
  for (const AssembledOutfit& outfit : assemble({.locked = {0}, .has_outer_layer = false, .count = 3})) {
    for (const std::size_t piece : outfit.pieces) {
      EXPECT_NE(candidates_[piece].properties[domain::kGender], "men");
    }
  }
}

TEST_F(OutfitAssembly, CopiesOfAPieceAreInNoOtherOutfit) {
  for (int i = 0; i < 4; ++i) {
    add("tops", "t-shirt");
    add("bottoms", "jeans");
    candidates_[candidates_.size() - 2].vector = {1, 0};  // four listings of one T-shirt
    candidates_.back().vector = {0, 1};
  }
  EXPECT_EQ(assemble({.locked = {}, .has_outer_layer = false, .count = 3}).size(), 1U);
}

TEST_F(OutfitAssembly, ColoursBreakTies) {
  const std::size_t green = add("tops", "t-shirt", {{domain::kPrimaryColor, "green"}});
  const std::size_t clashes = add("bottoms", "skirt", {{domain::kPrimaryColor, "red"}});
  const std::size_t harmonises = add("bottoms", "skirt", {{domain::kPrimaryColor, "beige"}});
  EXPECT_NEAR(parts({green, harmonises}).colour, kTieBreaker, 1e-9);
  EXPECT_NEAR(parts({green, clashes}).colour, -kTieBreaker, 1e-9);
  const auto outfits = assemble({.locked = {green}, .has_outer_layer = false, .count = 1});
  ASSERT_EQ(outfits.size(), 1U);
  EXPECT_THAT(outfits.front().pieces, ElementsAre(green, harmonises));
}

TEST_F(OutfitAssembly, PartsAreTieBreakersAndUnknownIsZero) {
  const std::size_t plain = add("tops", "t-shirt");
  const std::size_t jeans = add("bottoms", "jeans");
  const OutfitParts unknown = parts({plain, jeans});
  EXPECT_EQ(unknown.total(), unknown.compatibility);

  const Values winter = {
      {domain::kPattern, "striped"}, {domain::kSeason, "winter"}, {domain::kOccasion, "work"}};
  const Values summer = {
      {domain::kPattern, "floral"}, {domain::kSeason, "summer"}, {domain::kOccasion, "party"}};
  const Values always = {
      {domain::kPattern, "solid"}, {domain::kSeason, "all season"}, {domain::kOccasion, "work"}};
  const std::size_t striped = add("tops", "sweater", winter);
  const std::size_t floral = add("bottoms", "skirt", summer);
  const std::size_t solid = add("bottoms", "skirt", always);
  const OutfitParts bad = parts({striped, floral});
  const OutfitParts good = parts({striped, solid});
  for (const double part : {bad.pattern, bad.season, bad.occasion}) EXPECT_NEAR(part, -kTieBreaker, 1e-9);
  for (const double part : {good.pattern, good.season, good.occasion}) EXPECT_NEAR(part, kTieBreaker, 1e-9);
  EXPECT_EQ(bad.compatibility, good.compatibility);
  const OutfitParts reversed = parts({solid, striped});
  EXPECT_EQ(good.total(), reversed.total());
}

TEST_F(OutfitAssembly, ReasonsNameWhatSpeaksForAPiece) {
  const std::size_t shorts = add("bottoms", "shorts", {{domain::kPrimaryColor, "beige"}});
  const std::size_t sandals =
      add("shoes", "sandals", {{domain::kPrimaryColor, "red"}, {domain::kPattern, "floral"}});
  add("tops", "top");
  const std::vector<std::size_t> outfit = {2, shorts, sandals};
  const OutfitScorer scorer(model(), candidates_);
  const auto reasons = reasons_for(scorer, outfit, 2);
  EXPECT_THAT(reasons, Contains(HasSubstr("times likelier")));
  EXPECT_THAT(reasons, Contains("red and beige: one of them is neutral"));
  EXPECT_THAT(reasons, Contains("floral, the only pattern"));
}

TEST_F(OutfitAssembly, WhatIsLikedDecidesBetweenEqualPieces) {
  const std::size_t top = add("tops", "t-shirt");
  const std::size_t jeans = add("bottoms", "jeans");
  const std::size_t liked = add("bottoms", "jeans");
  candidates_[liked].taste = 0.5;
  const OutfitParts plain = parts({top, jeans});
  const OutfitParts better = parts({top, liked});
  EXPECT_EQ(plain.taste, 0);
  EXPECT_NEAR(better.taste, kTieBreaker * 0.25, 1e-9);
  EXPECT_NEAR(better.total() - plain.total(), better.taste, 1e-9);
  const auto outfits = assemble({.locked = {top}, .count = 1});
  ASSERT_FALSE(outfits.empty());
  EXPECT_THAT(outfits[0].pieces, Contains(liked));
  const OutfitScorer scorer(model(), candidates_);
  EXPECT_THAT(reasons_for(scorer, outfits[0].pieces, 1), Contains("like what you have liked"));
}

TEST_F(OutfitAssembly, RefusedPiecesAreNotCombinedAgain) {
  add_wardrobe();
  const auto first = assemble({.count = 1}).front().pieces;
  const auto other = assemble({.count = 1, .refused = {first}});
  ASSERT_FALSE(other.empty());
  EXPECT_NE(other[0].pieces, first);
  EXPECT_THAT(other[0].empty_slots, IsEmpty());
  const auto pair = assemble({.count = 3, .refused = {{first[0], first[1]}}});
  for (const AssembledOutfit& outfit : pair) {
    EXPECT_FALSE(std::ranges::contains(outfit.pieces, first[0]) &&
                 std::ranges::contains(outfit.pieces, first[1]));
  }
  const auto locked =
      assemble({.locked = {first[0], first[1]}, .count = 1, .refused = {{first[0], first[1]}}});
  ASSERT_FALSE(locked.empty()) << "what is locked is wanted together";
}

TEST_F(OutfitAssembly, UnderwearIsNoCandidate) {
  domain::Properties briefs;
  briefs[domain::kCategory] = "underwear";
  briefs[domain::kSubcategory] = "briefs";
  EXPECT_FALSE(outfit_candidate(briefs, vocabulary(), model()));
  EXPECT_FALSE(outfit_candidate({}, vocabulary(), model()));
}

}  // namespace
}  // namespace fit::style
