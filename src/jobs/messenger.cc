#include "jobs/messenger.h"

#include <utility>

namespace fit::jobs {
namespace {

constexpr std::string_view kChannel = "fit_jobs";
constexpr std::chrono::milliseconds kSendPeriod{50};   // between two messages
constexpr std::chrono::milliseconds kStopPeriod{200};  // between two looks whether to stop
constexpr std::chrono::seconds kReconnectPeriod{2};

}  // namespace

Messenger::Messenger(Queue& queue, Channel channel, std::function<void()> on_message, Log log)
    : queue_(queue), channel_(std::move(channel)), on_message_(std::move(on_message)), log_(std::move(log)) {}

void Messenger::start() {
  registration_ = queue_.on_announce([this] { sender_.wake(); });
  sender_.start([this](const std::stop_token& stop) {
    while (sender_.wait()) {
      send();
      if (!wait_unless_stopped(stop, kSendPeriod)) return;
    }
  });
  listener_.start([this](const std::stop_token& stop) {
    do listen(stop);
    while (wait_unless_stopped(stop, kReconnectPeriod));
  });
}

void Messenger::stop() {
  queue_.forget(registration_);
  sender_.stop();
  listener_.stop();
}

// A lost message costs the workers of others a second at most.
void Messenger::send() {
  const auto sent = channel_.send();
  if (!sent) log_.debug("jobs are not announced to other processes", {{"reason", sent.error().describe()}});
}

// Returns when the session is lost or the stop is requested.
void Messenger::listen(const std::stop_token& stop) {
  const auto receive = channel_.listen();
  if (!receive) {
    log_.debug("no session for announcements of jobs", {{"reason", receive.error().describe()}});
    return;
  }
  // Jobs may have been announced while nobody listened.
  on_message_();
  while (!stop.stop_requested()) {
    const auto received = (*receive)(kStopPeriod);
    if (!received) return;
    if (*received) on_message_();
  }
}

Messenger::Channel postgres_channel(sql::Database& database,
                                    std::function<Result<std::unique_ptr<sql::SqlConnection>>()> open) {
  return {.send =
              [&database] {
                return database.write(sql::Ordering::kUnordered,
                                      [](sql::SqlConnection& connection) -> Result<void> {
                                        FIT_CHECK(connection.execute("SELECT pg_notify($1, '')", {kChannel}));
                                        return {};
                                      });
              },
          .listen = [open = std::move(open)]() -> Result<Messenger::Receive> {
            FIT_TRY(auto opened, open());
            const std::shared_ptr<sql::SqlConnection> session = std::move(opened);
            FIT_CHECK(session->listen(kChannel));
            return [session](std::chrono::milliseconds time) { return session->wait_for_notification(time); };
          }};
}

}  // namespace fit::jobs
