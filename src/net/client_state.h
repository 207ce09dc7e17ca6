#pragma once

#include "net/http_client.h"
#include "net/transfer.h"

namespace fit::net {

// The state that HttpClient shares with its downloads.
struct HttpClient::State {
  explicit State(const Options& options) : transfers(options) {}
  Transfers transfers;
};

}  // namespace fit::net
