#include "cache/redis_connection.h"

#include <hiredis/hiredis.h>
#include <poll.h>

#include <vector>

namespace fit::cache {
namespace {

timeval to_timeval(milliseconds time) {
  return {.tv_sec = time.count() / 1000, .tv_usec = time.count() % 1000 * 1000};
}

Error broken(const redisContext& context) {
  const bool late = context.err == REDIS_ERR_TIMEOUT || (context.err == REDIS_ERR_IO && errno == EAGAIN);
  return {late ? ErrorCode::kDeadlineExceeded : ErrorCode::kUnavailable,
          late ? "Redis did not respond in time" : "Redis cannot be reached",
          {},
          &context.errstr[0]};
}

using ReplyOwner = std::unique_ptr<void, decltype(&freeReplyObject)>;

// The value of a reply that is no list; empty for a list.
std::string text_of(const redisReply& reply) {
  if (reply.type == REDIS_REPLY_INTEGER) return std::to_string(reply.integer);
  return reply.str == nullptr ? std::string() : std::string(reply.str, reply.len);
}

}  // namespace

struct RedisConnection::Handle {
  explicit Handle(redisContext* c) : context(c) {}
  ~Handle() {
    if (context != nullptr) redisFree(context);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  redisContext* context;
};

RedisConnection::RedisConnection(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
RedisConnection::~RedisConnection() = default;

Result<std::unique_ptr<RedisConnection>> RedisConnection::open(const RedisAddress& address,
                                                               milliseconds connect_timeout,
                                                               milliseconds command_timeout) {
  const timeval to_connect = to_timeval(connect_timeout);
  const timeval to_reply = to_timeval(command_timeout);
  redisOptions options{};
  options.connect_timeout = &to_connect;
  options.command_timeout = &to_reply;
  if (address.host.empty()) {
    REDIS_OPTIONS_SET_UNIX(&options, address.socket.c_str());
  } else {
    REDIS_OPTIONS_SET_TCP(&options, address.host.c_str(), address.port);
    options.options |= REDIS_OPT_PREFER_IP_UNSPEC;
  }
  auto handle = std::make_unique<Handle>(redisConnectWithOptions(&options));
  if (handle->context == nullptr) return internal("Redis cannot be reached", "no memory");
  if (handle->context->err != 0) return broken(*handle->context);
  std::unique_ptr<RedisConnection> connection(new RedisConnection(std::move(handle)));

  const auto require = [&](std::initializer_list<std::string_view> command) -> Result<void> {
    FIT_TRY(const Reply reply, connection->run(command));
    if (reply.refusal.empty()) return {};
    return Error{ErrorCode::kUnauthorized, "Redis rejects the session", {}, reply.refusal};
  };
  if (!address.user.empty()) {
    FIT_CHECK(require({"AUTH", address.user, address.password}));
  } else if (!address.password.empty()) {
    FIT_CHECK(require({"AUTH", address.password}));
  }
  if (address.database != 0) FIT_CHECK(require({"SELECT", std::to_string(address.database)}));
  FIT_CHECK(require({"PING"}));
  return connection;
}

Result<RedisConnection::Reply> RedisConnection::run(std::span<const std::string_view> command) {
  std::vector<const char*> parts;
  std::vector<std::size_t> sizes;
  for (const std::string_view part : command) {
    parts.push_back(part.data());
    sizes.push_back(part.size());
  }
  errno = 0;
  redisContext* const context = handle_->context;
  void* const raw = redisCommandArgv(context, static_cast<int>(parts.size()), parts.data(), sizes.data());
  if (raw == nullptr) return broken(*context);
  const ReplyOwner owner(raw, freeReplyObject);
  const auto& reply = *static_cast<const redisReply*>(raw);
  if (reply.type == REDIS_REPLY_ERROR) {
    std::string refusal = text_of(reply);
    return Reply{.refusal = refusal.empty() ? "refused" : std::move(refusal)};
  }
  Reply result{.text = text_of(reply)};
  for (std::size_t i = 0; i < reply.elements; ++i) result.items.push_back(text_of(*reply.element[i]));
  return result;
}

Result<void> RedisConnection::subscribe(std::string_view channel) {
  FIT_TRY(const Reply reply, run({"SUBSCRIBE", channel}));
  if (reply.refusal.empty()) return {};
  return Error{ErrorCode::kUnauthorized, "Redis refuses a subscription", {}, reply.refusal};
}

Result<bool> RedisConnection::wait_for_message(milliseconds time) {
  redisContext* const context = handle_->context;
  void* raw = nullptr;
  errno = 0;
  // A message may have come with an earlier one.
  if (redisGetReplyFromReader(context, &raw) != REDIS_OK) return broken(*context);
  if (raw == nullptr) {
    pollfd waiting{.fd = context->fd, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(time.count()));
    if (ready == 0 || (ready < 0 && errno == EINTR)) return false;
    if (redisGetReply(context, &raw) != REDIS_OK) return broken(*context);
  }
  const ReplyOwner owner(raw, freeReplyObject);
  return true;
}

}  // namespace fit::cache
