#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "domain/properties.h"
#include "ontology/ontology.h"

namespace fit::style {

// The part of an outfit that a garment fills. Underwear that is seen (a sports bra), swimwear and nightwear
// have the slot of the garment whose place they take; tights, socks, jewellery and wallets are accessories.
enum class Slot : std::uint8_t { kTop, kBottom, kOnePiece, kShoes, kOuterLayer, kBag, kAccessory };
// "top", "bottom", "one_piece", "shoes", "outer_layer", "bag" or "accessory"
std::string_view to_string(Slot slot);

// Which way a row of the table is read.
enum class CategoryUse : std::uint8_t {
  kBoth,         // also chosen for garments with its values
  kFromOutfits,  // only read: another category is chosen, because this one is too rare or too vague
};

// A category of the outfits that the compatibility model was trained on, and the values of the ontology that
// mean it.
struct OutfitCategory {
  std::string_view name;  // as in Compatibility::categories()
  Slot slot = Slot::kTop;
  std::string_view category;     // a value of the property category
  std::string_view subcategory;  // a value of the property subcategory; empty where none means it
  CategoryUse use = CategoryUse::kBoth;
  std::string_view property;  // one more property that tells it from others; empty where there is none
  std::string_view value;     // the value of that property
};

// All rows: every category of the public outfits, also those that the training lists do not have.
std::span<const OutfitCategory> outfit_categories();

// The row of a category; nullptr for an unknown name.
const OutfitCategory* find_outfit_category(std::string_view name);

// The row that stands for a garment, by its category and subcategory in any words that the ontology knows
// and, where rows share a subcategory, by one more property: boots of the fit "ankle" are "Ankle Booties". A
// subcategory without a row takes that of the next broader one, then that of its category. The gender is not
// considered: menswear is in 2 % of the training outfits, too little to learn from. nullptr for what is no
// piece of an outfit: underwear, cosmetics, and garments without a known category.
const OutfitCategory* outfit_category_of(const domain::Properties& garment,
                                         const ontology::Ontology& ontology);

}  // namespace fit::style
