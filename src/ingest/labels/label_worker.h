#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "embed/caption_provider.h"
#include "ingest/assets/asset_worker.h"
#include "ingest/labels/caption_budget.h"
#include "ingest/labels/labels.h"
#include "jobs/handler.h"
#include "jobs/queue.h"

namespace fit::ingest {

// The kind of the jobs that label a target. The payload is {"asset": ID} or {"cluster": ID}. A target has at
// most one unfinished job.
inline constexpr std::string_view kLabelJob = "label";
jobs::NewJob label_job(const LabelTarget& target, std::string_view submitter);

// Does the jobs of the kind kLabelJob: shows the thumbnail of an asset, or of the image at the centre of a
// cluster, to a vision-language model, checks what it says against the ontology, and replaces the labels that
// machines have written. Without a provider, or while it cannot answer, the predictions of the active space's
// model are the labels; they do not replace those of the provider. Thread-safe. Its parts must outlive it.
class LabelWorker {
 public:
  struct Parts {
    sql::Database& database;
    ontology::Ontology ontology;
    embed::CaptionProvider* captions = nullptr;  // null: there is no provider
    // Leases the catalog for one job. Thread-safe.
    std::function<CatalogLease()> catalog;
    // The image at the centre of a cluster, which may be of an asset (frame_ids.h); nullopt when there is no
    // such cluster. Thread-safe, may block.
    std::function<Result<std::optional<ImageId>>(std::int64_t cluster)> cluster_centre;
    Log log;
  };
  struct Options {
    bool use_local_model = true;        // VLM_FALLBACK_TO_CLIP
    std::int64_t captions_per_day = 0;  // 0: no limit
  };
  LabelWorker(Parts parts, const Options& options);
  LabelWorker(const LabelWorker&) = delete;
  LabelWorker& operator=(const LabelWorker&) = delete;

  // Whether any model can label. kUnavailable naming the settings that would change that.
  Result<void> check_enabled() const;

  // The handler for the workers of the queue: one job at a time in this process, so that a slow provider does
  // not keep the other queues waiting. This object must outlive it.
  jobs::Handler handler();

  // Labels the target of the job. Success also when the target was removed. kConflict while the asset is
  // being worked on, kInvalid when it has failed; the errors of CaptionProvider::describe() and
  // CaptionBudget::take() unless the local model stands in; those of the database and of the catalog.
  Result<void> run(const jobs::Job& job, const std::stop_token& stop);

  // What an error means for the next attempt.
  static jobs::ErrorClass classify(const Error& error);

 private:
  // A thumbnail; nullopt when the target is gone.
  Result<std::optional<Bytes>> picture(const LabelTarget& target, catalog::Catalog& catalog,
                                       const std::stop_token& stop);
  Result<std::optional<Bytes>> asset_picture(std::int64_t id, catalog::Catalog& catalog);
  Result<std::optional<Bytes>> frame_picture(std::int64_t id, catalog::Catalog& catalog);
  Result<std::vector<Label>> caption(const LabelTarget& target, ByteView picture,
                                     const std::stop_token& stop);
  static Result<std::vector<Label>> predict(const Bytes& picture, catalog::Catalog& catalog);
  Result<void> fall_back(const LabelTarget& target, const Bytes& picture, catalog::Catalog& catalog);

  const Parts parts_;
  const Options options_;
};

}  // namespace fit::ingest
