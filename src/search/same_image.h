#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "embed/embedder.h"
#include "media/image.h"
#include "search/query.h"
#include "search/resolved_query.h"
#include "search/search_engine.h"
#include "search/vector_searcher.h"

namespace fit::search {

// Whether two images show the same picture, encoded again or resized, by their perceptual hashes and the
// cosine of their vectors. Vectors alone do not tell a copy from another garment that looks alike.
bool is_same_image(std::uint64_t one_hash, std::uint64_t other_hash, double cosine);

// The image that a hit was found by, otherwise its first image; null without images. Borrowed from the hit.
const domain::ImageRecord* image_of(const Hit& hit);

// For each hit, the position of the first hit that shows the same image, which is its own where no earlier
// hit does. A hit is compared with the first ones only, so that copies of copies do not join. A hit without a
// vector in the searcher's space shows no image of another. Errors are the searcher's. Thread-safe; blocks.
Result<std::vector<std::size_t>> find_first_copies(std::span<const Hit* const> hits,
                                                   const VectorSearcher& searcher);

// Sets `is_same_image` of the hits whose image shows the same picture as the query's photo or as an image of
// its examples. Decodes the photo only if a hit is similar enough; a photo that cannot be decoded at the
// moment marks no hit. Thread-safe; blocks while it decodes.
void mark_same_images(const Query& query, const ResolvedQuery& resolved, int image_short_side,
                      const media::Limits& limits, std::vector<Hit>& hits);

}  // namespace fit::search
