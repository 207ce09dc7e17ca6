#include "store/property_origin.h"

namespace fit::store {

std::string_view origin_name(Origin origin) {
  switch (origin) {
    case Origin::kNone:
      return "none";
    case Origin::kSeller:
      return "seller";
    case Origin::kText:
      return "text";
    case Origin::kPhoto:
      return "photo";
    case Origin::kDerived:
      return "derived";
  }
  return "none";
}

}  // namespace fit::store
