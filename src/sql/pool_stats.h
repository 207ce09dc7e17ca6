#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace fit::sql {

// The state of a database's connections.
struct PoolStats {
  // The state of a standby.
  struct Replica {
    std::string name;                  // host and port, or the folder of its socket
    bool is_used = false;              // whether reads go to it at present
    std::int64_t lag_bytes = 0;        // the part of the log that it had not replayed at the last check
    std::chrono::milliseconds lag{0};  // the age of its oldest missing write, to 200 ms; <= 2 max_lag
  };
  std::size_t open = 0;            // connections for reads
  std::size_t busy = 0;            // of these, lent to a call
  std::size_t waiting = 0;         // calls that wait for a connection to read
  std::size_t writes_waiting = 0;  // calls that wait for a connection to write
  std::vector<Replica> replicas;   // in the order of read_urls
};

}  // namespace fit::sql
