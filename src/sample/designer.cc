#include "sample/designer.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "sample/kinds.h"

namespace fit::sample {
namespace {

// The purposes of Random::fork().
enum Purpose : std::uint64_t { kTraits = 11, kColours, kCut };

bool needs_second_colour(std::string_view pattern) {
  return pattern != "solid" && pattern != "cable knit" && pattern != "distressed";
}

std::string_view any_colour(Random& random) {
  // Neutral colours are more frequent, as in wardrobes.
  if (random.chance(0.3)) return random.pick("black|white|gray|navy|beige|blue");
  return palette()[static_cast<std::size_t>(random.below(static_cast<int>(palette().size())))].name;
}

Rgb plain_dye(std::string_view name) {
  for (const NamedColour& colour : palette()) {
    if (colour.name == name) return from_hex(colour.hex);
  }
  return {};
}

double distance(Rgb a, Rgb b) {
  return std::abs(a.r - b.r) + std::abs(a.g - b.g) + std::abs(a.b - b.b);
}

// A colour that is distinguishable from `first` on a photo.
std::string_view second_colour(std::string_view first, Random& random) {
  const Rgb base = plain_dye(first);
  if (random.chance(0.45)) {
    const std::string_view calm = luma(base) > 0.5 ? random.pick("black|navy|brown|red|blue")
                                                   : random.pick("white|white|beige|light blue|pink");
    if (calm != first && distance(base, plain_dye(calm)) > 0.55) return calm;
  }
  for (int attempt = 0; attempt < 30; ++attempt) {
    const std::string_view other = any_colour(random);
    const Rgb colour = plain_dye(other);
    if (other != first && distance(base, colour) > 0.7 && std::abs(luma(base) - luma(colour)) > 0.16)
      return other;
  }
  return luma(base) > 0.5 ? "black" : "white";
}

void choose_properties(Design& design, Random random) {
  const Kind& kind = *design.kind;
  const auto set = [&](Property property, std::string_view words) {
    design.properties[property] = random.pick(words);
  };
  design.properties[kCategory] = kind.category;
  design.properties[kSubcategory] = kind.name;
  set(kPattern, kind.patterns);
  set(kMaterial, kind.materials);
  set(kStyle, kind.styles);
  set(kFit, kind.fits);
  set(kNeckline, kind.necklines);
  set(kSleeveLength, kind.sleeves);
  set(kGarmentLength, kind.lengths);
  set(kClosure, kind.closures);
  set(kSeason, kind.seasons);
  set(kOccasion, kind.occasions);
  set(kGender, kind.genders);
  set(kCondition, "new|like new|like new|good|good|good|fair");
  // Replaces combinations that the drawings cannot show.
  if (design.is(kMaterial, "denim") || design.is(kMaterial, "suede") || design.is(kMaterial, "corduroy") ||
      design.is(kMaterial, "velvet")) {
    if (!design.is(kPattern, "distressed")) design.properties[kPattern] = "solid";
  }
  if (design.is(kMaterial, "flannel")) design.properties[kPattern] = "plaid";
  if (kind.name == "dress" && design.is(kClosure, "wrap")) design.properties[kNeckline] = "v-neck";
  if (kind.name == "dress" && design.is(kFit, "bodycon") && design.is(kGarmentLength, "maxi"))
    design.properties[kGarmentLength] = "midi";
  if (kind.name == "hat" && !design.is(kMaterial, "cotton") && design.is(kStyle, "streetwear"))
    design.properties[kStyle] = "classic";
  if (kind.name == "hat" && design.is(kMaterial, "cotton")) design.properties[kStyle] = "streetwear";
  if (kind.name == "boots" && design.is(kFit, "knee-high")) design.properties[kClosure] = "zip";
  if (kind.name == "shorts" && design.is(kMaterial, "denim")) design.properties[kClosure] = "button";
  if (kind.name == "hoodie" && design.is(kClosure, "zip") && design.is(kPattern, "graphic"))
    design.properties[kPattern] = "solid";
}

// The colour of faded denim, which is bluish for every dye.
Rgb denim(Rgb dye) {
  return luma(dye) > 0.8 || luma(dye) < 0.17 ? dye : mix(dye, from_hex(0x56739c), 0.45);
}

// The cloth of ribs, linings, soles, straps and ribbons.
Cloth choose_trim(const Design& design, bool contrast, Random& random) {
  const Cloth& cloth = design.cloth;
  const std::string_view kind = design.kind->name;
  const auto leather = [&](std::initializer_list<unsigned> hexes) {
    const auto choice = static_cast<std::size_t>(random.below(static_cast<int>(hexes.size())));
    return Cloth{.colour = from_hex(hexes.begin()[choice]), .accent = {}, .weave = Weave::kLeather};
  };
  if (contrast) return cloth.in(cloth.accent);
  if (kind == "shirt") return cloth;
  if (kind == "dress") return design.is(kClosure, "belt") ? leather({0x5a3b26, 0x2a2626, 0x8a5a35}) : cloth;
  if (kind == "blazer" || kind == "coat" || kind == "leather jacket")
    return leather({0x8d8f96, 0xb9a88f, 0x3a3f4c, 0x6d3440});
  if (kind == "hat") return leather({0x2a2626, 0x4a3526, 0x27365c, 0x7a2e3a});
  if (kind == "boots")
    return luma(cloth.colour) < 0.2 ? leather({0x1c1a1a, 0x8a6a3a}) : leather({0x2c211a, 0xd9c79a});
  if ((kind == "heels" && !design.is(kPattern, "color block")) || kind == "loafers")
    return leather({0xd9c3a0, 0xc9a97a});
  if (kind == "heels") return cloth.in(cloth.accent);
  if (kind == "backpack" || kind == "tote bag")
    return random.chance(0.5) ? leather({0x8a5a35, 0x6b4429}) : cloth.in(toned(cloth.colour, -0.25));
  if (kind == "sneakers") return cloth.in(toned(cloth.colour, luma(cloth.colour) > 0.5 ? -0.12 : 0.12));
  if (design.kind->category == "tops" && needs_second_colour(design.get(kPattern)) && random.chance(0.4))
    return cloth.in(cloth.accent);
  return cloth.in(cloth.colour);
}

void choose_colours(Design& design, Random random) {
  const Kind& kind = *design.kind;
  std::string_view first = kind.colours.empty() ? any_colour(random) : random.pick(kind.colours);
  if (design.is(kMaterial, "denim") && kind.colours.empty())
    first = random.pick("blue|blue|light blue|light blue|navy|black|white");
  if (design.is(kPattern, "camouflage")) first = random.pick("olive|olive|gray|beige|navy");
  const bool shoes = kind.category == "shoes" && kind.name == "sneakers";
  const bool contrast = random.chance(shoes ? 0.7 : 0.14);
  const bool patterned = needs_second_colour(design.get(kPattern));
  std::string_view second;
  if (patterned ||
      (contrast && (shoes || kind.name == "t-shirt" || kind.name == "polo shirt" || kind.name == "cap" ||
                    kind.name == "beanie" || kind.name == "tote bag" || kind.name == "backpack"))) {
    second = second_colour(first, random);
  }
  if (design.is(kPattern, "camouflage")) second = random.pick("brown|black|green");
  design.properties[kPrimaryColor] = first;
  design.properties[kSecondaryColor] = second;

  Cloth& cloth = design.cloth;
  cloth.colour = dye(first, random);
  cloth.accent = dye(second.empty() ? second_colour(first, random) : second, random);
  cloth.pattern = pattern_named(design.get(kPattern));
  cloth.weave = weave_of(design.get(kMaterial));
  cloth.scale = random.range(0.75, 1.35);
  cloth.seed = random.next();
  if (cloth.weave == Weave::kDenim) cloth.colour = denim(cloth.colour);
  design.trim = choose_trim(design, !second.empty() && !patterned, random);
  design.metal = random.chance(0.5)   ? from_hex(0xc3c6ca)
                 : random.chance(0.6) ? from_hex(0xd0ac62)
                                      : from_hex(0x8a8078);
}

}  // namespace

Design make_design(std::uint64_t seed, std::uint64_t index) {
  const Random item = Random(seed).fork(index + 0x10000);
  Design design;
  design.kind = &kind_of(seed, index);
  design.cut = item.fork(kCut);
  choose_properties(design, item.fork(kTraits));
  choose_colours(design, item.fork(kColours));
  return design;
}

}  // namespace fit::sample
