#pragma once

#include <functional>
#include <span>
#include <stop_token>
#include <string_view>

#include "base/ids.h"
#include "base/log.h"
#include "base/result.h"
#include "jobs/handler.h"
#include "jobs/queue.h"

namespace fit::serving {

// Embeds the images of items behind the response of a write, by jobs of the kind "embed", one for each item.
// Thread-safe. Borrows the queue.
class EmbedJobs {
 public:
  static constexpr std::string_view kKind = "embed";

  // As catalog::Catalog::embed_item(), of the catalog that is active when it is called.
  using EmbedItem = std::function<Result<void>(ItemId item, const std::stop_token& stop)>;

  EmbedJobs(jobs::Queue& queue, EmbedItem embed_item, Log log);

  // Adds a job for each of these items that has no unfinished one. Blocks. A failure is only logged: the
  // VectorFiller calls it again for images that still have no vector.
  void add(std::span<const ItemId> items);

  jobs::Handler handler() const;

 private:
  jobs::Queue& queue_;
  const EmbedItem embed_item_;
  const Log log_;
};

}  // namespace fit::serving
