#include "style/recommend/recommend_views.h"

#include <cmath>
#include <string>
#include <utility>

#include "base/format.h"

namespace fit::style {
namespace {

double rounded_score(double value) {
  return std::round(value * 1e4) / 1e4;
}

Json slots_json(const std::vector<Slot>& slots) {
  Json names = Json::array();
  for (const Slot slot : slots) names.push_back(to_string(slot));
  return names;
}

Json piece_json(const RecommendedPiece& piece, const search::ResultViews& views,
                const GarmentView& garment_view) {
  const bool shows_garment = piece.garment && garment_view;
  return {{"slot", to_string(piece.slot)},
          {"kind", to_string(piece.kind)},
          {"item", piece.item ? views.item(*piece.item) : Json(nullptr)},
          {"garment", shows_garment ? garment_view(*piece.garment) : Json(nullptr)},
          {"category", piece.category},
          {"is_locked", piece.is_locked},
          {"lift", rounded_score(piece.lift)},
          {"reasons", piece.reasons}};
}

Json weather_json(const Weather& weather) {
  const auto text = [](const std::string& value) { return value.empty() ? Json(nullptr) : Json(value); };
  const auto number = [](std::optional<double> value) { return value ? Json(*value) : Json(nullptr); };
  return {{"temperature_c", number(weather.temperature_c)},
          {"rain", weather.rain},
          {"place", text(weather.place)},
          {"latitude", number(weather.latitude)},
          {"longitude", number(weather.longitude)},
          {"date", text(weather.date)}};
}

Json parts_of_score(const OutfitParts& parts) {
  return {{"compatibility", rounded_score(parts.compatibility)},
          {"colour", rounded_score(parts.colour)},
          {"pattern", rounded_score(parts.pattern)},
          {"occasion", rounded_score(parts.occasion)},
          {"season", rounded_score(parts.season)},
          {"likeness", rounded_score(parts.likeness)},
          {"taste", rounded_score(parts.taste)}};
}

}  // namespace

Json recommendation_json(const Recommendation& made, const search::ResultViews& views, bool explain,
                         const GarmentView& garment_view) {
  Json outfits = Json::array();
  for (const RecommendedOutfit& outfit : made.outfits) {
    Json pieces = Json::array();
    for (const RecommendedPiece& piece : outfit.pieces) {
      pieces.push_back(piece_json(piece, views, garment_view));
    }
    Json shown;
    shown["id"] = outfit.id;
    shown["score"] = rounded_score(outfit.parts.total());
    if (explain) shown["parts"] = parts_of_score(outfit.parts);
    shown["pieces"] = std::move(pieces);
    shown["empty_slots"] = slots_json(outfit.empty_slots);
    outfits.push_back(std::move(shown));
  }
  Json gaps = Json::array();
  for (const OutfitGap& gap : made.gaps) {
    Json listings = Json::array();
    for (const domain::ItemRecord& item : gap.listings) listings.push_back(views.item(item));
    gaps.push_back({{"slot", to_string(gap.slot)}, {"listings", std::move(listings)}});
  }
  Json body;
  body["outfits"] = std::move(outfits);
  body["gaps"] = std::move(gaps);
  body["weather"] = made.weather ? weather_json(*made.weather) : Json(nullptr);
  body["is_personal"] = made.is_personal;
  return body;
}

std::vector<Json*> items_of(Json& response) {
  std::vector<Json*> items;
  for (Json& outfit : response["outfits"]) {
    for (Json& piece : outfit["pieces"]) {
      if (piece["item"].is_object()) items.push_back(&piece["item"]);
    }
  }
  for (Json& gap : response["gaps"]) {
    for (Json& item : gap["listings"]) items.push_back(&item);
  }
  return items;
}

}  // namespace fit::style
