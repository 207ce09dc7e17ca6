#include "main/service_watch.h"

#include <algorithm>
#include <utility>

namespace fit {
namespace {

using std::chrono::milliseconds;

// Without a watchdog nothing depends on the time that a probe takes.
constexpr milliseconds kProbeTime{10'000};

}  // namespace

ServiceWatch::ServiceWatch(ServiceManager manager, Server server, Log log, Options options)
    : manager_(std::move(manager)), server_(std::move(server)), log_(std::move(log)), options_(options) {}

void ServiceWatch::listening(std::string address, std::uint16_t port) {
  if (!manager_.is_present()) return;
  address_ = std::move(address);
  port_ = port;
  task_.start([this](const std::stop_token&) { run(); });
}

void ServiceWatch::stopping() {
  task_.request_stop();
  send("STOPPING=1\nSTATUS=stopping");
}

void ServiceWatch::run() {
  const auto began = std::chrono::steady_clock::now();
  while (!(reacts(kProbeTime) &&
           (server_.is_ready() || std::chrono::steady_clock::now() - began > options_.max_start))) {
    if (!task_.wait_for(options_.ready_poll)) return;
  }
  if (task_.is_stopped()) return;
  send("READY=1\nSTATUS=serving");
  const auto watchdog = manager_.watchdog_time();
  if (!watchdog) return;
  // Two probes may fail before the watchdog barks.
  const auto period = std::max(std::chrono::duration_cast<milliseconds>(*watchdog / 3), milliseconds(1));
  do {
    if (reacts(period)) send("WATCHDOG=1");
  } while (task_.wait_for(period));
}

bool ServiceWatch::reacts(milliseconds time) {
  const bool does_react = server_.reacts(address_, port_, time);
  if (!does_react && did_react_) {
    log_.warning("the server does not react to a request of its own",
                 {{"address", address_}, {"port", port_}});
  }
  did_react_ = does_react;
  return does_react;
}

void ServiceWatch::send(std::string_view lines) {
  if (const auto sent = manager_.send(lines); !sent) {
    log_.warning("the service manager cannot be told", {{"error", sent.error().describe()}});
  }
}

}  // namespace fit
