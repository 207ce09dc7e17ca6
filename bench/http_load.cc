// http_load URL BODY_FILE [--clients N] [--seconds S] [--type CONTENT_TYPE]
//
// Sends the same POST over and over on N keep-alive connections, one request at a time each, and prints one
// JSON line: requests, errors, requests a second, and latency percentiles in milliseconds. Loopback only.
// Light on purpose: it shares the cores with the server that it measures.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/format.h"

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::uint16_t port = 8000;
  std::string path;
  std::string body_file;
  std::string type = "application/json";
  int clients = 1;
  double seconds = 10;
};

struct Outcome {
  std::vector<double> milliseconds;
  long errors = 0;
};

class Connection {
 public:
  explicit Connection(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot connect");
    }
  }
  ~Connection() { ::close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Answers the status; reads the whole body by Content-Length.
  int exchange(const std::string& request) {
    for (std::size_t sent = 0; sent < request.size();) {
      const ssize_t count = ::send(fd_, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) throw std::runtime_error("connection lost while sending");
      sent += static_cast<std::size_t>(count);
    }
    std::size_t end = std::string::npos;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) receive();
    const std::string head = received_.substr(0, end);
    const std::size_t total = end + 4 + content_length(head);
    while (received_.size() < total) receive();
    received_.erase(0, total);
    return std::stoi(head.substr(9, 3));
  }

 private:
  static std::size_t content_length(std::string head) {
    std::ranges::transform(head, head.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const std::size_t at = head.find("content-length:");
    if (at == std::string::npos) throw std::runtime_error("answer without Content-Length");
    return std::stoul(head.substr(at + 15));
  }

  void receive() {
    char block[65536];
    const ssize_t count = ::recv(fd_, block, sizeof block, 0);
    if (count <= 0) throw std::runtime_error("connection lost while receiving");
    received_.append(block, static_cast<std::size_t>(count));
  }

  int fd_;
  std::string received_;
};

Outcome run_client(const Options& options, const std::string& request, Clock::time_point end) {
  Outcome outcome;
  Connection connection(options.port);
  while (Clock::now() < end) {
    const auto start = Clock::now();
    const int status = connection.exchange(request);
    outcome.milliseconds.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    outcome.errors += status != 200;
  }
  return outcome;
}

double percentile(const std::vector<double>& sorted, double share) {
  return sorted.empty() ? 0
                        : sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

Options parse(int argc, char** argv) {
  Options options;
  std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() < 2 || !words[0].starts_with("http://127.0.0.1:")) {
    throw std::runtime_error(
        "usage: http_load http://127.0.0.1:PORT/PATH BODY_FILE [--clients N] [--seconds S] [--type T]");
  }
  const std::string rest = words[0].substr(17);
  const std::size_t slash = rest.find('/');
  options.port = static_cast<std::uint16_t>(std::stoi(rest.substr(0, slash)));
  options.path = slash == std::string::npos ? "/" : rest.substr(slash);
  options.body_file = words[1];
  for (std::size_t i = 2; i + 1 < words.size(); i += 2) {
    if (words[i] == "--clients") options.clients = std::stoi(words[i + 1]);
    if (words[i] == "--seconds") options.seconds = std::stod(words[i + 1]);
    if (words[i] == "--type") options.type = words[i + 1];
  }
  return options;
}

void run(const Options& options) {
  std::ifstream file(options.body_file, std::ios::binary);
  const std::string body((std::istreambuf_iterator<char>(file)), {});
  const std::string request =
      fit::format("POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n",
                  options.path, options.type, body.size()) +
      body;
  const auto start = Clock::now();
  const auto end =
      start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options.seconds));
  std::mutex mutex;
  Outcome all;
  std::vector<std::thread> threads;
  for (int i = 0; i < options.clients; ++i) {
    threads.emplace_back([&] {
      Outcome outcome;
      try {
        outcome = run_client(options, request, end);
      } catch (const std::exception& error) {
        std::fprintf(stderr, "http_load: %s\n", error.what());
        ++outcome.errors;
      }
      const std::lock_guard lock(mutex);
      all.errors += outcome.errors;
      all.milliseconds.insert(all.milliseconds.end(), outcome.milliseconds.begin(),
                              outcome.milliseconds.end());
    });
  }
  for (std::thread& thread : threads) thread.join();
  const double took = std::chrono::duration<double>(Clock::now() - start).count();
  std::ranges::sort(all.milliseconds);
  std::printf(
      "{\"clients\": %d, \"requests\": %zu, \"errors\": %ld, \"per_second\": %.1f, \"p50_ms\": %.2f, "
      "\"p95_ms\": %.2f}\n",
      options.clients, all.milliseconds.size(), all.errors,
      static_cast<double>(all.milliseconds.size()) / took, percentile(all.milliseconds, 0.5),
      percentile(all.milliseconds, 0.95));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(parse(argc, argv));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "http_load: %s\n", error.what());
    return 1;
  }
}
