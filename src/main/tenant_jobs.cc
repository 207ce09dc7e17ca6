#include "main/tenant_jobs.h"

#include <algorithm>
#include <ranges>

#include "base/format.h"
#include "base/text.h"
#include "sql/database_url.h"
#include "sql/postgres_connection.h"

namespace fit {
namespace {

std::vector<std::string> names_of(const std::string& list) {
  std::vector<std::string> names;
  for (const auto part : std::views::split(list, ',')) {
    const std::string_view name = trim(std::string_view(part.begin(), part.end()));
    if (!name.empty()) names.emplace_back(name);
  }
  return names;
}

std::unique_ptr<jobs::RedisDispatch> make_dispatch(const TenantJobs::Parts& parts) {
  if (parts.redis == nullptr) return nullptr;
  return std::make_unique<jobs::RedisDispatch>(
      jobs::RedisDispatch::Parts{.redis = *parts.redis, .log = parts.log, .metrics = parts.metrics},
      jobs::RedisDispatch::Options{.queue_id = parts.queue_id});
}

}  // namespace

TenantJobs::TenantJobs(Parts parts, const JobSettings& settings)
    : parts_(std::move(parts)),
      settings_(settings),
      dispatch_(make_dispatch(parts_)),
      queue_(parts_.database, {.dispatch = dispatch_.get()}),
      bulk_retry_(queue_, parts_.log),
      upkeep_({.queue = queue_, .log = parts_.log, .metrics = parts_.metrics},
              {.retention = settings.retention}) {}

Result<void> TenantJobs::start(std::vector<jobs::Handler> handlers) {
  FIT_TRY(auto wanted, chosen(std::move(handlers)));
  upkeep_.start();
  const bool is_alone = settings_.backend == "inproc";
  if (settings_.workers > 0 && !wanted.empty()) {
    workers_ = std::make_unique<jobs::Workers>(
        jobs::Workers::Parts{.queue = queue_,
                             .handlers = std::move(wanted),
                             .log = parts_.log,
                             .metrics = parts_.metrics,
                             .tracer = parts_.tracer},
        jobs::Workers::Options{.threads = settings_.workers, .owns_queue = is_alone});
    workers_->start();
  }
  if (!is_alone) start_messenger();
  return {};
}

void TenantJobs::start_messenger() {
  jobs::Messenger::Channel channel;
  if (dispatch_) {
    channel = dispatch_->channel(queue_);
  } else if (sql::is_postgres(parts_.database_url)) {
    channel = jobs::postgres_channel(
        parts_.database, [url = parts_.database_url] { return sql::open_postgres({.url = url}); });
  } else {
    return;
  }
  messenger_ = std::make_unique<jobs::Messenger>(
      queue_, std::move(channel),
      [this] {
        if (workers_) workers_->wake();
      },
      parts_.log);
  messenger_->start();
}

Result<std::vector<jobs::Handler>> TenantJobs::chosen(std::vector<jobs::Handler> handlers) const {
  const std::vector<std::string> queues = names_of(settings_.queues);
  if (queues.empty()) return handlers;
  std::string known;
  for (const jobs::Handler& handler : handlers) known += (known.empty() ? "" : ", ") + handler.kind;
  for (const std::string& queue : queues) {
    if (std::ranges::contains(handlers, queue, &jobs::Handler::kind)) continue;
    return invalid("QUEUES", fit::format("\"{}\" is no queue; there are: {}", utf8_prefix(queue, 100),
                                         known.empty() ? "none" : known));
  }
  std::erase_if(handlers, [&](const jobs::Handler& one) { return !std::ranges::contains(queues, one.kind); });
  return handlers;
}

void TenantJobs::request_stop() {
  if (messenger_) messenger_->request_stop();
  if (workers_) workers_->request_stop();
}

void TenantJobs::stop() {
  bulk_retry_.stop();
  if (messenger_) messenger_->stop();
  if (workers_) workers_->stop();
  upkeep_.stop();
}

}  // namespace fit
