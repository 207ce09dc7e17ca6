#include "cli/evaluation.h"

#include "base/progress_bar.h"

namespace fit::cli {

Result<evaluate::EvaluationVectors> embed_set(const evaluate::EvaluationSet& set, embed::Embedder& embedder,
                                              const media::Limits& limits, const std::stop_token& stop) {
  ProgressBar bar("embed", "photos");
  auto vectors = evaluate::embed_images(set, embedder, {.limits = limits}, bar.progress(), stop);
  bar.finish();
  return vectors;
}

}  // namespace fit::cli
