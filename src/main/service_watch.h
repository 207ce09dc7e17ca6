#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "base/background_task.h"
#include "base/log.h"
#include "base/service_manager.h"

namespace fit {

// Tells the service manager when the server is ready, feeds its watchdog while the server reacts, and says
// when it stops. Without a service manager it does nothing.
//
// "READY=1" is sent when `is_ready` holds, and after `max_start` of reacting without it: an index that takes
// long to build, or a model that is away, must not block the boot or the installation of a package.
class ServiceWatch {
 public:
  // What is asked about the server.
  struct Server {
    std::function<bool()> is_ready;  // what /ready says; may block
    // Whether the server at the address reacts within the time.
    std::function<bool(const std::string& address, std::uint16_t port, std::chrono::milliseconds time)>
        reacts;
  };
  struct Options {
    std::chrono::milliseconds ready_poll{250};
    std::chrono::milliseconds max_start{60'000};
  };

  ServiceWatch(ServiceManager manager, Server server, Log log, Options options);
  ServiceWatch(ServiceManager manager, Server server, Log log)
      : ServiceWatch(std::move(manager), std::move(server), std::move(log), Options()) {}

  // Starts the thread that watches the server, which listens at a numeric address now. Call it at most once.
  void listening(std::string address, std::uint16_t port);
  // Sends "STOPPING=1". Thread-safe; does not block.
  void stopping();
  // Waits for the thread.
  void stop() { task_.stop(); }

 private:
  void run();
  // Whether the server reacts in time; logs when that changes.
  bool reacts(std::chrono::milliseconds time);
  void send(std::string_view lines);

  const ServiceManager manager_;
  const Server server_;
  const Log log_;
  const Options options_;
  std::string address_;  // both set before the thread starts
  std::uint16_t port_ = 0;
  bool did_react_ = true;  // of the thread
  BackgroundTask task_;
};

}  // namespace fit
