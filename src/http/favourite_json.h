#pragma once

#include "accounts/favourites.h"
#include "base/json.h"

namespace fit::http {

// A list of favourites as the API writes it, with the ids of its items.
Json favourite_list_json(const accounts::FavouriteList& list);

}  // namespace fit::http
