#include <array>
#include <cmath>
#include <string>

#include "base/format.h"
#include "sample/designer.h"
#include "sample/kinds.h"

namespace fit::sample {
namespace {

struct Brand {
  std::string_view name;
  double factor;  // multiplies the price
};

// Invented brands.
constexpr std::array<Brand, 18> kBrands = {{{"Alderfinch", 1.0},
                                            {"Norrvask", 1.3},
                                            {"Maison Ostrelle", 2.4},
                                            {"Pepperlune", 0.7},
                                            {"Quillon & Daye", 1.6},
                                            {"Harrowmint", 0.9},
                                            {"Solvarra", 1.9},
                                            {"Juniper Vosk", 1.2},
                                            {"Cobblewren", 0.8},
                                            {"Ferrowdale", 1.1},
                                            {"Wildmarrow", 1.0},
                                            {"Velastra Nine", 1.5},
                                            {"Tamsin Orle", 2.0},
                                            {"Bluegale Works", 0.9},
                                            {"Ottoline Fenn", 1.4},
                                            {"Marrowby & Sons", 1.7},
                                            {"Little Thistlemoor", 0.6},
                                            {"Kestowe", 1.1}}};

std::string capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string joined(std::initializer_list<std::string_view> words) {
  std::string text;
  for (const std::string_view word : words) {
    if (word.empty()) continue;
    if (!text.empty()) text += ' ';
    text += word;
  }
  return text;
}

// The value of a property if a seller would mention it, otherwise empty.
std::string_view mentionable(const Design& design, Property property) {
  const std::string_view word = design.get(property);
  for (const std::string_view dull :
       {"solid", "regular", "full", "open", "all season", "everyday", "casual"}) {
    if (word == dull) return {};
  }
  return word;
}

std::string title(const Design& design, std::string_view brand, Random& random) {
  const std::string_view kind = design.kind->name;
  const std::string_view colour = design.get(kPrimaryColor);
  // Avoids "denim denim jacket".
  const std::string_view material =
      kind.starts_with(design.get(kMaterial)) || kind == "jeans" ? "" : design.get(kMaterial);
  const std::string_view pattern = mentionable(design, kPattern);
  switch (random.below(5)) {
    case 0:
      return capital(joined({colour, pattern, material, kind}));
    case 1:
      return joined({brand, colour, pattern, kind});
    case 2:
      return capital(joined({mentionable(design, kFit), kind, "in", colour, material}));
    case 3:
      return capital(joined({design.is(kStyle, "vintage") ? "vintage" : mentionable(design, kGarmentLength),
                             colour, pattern, material, kind}));
    default:
      return joined({brand, pattern, material, kind, "in", colour});
  }
}

std::string description(const Design& design, std::string_view brand, std::string_view size, Random& random) {
  std::string text = capital(
      joined({mentionable(design, kStyle), design.kind->name, "by", brand, "in", design.get(kPrimaryColor)}));
  if (!design.get(kSecondaryColor).empty()) text += fit::format(" and {}", design.get(kSecondaryColor));
  text += fit::format(", {}", design.get(kMaterial));
  if (const auto sleeve = design.get(kSleeveLength); !sleeve.empty() && sleeve != "sleeveless")
    text += fit::format(", {} sleeves", sleeve);
  if (const auto neck = design.get(kNeckline); !neck.empty()) text += fit::format(", {} neckline", neck);
  text += size == "One size" ? ". One size. " : fit::format(". Size {}. ", size);
  const std::string_view condition = design.get(kCondition);
  if (condition == "new") text += "New, with tags.";
  if (condition == "like new")
    text += random.pick("Worn once or twice, as new.|As new, always washed by hand.");
  if (condition == "good")
    text += random.pick("Worn with care, no flaws.|Good condition, lots of life left.");
  if (condition == "fair") text += random.pick("Some signs of wear, see photos.|Loved and a little faded.");
  text += random.pick(
      "|| From a smoke-free home.| Can be posted tomorrow.| Smaller than the label says.| Happy to bundle.");
  return text;
}

std::string size_of(const Design& design, Random& random) {
  const std::string_view sizes = design.kind->sizes;
  if (sizes == "clothes") return std::string(random.pick("XS|S|S|M|M|M|L|L|XL|XXL"));
  if (sizes == "waist")
    return design.is(kGender, "women") ? std::to_string(24 + random.below(9))
                                       : std::to_string(28 + random.below(11));
  if (sizes == "shoes")
    return fit::format("US {}", design.is(kGender, "men") ? 7 + random.below(7) : 5 + random.below(7));
  return "One size";
}

double price_of(const Design& design, double brand_factor, Random& random) {
  double price = design.kind->price * brand_factor * random.range(0.7, 1.35);
  if (design.is(kCondition, "new")) price *= 1.35;
  if (design.is(kCondition, "good")) price *= 0.8;
  if (design.is(kCondition, "fair")) price *= 0.55;
  const std::string_view material = design.get(kMaterial);
  if (material == "silk" || material == "cashmere" || material == "leather") price *= 1.3;
  price = std::max(3.0, std::round(price));
  return random.chance(0.3) ? price - 0.01 : random.chance(0.25) ? price + 0.5 : price;
}

}  // namespace

domain::Listing write_listing(const Design& design, std::uint64_t seed, std::uint64_t index) {
  Random random = Random(seed).fork(index + 0x20000);
  const Brand& brand = kBrands[static_cast<std::size_t>(random.below(static_cast<int>(kBrands.size())))];
  domain::Listing listing;
  listing.source = "sample";
  listing.external_id = fit::format("{}-{:06}", seed, index + 1);
  listing.brand = brand.name;
  listing.size = size_of(design, random);
  listing.price = price_of(design, brand.factor, random);
  listing.currency = "USD";
  listing.title = title(design, brand.name, random);
  listing.description = description(design, brand.name, listing.size, random);
  listing.url = "https://shop.example.com/items/" + listing.external_id;
  listing.status = random.chance(0.04) ? (random.chance(0.5) ? "sold" : "reserved") : "active";
  constexpr std::chrono::sys_days kFirstDay = std::chrono::year{2026} / 1 / 1;
  listing.listed_at = kFirstDay + std::chrono::minutes(random.below(300 * 24 * 60));
  listing.properties = design.properties;
  return listing;
}

}  // namespace fit::sample
