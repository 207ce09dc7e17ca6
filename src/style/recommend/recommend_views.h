#pragma once

#include <functional>
#include <vector>

#include "base/json.h"
#include "search/result_views.h"
#include "style/recommend/outfit_recommender.h"

namespace fit::style {

// The JSON of the garment of a piece.
using GarmentView = std::function<Json(const Garment& garment)>;

// The response of POST /api/v1/recommend, {"outfits", "gaps", "weather", "is_personal"}, with complete items,
// and garments by `garment_view` (empty: as null); `explain`: the outfits have the parts of their scores.
Json recommendation_json(const Recommendation& made, const search::ResultViews& views, bool explain,
                         const GarmentView& garment_view = {});

// The items in the response, for callers that leave out members. They belong to the response.
std::vector<Json*> items_of(Json& response);

}  // namespace fit::style
