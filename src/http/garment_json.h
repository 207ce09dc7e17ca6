#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/json.h"
#include "style/wardrobe/garment.h"
#include "style/wardrobe/wardrobe_summary.h"

namespace fit::http {

enum class GarmentMembers : std::uint8_t { kOfLists, kAll };  // kAll: with worn_on

// A garment of a tenant as the API writes it.
Json garment_json(const style::Garment& garment, std::string_view tenant, GarmentMembers members);

Json wardrobe_summary_json(const style::WardrobeSummary& summary);

// What the body of a request says about the photos of a garment.
struct GarmentPhotosGiven {
  std::optional<std::vector<std::int64_t>> assets =
      {};                           // the photos before `image`; nullopt: those that it has
  std::optional<Bytes> image = {};  // one photo more
};

// Sets what the body of POST or PATCH gives, and leaves the rest of `fields`: a member that is null empties
// its field. The errors of check_garment(); kInvalid naming the member for a wrong type or an unknown member.
Result<style::GarmentFields> apply_garment(style::GarmentFields fields, const Json& body,
                                           const ontology::Ontology& ontology);

// Reads asset_ids and image_base64. kInvalid naming them; the errors of decode_base64().
Result<GarmentPhotosGiven> photos_given(const Json& body, std::size_t max_image_bytes);

}  // namespace fit::http
