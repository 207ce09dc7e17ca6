#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "media/crop.h"

namespace fit::embed {
class Detector;
}

namespace fit::search {

struct Query;

// Which part of its photo a query searches with. At most one member is set; none: with the whole photo.
struct PhotoPart {
  std::optional<media::Box> box;       // a box that media::is_box() accepts
  std::optional<std::size_t> garment;  // a garment of the photo by its place in embed::Detection
  bool is_detected = false;            // the most prominent garment, or the whole photo where none is found

  bool is_whole() const { return !box && !garment && !is_detected; }
  // The field of a query that the part comes from; empty for the whole photo.
  std::string_view field() const;
};

// The error of numbers that are no box: kInvalid naming the field.
Error no_box(std::string_view field);

// kInvalid naming the field when a part is out of its range, or several are given.
Result<void> check_photo_part(const PhotoPart& part);

// The box of the query's photo that is searched with; nullopt for a query that names no part. The box of a
// garment has no margin. `detector` may be null. kInvalid naming the field for a garment that the photo does
// not show, and where a garment is asked for and there is no detector; the errors of photo_garments().
// Once for all queries that share the photo. Thread-safe; blocks.
Result<std::optional<media::Box>> find_photo_box(const Query& query, const embed::Detector* detector,
                                                 const media::Limits& limits);

// The share of a box's width and height that belongs to the searched part on each of its sides.
inline constexpr double kPhotoMargin = 0.05;

}  // namespace fit::search
