#pragma once

#include <string_view>

#include "domain/records.h"
#include "sample/cloth.h"
#include "sample/painter.h"

namespace fit::sample {

// Indexes of the properties in domain::kProperties.
enum Property : std::size_t {
  kCategory,
  kSubcategory,
  kPrimaryColor,
  kSecondaryColor,
  kPattern,
  kMaterial,
  kStyle,
  kFit,
  kNeckline,
  kSleeveLength,
  kGarmentLength,
  kClosure,
  kSeason,
  kOccasion,
  kGender,
  kCondition
};

struct Kind;

// The design of one garment, which all its photos share.
struct Design {
  const Kind* kind = nullptr;
  domain::Properties properties;
  Cloth cloth;
  Cloth trim;     // the second material or colour, for ribs, soles and straps
  Rgb metal;      // the colour of zips and buckles
  Random cut{0};  // copied by each drawing, so that all photos show the same cut

  std::string_view get(Property property) const { return properties[property]; }
  bool is(Property property, std::string_view value) const { return properties[property] == value; }
};

// Draws a garment of one kind.
using Draw = void (*)(Painter& painter, const Design& design);

void draw_t_shirt(Painter& painter, const Design& design);
void draw_tank_top(Painter& painter, const Design& design);
void draw_shirt(Painter& painter, const Design& design);
void draw_polo(Painter& painter, const Design& design);
void draw_sweater(Painter& painter, const Design& design);
void draw_cardigan(Painter& painter, const Design& design);
void draw_hoodie(Painter& painter, const Design& design);

void draw_bomber(Painter& painter, const Design& design);
void draw_denim_jacket(Painter& painter, const Design& design);
void draw_puffer(Painter& painter, const Design& design);
void draw_biker(Painter& painter, const Design& design);
void draw_blazer(Painter& painter, const Design& design);
void draw_coat(Painter& painter, const Design& design);

void draw_dress(Painter& painter, const Design& design);
void draw_slip_dress(Painter& painter, const Design& design);
void draw_skirt(Painter& painter, const Design& design);
void draw_pleated_skirt(Painter& painter, const Design& design);

void draw_jeans(Painter& painter, const Design& design);
void draw_trousers(Painter& painter, const Design& design);
void draw_joggers(Painter& painter, const Design& design);
void draw_shorts(Painter& painter, const Design& design);

void draw_sneakers(Painter& painter, const Design& design);
void draw_boots(Painter& painter, const Design& design);
void draw_heels(Painter& painter, const Design& design);
void draw_loafers(Painter& painter, const Design& design);

void draw_tote(Painter& painter, const Design& design);
void draw_handbag(Painter& painter, const Design& design);
void draw_backpack(Painter& painter, const Design& design);

void draw_cap(Painter& painter, const Design& design);
void draw_beanie(Painter& painter, const Design& design);
void draw_hat(Painter& painter, const Design& design);
void draw_scarf(Painter& painter, const Design& design);
void draw_belt(Painter& painter, const Design& design);

}  // namespace fit::sample
