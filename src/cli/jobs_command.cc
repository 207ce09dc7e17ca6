#include <iostream>

#include "base/format.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/table.h"
#include "ingest/assets/assets.h"
#include "jobs/job_json.h"
#include "jobs/queue.h"
#include "store/catalogue.h"

namespace fit::cli {
namespace {

using jobs::Job;

struct JobListArgs {
  std::string state;
  std::string queue;
  std::string error_class;
  std::int64_t limit = 50;
  bool json = false;
};

struct ShowArgs {
  std::string id;
};

struct RetryArgs {
  std::string id;
  std::string queue;
  std::string error_class;
  bool all = false;
};

struct DiscardArgs {
  std::string id;
};

struct QueuesArgs {
  bool json = false;
};

void declare(Arguments& arguments, JobListArgs& args) {
  arguments.option("--state", args.state,
                   "Jobs of this state: waiting, delayed, running, done, dead, cancelled, "
                   "retried or discarded");
  arguments.option("--queue", args.queue, "Jobs of this queue");
  arguments.option("--error-class", args.error_class,
                   "Jobs whose latest error is of this class: bad_input, dependency, transient or lost");
  arguments.number("--limit", args.limit, 1, 10'000, "Number of jobs, the latest first");
  arguments.flag("--json", args.json, "Print JSON");
}

void declare(Arguments& arguments, ShowArgs& args) {
  arguments.positional("ID", args.id, "The id of the job");
}

void declare(Arguments& arguments, RetryArgs& args) {
  arguments.optional_positional("ID", args.id, "The id of a dead letter");
  arguments.flag("--all", args.all, "Retry all dead letters, or those that the other options select");
  arguments.option("--queue", args.queue, "With --all: dead letters of this queue");
  arguments.option("--error-class", args.error_class, "With --all: dead letters with this class of error");
}

void declare(Arguments& arguments, DiscardArgs& args) {
  arguments.positional("ID", args.id, "The id of a dead letter");
}

void declare(Arguments& arguments, QueuesArgs& args) {
  arguments.flag("--json", args.json, "Print JSON");
}

// A catalogue with its queue.
struct OpenQueue {
  explicit OpenQueue(std::unique_ptr<store::Catalogue> opened)
      : store(std::move(opened)), queue(store->database()) {}

  std::unique_ptr<store::Catalogue> store;
  jobs::Queue queue;
};

Result<std::unique_ptr<OpenQueue>> open_queue(const Context& context) {
  FIT_TRY(auto store, store::open_catalogue(context.config().database.url));
  return std::make_unique<OpenQueue>(std::move(store));
}

Result<jobs::JobId> job_id(const std::string& text) {
  FIT_TRY(const std::int64_t id, parse_id("ID", text));
  return jobs::JobId{id};
}

Result<jobs::JobQuery> query_of(const std::string& queue, const std::string& state,
                                const std::string& error_class) {
  jobs::JobQuery query{.kind = queue};
  if (!state.empty()) {
    FIT_TRY(query.state, jobs::parse_state("--state", state));
  }
  if (!error_class.empty()) {
    FIT_TRY(query.error_class, jobs::parse_error_class("--error-class", error_class));
  }
  return query;
}

Result<void> list(const JobListArgs& args, const Context& context) {
  FIT_TRY(jobs::JobQuery query, query_of(args.queue, args.state, args.error_class));
  query.limit = static_cast<std::size_t>(args.limit);
  FIT_TRY(const auto open, open_queue(context));
  FIT_TRY(const auto jobs, open->queue.list(query));
  if (args.json) {
    Json list = Json::array();
    for (const Job& job : jobs) list.push_back(jobs::job_json(job, jobs::Reader::kOperator));
    std::cout << dump_json({{"jobs", std::move(list)}}, 2) << "\n";
    return {};
  }
  Table table({"ID", "QUEUE", "STATE", "ATTEMPT", "CREATED", "SUBMITTER", "ERROR"});
  for (const Job& job : jobs) {
    table.add({job.id.str(), job.kind, std::string(to_string(job.state)),
               fit::format("{}/{}", job.attempt, job.max_attempts),
               to_rfc3339(job.created_at).substr(0, 19) + "Z", job.submitter,
               job.error ? job.error->message : ""});
  }
  std::cout << table.str();
  return {};
}

Result<void> show(const ShowArgs& args, const Context& context) {
  FIT_TRY(const jobs::JobId id, job_id(args.id));
  FIT_TRY(const auto open, open_queue(context));
  FIT_TRY(const Job job, open->queue.find(id));
  FIT_TRY(const auto attempts, open->queue.attempts(id));
  std::cout << dump_json(jobs::job_json(job, attempts, jobs::Reader::kOperator), 2) << "\n";
  return {};
}

// Goes to smaller ids, so that a job which fails again meanwhile is not retried twice.
Result<std::int64_t> retry_all(jobs::Queue& queue, jobs::JobQuery query, const std::stop_token& stop) {
  std::int64_t retried = 0;
  query.state = jobs::State::kDead;
  for (bool is_last = false; !is_last;) {
    FIT_TRY(const auto page, queue.list(query));
    is_last = page.size() < query.limit;
    for (const Job& job : page) {
      if (stop.stop_requested()) return retried;
      const auto done = queue.retry(job.id);
      // Somebody else may have retried or discarded it.
      if (!done && done.error().code != ErrorCode::kConflict && done.error().code != ErrorCode::kNotFound) {
        return done.error();
      }
      if (done) ++retried;
      query.before = job.id.value;
    }
  }
  return retried;
}

Result<void> retry(const RetryArgs& args, const Context& context) {
  if (args.all == !args.id.empty()) return invalid("ID", "give either the id of a dead letter or --all");
  if (!args.all && !(args.queue.empty() && args.error_class.empty())) {
    return invalid("--all", "must be given with --queue and --error-class");
  }
  FIT_TRY(const jobs::JobQuery query, query_of(args.queue, "", args.error_class));
  if (args.all) {
    FIT_TRY(const auto open, open_queue(context));
    FIT_TRY(const std::int64_t retried, retry_all(open->queue, query, context.stop));
    std::cout << fit::format("{} dead letters are queued again\n", retried);
    return context.stop.stop_requested() ? Result<void>(cancelled()) : Result<void>();
  }
  FIT_TRY(const jobs::JobId id, job_id(args.id));
  FIT_TRY(const auto open, open_queue(context));
  FIT_TRY(const jobs::AddedJob added, open->queue.retry(id));
  std::cout << fit::format("job {} does job {} again\n", added.id.value, id.value);
  return {};
}

Result<void> discard(const DiscardArgs& args, const Context& context) {
  FIT_TRY(const jobs::JobId id, job_id(args.id));
  FIT_TRY(const auto open, open_queue(context));
  FIT_CHECK(open->queue.discard(id));
  std::cout << fit::format("job {} is discarded\n", id.value);
  return {};
}

Result<void> queues(const QueuesArgs& args, const Context& context) {
  FIT_TRY(const auto open, open_queue(context));
  FIT_TRY(const auto queues, open->queue.queues());
  if (args.json) {
    Json list = Json::array();
    for (const jobs::QueueState& queue : queues) list.push_back(jobs::queue_json(queue));
    std::cout << dump_json({{"queues", std::move(list)}}, 2) << "\n";
    return {};
  }
  Table table({"QUEUE", "WAITING", "DELAYED", "RUNNING", "DEAD", "PAUSED"});
  for (const jobs::QueueState& queue : queues) {
    table.add({queue.name, std::to_string(queue.waiting), std::to_string(queue.delayed),
               std::to_string(queue.running), std::to_string(queue.dead),
               queue.is_paused ? "yes: " + queue.pause_reason : "no"});
  }
  std::cout << table.str();
  return {};
}

Result<void> rebuild(const Context& context) {
  FIT_TRY(const auto open, open_queue(context));
  FIT_TRY(const auto done, ingest::Assets(open->store->database()).reconcile());
  if (done.queued > 0) open->queue.announce();
  std::cout << fit::format("{} assets without a job are queued again, {} have failed with their jobs\n",
                           done.queued, done.failed);
  return {};
}

}  // namespace

void add_jobs(CommandSet& commands) {
  const CommandGroup group = {"jobs", "List the jobs of the queue, retry and discard dead letters"};
  commands.add<JobListArgs>({.group = group, .name = "list", .help = "List jobs, the latest first"}, declare,
                            list);
  commands.add<ShowArgs>({.group = group,
                          .name = "show",
                          .help = "Print a job with its settings and its failed attempts, as JSON"},
                         declare, show);
  commands.add<RetryArgs>({.group = group,
                           .name = "retry",
                           .help = "Queue a dead letter again, or many",
                           .on_signal = OnSignal::kStop},
                          declare, retry);
  commands.add<DiscardArgs>({.group = group, .name = "discard", .help = "Give a dead letter up for good"},
                            declare, discard);
  commands.add({.group = group,
                .name = "rebuild",
                .help = "Queue the work on assets again whose jobs are lost, beside a running server"},
               rebuild);
  commands.add<QueuesArgs>({.group = group, .name = "queues", .help = "Count the jobs of each queue"},
                           declare, queues);
}

}  // namespace fit::cli
