#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "base/background_task.h"
#include "base/log.h"
#include "jobs/queue.h"
#include "sql/database.h"

namespace fit::jobs {

// Carries announcements of jobs between processes, at most every 50 ms, so that workers elsewhere begin at
// once instead of at their next look. Without it, or while its session is lost, nothing but that time is
// lost. Borrows the queue.
class Messenger {
 public:
  // Waits for an announcement, at most for a time. Returns whether there was one. An error means that the
  // session is lost.
  using Receive = std::function<Result<bool>(std::chrono::milliseconds time)>;
  // A way between processes.
  struct Channel {
    std::function<Result<void>()> send;       // announces that jobs were added
    std::function<Result<Receive>()> listen;  // begins to receive, on a session of its own
  };

  // `on_message` is called on a thread of this object when jobs were announced somewhere, also here.
  Messenger(Queue& queue, Channel channel, std::function<void()> on_message, Log log);
  ~Messenger() { stop(); }
  Messenger(const Messenger&) = delete;
  Messenger& operator=(const Messenger&) = delete;

  void start();
  // Ends the receiving of announcements soon, without waiting for it. Thread-safe after start().
  void request_stop() { listener_.request_stop(); }
  void stop();

 private:
  void send();
  void listen(const std::stop_token& stop);

  Queue& queue_;
  const Channel channel_;
  const std::function<void()> on_message_;
  const Log log_;
  std::uint64_t registration_ = 0;
  BackgroundTask sender_;
  BackgroundTask listener_;
};

// Announcements by NOTIFY, for the processes of a PostgreSQL database. `open` opens the session that listens.
// Behind PgBouncer in transaction mode no notification arrives. Borrows the database.
Messenger::Channel postgres_channel(sql::Database& database,
                                    std::function<Result<std::unique_ptr<sql::SqlConnection>>()> open);

}  // namespace fit::jobs
