// http_load URL BODY_FILE [--clients N] [--seconds S] [--type CONTENT_TYPE] [--lines yes]
//
// Repeats one POST on N keep-alive connections, with one request at a time on each; with --lines it sends the
// lines of the file in turn. The text "@@@@@@@@@@@@@@@@" is replaced by a number that no two
// requests share. Prints one JSON line: requests, errors, requests per second, and percentiles of
// the latency and of the durations in Server-Timing, in milliseconds. Loopback only. It uses little processor
// time, because it shares the cores with the server.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
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
  bool lines = false;
};

// The measurements of one or more clients.
struct Outcome {
  std::vector<double> milliseconds;
  std::map<std::string, std::vector<double>> parts;  // of Server-Timing
  long errors = 0;
};

// Reads the "name;dur=1.5" entries of a Server-Timing header.
void add_parts(const std::string& head, std::map<std::string, std::vector<double>>& parts) {
  constexpr std::string_view kHeader = "server-timing:";
  std::size_t at = head.find(kHeader);
  if (at == std::string::npos) return;
  const std::string line = head.substr(at + kHeader.size(), head.find('\r', at) - at - kHeader.size());
  for (std::size_t part = 0; part < line.size();) {
    const std::size_t end = std::min(line.find(',', part), line.size());
    const std::string one = line.substr(part, end - part);
    const std::size_t name = one.find_first_not_of(' ');
    const std::size_t duration = one.find(";dur=");
    if (name != std::string::npos && duration != std::string::npos)
      parts[one.substr(name, duration - name)].push_back(std::stod(one.substr(duration + 5)));
    part = end + 1;
  }
}

// A keep-alive connection to the server.
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

  // Sends a request, reads the response by its Content-Length and returns its status.
  int exchange(const std::string& request, Outcome& outcome) {
    for (std::size_t sent = 0; sent < request.size();) {
      const ssize_t count = ::send(fd_, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) throw std::runtime_error("connection lost while sending");
      sent += static_cast<std::size_t>(count);
    }
    std::size_t end = std::string::npos;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) receive();
    std::string head = received_.substr(0, end);
    std::ranges::transform(head, head.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const std::size_t total = end + 4 + content_length(head);
    while (received_.size() < total) receive();
    received_.erase(0, total);
    add_parts(head, outcome.parts);
    return std::stoi(head.substr(9, 3));
  }

 private:
  static std::size_t content_length(const std::string& head) {
    const std::size_t at = head.find("content-length:");
    if (at == std::string::npos) throw std::runtime_error("response without Content-Length");
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

constexpr std::string_view kNumber = "@@@@@@@@@@@@@@@@";

// The places of kNumber in a request.
std::vector<std::size_t> find_numbers(const std::string& request) {
  std::vector<std::size_t> found;
  for (std::size_t at = request.find(kNumber); at != std::string::npos; at = request.find(kNumber, at + 1)) {
    found.push_back(at);
  }
  return found;
}

Outcome run_client(const Options& options, const std::vector<std::string>& requests,
                   std::atomic<std::size_t>& next, Clock::time_point end) {
  Outcome outcome;
  Connection connection(options.port);
  std::vector<std::vector<std::size_t>> numbers;
  for (const std::string& request : requests) numbers.push_back(find_numbers(request));
  std::string own;  // a copy of a request with its number
  // Requests of other runs have other numbers.
  const auto first = static_cast<std::size_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(end.time_since_epoch()).count());
  while (Clock::now() < end) {
    const std::size_t number = next++;
    const std::size_t which = number % requests.size();
    if (!numbers[which].empty() && (own.empty() || requests.size() > 1)) own = requests[which];
    for (const std::size_t at : numbers[which])
      own.replace(at, kNumber.size(), fit::format("{:016}", first + number));
    const std::string& request = numbers[which].empty() ? requests[which] : own;
    const auto start = Clock::now();
    const int status = connection.exchange(request, outcome);
    outcome.milliseconds.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    outcome.errors += status / 100 != 2;
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
        "usage: http_load http://127.0.0.1:PORT/PATH BODY_FILE [--clients N] [--seconds S] [--type T] "
        "[--lines yes]");
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
    if (words[i] == "--lines") options.lines = words[i + 1] == "yes";
  }
  return options;
}

std::vector<std::string> read_requests(const Options& options) {
  std::ifstream file(options.body_file, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + options.body_file);
  std::vector<std::string> bodies;
  if (options.lines) {
    for (std::string line; std::getline(file, line);) bodies.push_back(line);
  } else {
    bodies.emplace_back((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  }
  if (bodies.empty()) throw std::runtime_error(options.body_file + " is empty");
  for (std::string& body : bodies) {
    body =
        fit::format("POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n",
                    options.path, options.type, body.size()) +
        body;
  }
  return bodies;
}

void run(const Options& options) {
  const std::vector<std::string> requests = read_requests(options);
  std::atomic<std::size_t> next{0};
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
        outcome = run_client(options, requests, next, end);
      } catch (const std::exception& error) {
        std::fprintf(stderr, "http_load: %s\n", error.what());
        ++outcome.errors;
      }
      const std::lock_guard lock(mutex);
      all.errors += outcome.errors;
      all.milliseconds.insert(all.milliseconds.end(), outcome.milliseconds.begin(),
                              outcome.milliseconds.end());
      for (const auto& [name, values] : outcome.parts)
        all.parts[name].insert(all.parts[name].end(), values.begin(), values.end());
    });
  }
  for (std::thread& thread : threads) thread.join();
  const double took = std::chrono::duration<double>(Clock::now() - start).count();
  std::ranges::sort(all.milliseconds);
  std::printf(
      "{\"clients\": %d, \"requests\": %zu, \"errors\": %ld, \"per_second\": %.1f, \"p50_ms\": %.2f, "
      "\"p95_ms\": %.2f",
      options.clients, all.milliseconds.size(), all.errors,
      static_cast<double>(all.milliseconds.size()) / took, percentile(all.milliseconds, 0.5),
      percentile(all.milliseconds, 0.95));
  for (auto& [name, values] : all.parts) {
    std::ranges::sort(values);
    std::printf(", \"%s_p50_ms\": %.3f, \"%s_p95_ms\": %.3f", name.c_str(), percentile(values, 0.5),
                name.c_str(), percentile(values, 0.95));
  }
  std::printf("}\n");
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
