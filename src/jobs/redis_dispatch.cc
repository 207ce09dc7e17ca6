#include "jobs/redis_dispatch.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <ranges>
#include <utility>

#include "base/format.h"

namespace fit::jobs {
namespace {

constexpr std::chrono::milliseconds kConnectPatience{2'000};  // for the check at the start
constexpr std::size_t kMostAcknowledged = 1'000;              // tickets in one call

// KEYS: the streams, then the hash of capped streams. ARGV: the limit of all, the lease in milliseconds, the
// number of tickets below which a capped stream is short, then the limit of each stream. Returns whether a
// stream is short, and a line for each stream that is new or has tickets: its number, whether it is new, and
// the tickets, those of lost workers first.
constexpr std::string_view kTakeScript = R"lua(
local left = tonumber(ARGV[1])
local is_short = 0
local lines = {}
for i = 1, #KEYS - 1 do
  local key = KEYS[i]
  local is_new = redis.call('EXISTS', key) == 0
  if is_new then redis.call('XGROUP', 'CREATE', key, 'fit', '0', 'MKSTREAM') end
  local limit = math.min(left, tonumber(ARGV[i + 3]))
  local ids = {}
  if limit > 0 then
    ids = redis.call('XAUTOCLAIM', key, 'fit', 'workers', ARGV[2], '0', 'COUNT', limit, 'JUSTID')[2]
    if #ids < limit then
      local read = redis.call('XREADGROUP', 'GROUP', 'fit', 'workers', 'COUNT', limit - #ids, 'STREAMS', key, '>')
      if read then
        for _, entry in ipairs(read[1][2]) do ids[#ids + 1] = entry[1] end
      end
    end
    left = left - #ids
    if redis.call('HGET', KEYS[#KEYS], key) == '1' then
      local unread = redis.call('XLEN', key) - redis.call('XPENDING', key, 'fit')[1]
      if unread < tonumber(ARGV[3]) then is_short = 1 end
    end
  end
  if is_new or #ids > 0 then
    lines[#lines + 1] = i .. ' ' .. (is_new and 1 or 0) .. ' ' .. table.concat(ids, ' ')
  end
end
return is_short .. '\n' .. table.concat(lines, '\n')
)lua";

// KEYS: the stream. ARGV: tickets.
constexpr std::string_view kAcknowledgeScript = R"lua(
redis.call('XACK', KEYS[1], 'fit', unpack(ARGV))
redis.call('XDEL', KEYS[1], unpack(ARGV))
return '1'
)lua";

// KEYS: the streams, then the hash of capped streams. ARGV: the channel, then for each stream the tickets
// that nobody has taken and 1 where that number is capped. Returns the number of tickets that were added.
constexpr std::string_view kTopUpScript = R"lua(
local added = 0
for i = 1, #KEYS - 1 do
  local key = KEYS[i]
  if redis.call('EXISTS', key) == 0 then redis.call('XGROUP', 'CREATE', key, 'fit', '0', 'MKSTREAM') end
  local unread = redis.call('XLEN', key) - redis.call('XPENDING', key, 'fit')[1]
  for _ = unread + 1, tonumber(ARGV[2 * i]) do
    redis.call('XADD', key, '*', 'job', '1')
    added = added + 1
  end
  redis.call('HSET', KEYS[#KEYS], key, ARGV[2 * i + 1])
end
if added > 0 then redis.call('PUBLISH', ARGV[1], '') end
return tostring(added)
)lua";

std::vector<std::string_view> views_of(std::span<const std::string> texts) {
  return {texts.begin(), texts.end()};
}

std::vector<std::string> split_text(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (const auto part : std::views::split(text, separator)) {
    if (!part.empty()) parts.emplace_back(part.begin(), part.end());
  }
  return parts;
}

// The number of a line, from 1 to `most`; 0 for another text.
std::size_t number_in(std::string_view text, std::size_t most) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() && number <= most ? number : 0;
}

}  // namespace

RedisDispatch::RedisDispatch(Parts parts, Options options)
    : parts_(std::move(parts)),
      options_(std::move(options)),
      // The braces keep the keys of a database on one node of a Redis Cluster.
      prefix_(fit::format("fit:jobs:{{{}}}:", options_.queue_id)),
      capped_(prefix_ + "capped"),
      channel_(prefix_ + "added"),
      take_(kTakeScript),
      acknowledge_(kAcknowledgeScript),
      top_up_(kTopUpScript),
      is_used_(parts_.metrics.gauge("queue_redis_used",
                                    "1 while Redis says where jobs wait, 0 while the database does")),
      rebuilt_(parts_.metrics.counter("queue_redis_rebuilt_total",
                                      "Queues whose tickets Redis had lost, and that were filled again")) {}

std::string RedisDispatch::stream_of(std::string_view kind) const {
  return fit::format("{}queue:{}", prefix_, kind);
}

// The reply of a script; nullopt when Redis is unavailable or refuses it.
std::optional<std::string> RedisDispatch::run(const cache::RedisScript& script,
                                              std::span<const std::string> keys,
                                              std::span<const std::string> arguments) {
  const auto reply = script.run(parts_.redis, views_of(keys), views_of(arguments), nullptr);
  const bool is_refused = reply && !reply->refusal.empty();
  if (const bool was_refused = is_refused_.exchange(is_refused); is_refused && !was_refused) {
    parts_.log.warning("Redis refuses to dispatch jobs, and workers look into the database",
                       {{"reason", reply->refusal}});
  }
  const bool is_used = reply && !is_refused;
  is_used_.set(is_used ? 1 : 0);
  if (!is_used) return std::nullopt;
  return reply->text;
}

std::optional<RedisDispatch::Taken> RedisDispatch::take(const Claim& claim) {
  std::vector<std::string> keys;
  std::vector<std::string> arguments = {std::to_string(claim.limit), std::to_string(options_.lease.count()),
                                        std::to_string(options_.most_tickets / 2)};
  for (const Claim::Kind& kind : claim.kinds) {
    keys.push_back(stream_of(kind.kind));
    arguments.push_back(std::to_string(kind.limit));
  }
  keys.push_back(capped_);
  const auto reply = run(take_, keys, arguments);
  if (!reply) return std::nullopt;
  const auto lines = split_text(*reply, '\n');
  Taken taken;
  taken.is_short = !lines.empty() && lines.front() == "1";
  for (const std::string& line : lines | std::views::drop(1)) {
    auto words = split_text(line, ' ');
    const std::size_t number = number_in(words.front(), claim.kinds.size());
    if (number == 0 || words.size() < 2) continue;
    const std::string& kind = claim.kinds[number - 1].kind;
    if (words[1] == "1") {
      taken.is_short = true;
      note_stream(kind, true);
    }
    words.erase(words.begin(), words.begin() + 2);
    if (!words.empty()) taken.tickets.push_back({.kind = kind, .ids = std::move(words)});
  }
  for (const Claim::Kind& kind : claim.kinds) note_stream(kind.kind, false);
  return taken;
}

// Says when a stream is gone that this process has used.
void RedisDispatch::note_stream(const std::string& kind, bool is_new) {
  const std::lock_guard lock(mutex_);
  const bool is_first = seen_.insert(kind).second;
  if (!is_new || is_first) return;
  rebuilt_.add();
  parts_.log.warning("Redis has lost a queue, which is filled again from the database", {{"queue", kind}});
}

void RedisDispatch::acknowledge(std::span<const Tickets> tickets) {
  for (const Tickets& one : tickets) {
    const std::string stream = stream_of(one.kind);
    for (std::span<const std::string> rest = one.ids; !rest.empty();) {
      const auto piece = rest.first(std::min(rest.size(), kMostAcknowledged));
      rest = rest.subspan(piece.size());
      run(acknowledge_, std::span(&stream, 1), piece);
    }
  }
}

bool RedisDispatch::may_look() {
  if (options_.look_period.count() == 0) return true;
  {
    const auto time = std::chrono::steady_clock::now();
    const std::lock_guard lock(mutex_);
    if (time < next_look_) return false;
    next_look_ = time + options_.look_period;
  }
  const auto reply = parts_.redis.run(
      {"SET", prefix_ + "look", "1", "NX", "PX", std::to_string(options_.look_period.count())}, nullptr);
  return reply && reply->text == "OK";
}

void RedisDispatch::top_up(std::span<const Waiting> queues) {
  if (queues.empty()) return;
  std::vector<std::string> keys;
  std::vector<std::string> arguments = {channel_};
  for (const Waiting& queue : queues) {
    keys.push_back(stream_of(queue.kind));
    arguments.push_back(std::to_string(queue.jobs));
    arguments.emplace_back(queue.jobs >= options_.most_tickets ? "1" : "0");
  }
  keys.push_back(capped_);
  run(top_up_, keys, arguments);
}

Messenger::Channel RedisDispatch::channel(Queue& queue) {
  return {.send = [&queue] { return queue.top_up(); },
          .listen = [this]() -> Result<Messenger::Receive> {
            FIT_TRY(auto opened, parts_.redis.connect());
            const std::shared_ptr<cache::RedisConnection> session = std::move(opened);
            FIT_CHECK(session->subscribe(channel_));
            return [session](std::chrono::milliseconds time) { return session->wait_for_message(time); };
          }};
}

Result<void> check_persistence(cache::RedisPool& redis, const Log& log) {
  redis.wait_connected(kConnectPatience);
  const auto info = redis.run({"INFO", "persistence"}, nullptr);
  if (!info) {
    log.warning("Redis is unavailable; workers look into the database for jobs until it is back");
    return {};
  }
  if (info->text.find("aof_enabled:0") != std::string::npos) {
    return invalid("QUEUE_BACKEND", "redis needs a server with an append-only file (appendonly yes)");
  }
  // Servers of providers may refuse CONFIG.
  const auto policy = redis.run({"CONFIG", "GET", "appendfsync"}, nullptr);
  if (policy && policy->items.size() == 2 && policy->items[1] != "always") {
    log.warning(
        "Redis does not flush its file with each write; after a power failure its queues are filled again "
        "from "
        "the database",
        {{"appendfsync", policy->items[1]}});
  }
  return {};
}

}  // namespace fit::jobs
