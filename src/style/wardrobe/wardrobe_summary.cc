#include "style/wardrobe/wardrobe_summary.h"

#include <algorithm>

namespace fit::style {

WardrobeSummary summarise(std::span<const Garment> garments) {
  WardrobeSummary summary;
  for (const Garment& one : garments) {
    ++summary.garments;
    summary.wears += one.wears;
    if (one.slot) ++summary.slots[std::string(to_string(*one.slot))];
    const std::string& category = one.properties[domain::kCategory];
    if (!category.empty()) ++summary.categories[category];
    const std::string& color = one.properties[domain::kPrimaryColor];
    if (!color.empty()) ++summary.colors[color];
    ++summary.states[std::string(to_string(one.fields.state))];
    if (one.fields.price) {
      WardrobeSummary::Cost& cost = summary.costs[one.fields.currency];
      ++cost.garments;
      cost.price += *one.fields.price;
      cost.wears += one.wears;
    }
    if (one.wears == 0 && one.fields.state != GarmentState::kRetired) summary.never_worn.push_back(one.id);
  }
  std::ranges::sort(summary.never_worn);
  return summary;
}

}  // namespace fit::style
