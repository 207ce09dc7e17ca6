#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace fit::net {

// An HTTP/1.1 server for tests, on loopback at a free port. It serves one request a connection, each on a
// thread of its own, and sends exactly what the handler sends, so that broken responses can be tested. The
// destructor wakes waiting handlers and joins.
class TestServer {
 public:
  // A request as received.
  struct Request {
    std::string method;
    std::string target;
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;                            // Content-Length bytes
  };

  // The connection of a request, to which the handler writes its response.
  class Connection {
   public:
    Connection(TestServer& server, int socket) : server_(server), socket_(socket) {}
    // False when the client has closed the connection.
    bool send(std::string_view bytes);
    // Holds the connection open until the client closes it or the server ends.
    void hang();

   private:
    TestServer& server_;
    int socket_;
  };

  using Handler = std::function<void(const Request&, Connection&)>;  // called from several threads

  explicit TestServer(Handler handler);
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  int port() const { return port_; }
  std::string url(std::string_view path) const;  // http://127.0.0.1:PORT + path
  std::vector<Request> requests() const;         // those received so far, in order of arrival

  // A whole response. `headers` are lines with their "\r\n".
  static std::string answer(int status, std::string_view body, std::string_view headers = {});

 private:
  void accept_all();
  void serve(int socket);
  void read_body(int socket, std::size_t size, std::string& body) const;

  Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> ending_{false};
  mutable std::mutex mutex_;
  std::vector<Request> requests_;
  std::list<std::thread> workers_;
  std::thread acceptor_;
};

}  // namespace fit::net
