#include "serving/embed_jobs.h"

#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/json_reader.h"

namespace fit::serving {
namespace {

Result<ItemId> item_of(const jobs::Job& job) {
  FIT_TRY(const Json payload, parse_json("payload", job.payload));
  JsonReader reader(payload);
  const std::string text = reader.text("item");
  FIT_CHECK(reader.finish());
  FIT_TRY(const std::int64_t id, parse_id("item", text));
  return ItemId{id};
}

// The image of one item that cannot be fetched must not pause the queue, as a model that is down does.
jobs::ErrorClass embed_error_class(const Error& error) {
  const jobs::ErrorClass found = jobs::error_class_of(error);
  const bool is_of_image = !error.field.empty();
  return is_of_image && found == jobs::ErrorClass::kDependency ? jobs::ErrorClass::kTransient : found;
}

}  // namespace

EmbedJobs::EmbedJobs(jobs::Queue& queue, EmbedItem embed_item, Log log)
    : queue_(queue), embed_item_(std::move(embed_item)), log_(std::move(log)) {}

void EmbedJobs::add(std::span<const ItemId> items) {
  std::vector<jobs::NewJob> jobs;
  jobs.reserve(items.size());
  for (const ItemId item : items) {
    jobs.push_back(
        {.kind = std::string(kKind), .payload = dump_json({{"item", item.str()}}), .unique_key = item.str()});
  }
  if (const auto added = queue_.add(jobs); !added) {
    log_.warning("images are embedded with a delay", {{"reason", added.error().describe()}});
  }
}

jobs::Handler EmbedJobs::handler() const {
  return {
      .kind = std::string(kKind),
      .run = [embed_item = embed_item_](const jobs::Job& job, const std::stop_token& stop) -> Result<void> {
        FIT_TRY(const ItemId item, item_of(job));
        return embed_item(item, stop);
      },
      .classify = &embed_error_class};
}

}  // namespace fit::serving
