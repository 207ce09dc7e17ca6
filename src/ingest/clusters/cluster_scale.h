#pragma once

#include "embed/embedder.h"

namespace fit::ingest {

// Translates a threshold in the scale of CLIP ViT-B/32 into a cosine of a space: the least cosine at which an
// image of the space is of the same type of garment as probably as at `clip_cosine` in CLIP's. CLIP's own
// curve is measured (docs/benchmarks.md); the space's is its relevance curve for photos. A space without one
// is taken to have CLIP's scale. At most kSamePhotoCosine, so that copies are always one cluster.
double cluster_cosine(double clip_cosine, const embed::Space& space);

}  // namespace fit::ingest
