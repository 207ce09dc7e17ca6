#pragma once

#include <string>

#include "accounts/one_time_links.h"
#include "base/config.h"

namespace fit::cli {

// The address of the server for people: PUBLIC_URL, or the one that it listens on. Never the Host of a
// request, which anybody may choose.
std::string public_origin(const HttpSettings& settings);

// The address of the page for a one-time link, below PUBLIC_URL or the address that the server listens on.
// The token is behind "#", so that no server logs it.
std::string link_url(const Config& config, accounts::LinkPurpose purpose, const std::string& token);

}  // namespace fit::cli
