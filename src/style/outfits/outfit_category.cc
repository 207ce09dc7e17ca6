#include "style/outfits/outfit_category.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

namespace fit::style {
namespace {

// Categories of the outfits for values of the ontology that no row has, the nearest kind of garment.
constexpr std::pair<std::string_view, std::string_view> kSubcategoryStandIns[] = {
    {"shirt", "Blouses"},         {"kurta", "Tunics"},
    {"kurti", "Tunics"},          {"kurta set", "Tunics"},
    {"tracksuit", "Sweatshirts"}, {"laptop bag", "Messenger Bags"},
    {"pouch", "Clutches"},        {"cap", "Hats"},
    {"dupatta", "Scarves"},
};

// The category for a garment of which no more is known. Underwear and beauty are no pieces of an outfit.
constexpr std::pair<std::string_view, std::string_view> kCategoryDefaults[] = {
    {"tops", "Tops"},   {"bottoms", "Pants"}, {"outerwear", "Jackets"},       {"dresses", "Day Dresses"},
    {"shoes", "Shoes"}, {"bags", "Handbags"}, {"accessories", "Accessories"},
};

template <std::size_t Count>
const OutfitCategory* row_for(const std::pair<std::string_view, std::string_view> (&table)[Count],
                              std::string_view value) {
  const auto found = std::ranges::find(table, value, &std::pair<std::string_view, std::string_view>::first);
  return found == std::end(table) ? nullptr : find_outfit_category(found->second);
}

// Whether a garment has the further property that a row names.
bool has_property(const OutfitCategory& row, const domain::Properties& garment,
                  const ontology::Ontology& ontology) {
  const auto property = domain::property_index(row.property);
  return property && ontology.canonical(*property, garment[*property]) == row.value;
}

// The row of exactly this subcategory: one whose further property the garment has, else the one without any.
const OutfitCategory* row_of_subcategory(std::string_view subcategory, const domain::Properties& garment,
                                         const ontology::Ontology& ontology) {
  const OutfitCategory* plain = nullptr;
  for (const OutfitCategory& row : outfit_categories()) {
    if (row.use != CategoryUse::kBoth || row.subcategory != subcategory) continue;
    if (row.property.empty()) {
      plain = &row;
    } else if (has_property(row, garment, ontology)) {
      return &row;
    }
  }
  return plain != nullptr ? plain : row_for(kSubcategoryStandIns, subcategory);
}

}  // namespace

std::string_view to_string(Slot slot) {
  constexpr std::array<std::string_view, 7> kNames = {"top",         "bottom", "one_piece", "shoes",
                                                      "outer_layer", "bag",    "accessory"};
  return kNames[static_cast<std::size_t>(slot)];
}

const OutfitCategory* find_outfit_category(std::string_view name) {
  const auto rows = outfit_categories();
  const auto found = std::ranges::find(rows, name, &OutfitCategory::name);
  return found == rows.end() ? nullptr : &*found;
}

const OutfitCategory* outfit_category_of(const domain::Properties& garment,
                                         const ontology::Ontology& ontology) {
  std::optional<std::string_view> category = ontology.category_meant(garment[domain::kCategory]);
  auto subcategory = ontology.canonical(domain::kSubcategory, garment[domain::kSubcategory]);
  if (subcategory) category = ontology.category_of(*subcategory);
  for (; subcategory; subcategory = ontology.broader(domain::kSubcategory, *subcategory)) {
    const OutfitCategory* const row = row_of_subcategory(*subcategory, garment, ontology);
    if (row != nullptr) return row;
  }
  return category ? row_for(kCategoryDefaults, *category) : nullptr;
}

}  // namespace fit::style
