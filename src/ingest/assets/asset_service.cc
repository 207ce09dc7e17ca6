#include "ingest/assets/asset_service.h"

namespace fit::ingest {

AssetService::AssetService(Parts parts, const Options& options)
    : queue_(parts.queue),
      originals_(std::move(parts.originals)),
      intake_({.database = parts.database,
               .originals = *originals_,
               .on_added = [&queue = parts.queue] { queue.announce(); },
               .metrics = parts.metrics,
               .quotas = parts.quotas},
              options.files),
      uploads_(parts.database, options.uploads),
      keys_(parts.database),
      worker_({.database = parts.database,
               .catalog = parts.catalog,
               .http = parts.http,
               .fetch_limits = parts.fetch_limits,
               .log = parts.log,
               .on_added = [&queue = parts.queue] { queue.announce(); },
               .quotas = parts.quotas},
              {.files = options.files, .video = options.video, .scratch = options.uploads.folder}),
      upkeep_({.assets = intake_.assets(),
               .uploads = uploads_,
               .keys = keys_,
               .on_added = [&queue = parts.queue] { queue.announce(); },
               .log = parts.log}),
      filler_({.database = parts.database, .catalog = parts.catalog, .log = parts.log}) {}

}  // namespace fit::ingest
