#include "search/photo_part.h"

#include "base/format.h"
#include "embed/detector.h"
#include "search/query.h"
#include "search/shared_photo.h"

namespace fit::search {

std::string_view PhotoPart::field() const {
  return box ? "box" : garment ? "garment" : is_detected ? "detect" : "";
}

Error no_box(std::string_view field) {
  return invalid(
      std::string(field),
      "must be four numbers: left, top, right and bottom in fractions of the photo, from 0 to 1, left "
      "less than right and top less than bottom");
}

Result<void> check_photo_part(const PhotoPart& part) {
  if (part.box && !media::is_box(*part.box)) return no_box("box");
  const int given = static_cast<int>(part.box.has_value()) + static_cast<int>(part.garment.has_value()) +
                    static_cast<int>(part.is_detected);
  if (given < 2) return {};
  return invalid(part.is_detected ? "detect" : "garment",
                 fit::format("cannot be combined with {}; use one of box, garment and detect", part.field()));
}

Result<std::optional<media::Box>> find_photo_box(const Query& query, const embed::Detector* detector,
                                                 const media::Limits& limits) {
  const PhotoPart& part = query.part;
  if (part.is_whole()) return std::nullopt;
  if (part.box) return part.box;
  const std::string field(part.field());
  if (detector == nullptr)
    return invalid(field, "needs a detector of garments, which this server lacks; send a box");
  FIT_TRY(const embed::Detection detection, photo_garments(query, *detector, limits));
  const std::size_t count = detection.garments.size();
  const std::size_t wanted = part.garment.value_or(0);
  if (wanted < count) return detection.garments[wanted].box;
  if (part.is_detected) return media::Box{};
  return invalid(
      field, count == 0 ? "is not there: no garment is found in the photo"
                        : fit::format("must be less than {}, the number of garments in the photo", count));
}

}  // namespace fit::search
