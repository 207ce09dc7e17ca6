#pragma once

#include <string>
#include <string_view>

#include "http/assets.h"
#include "http/message.h"

namespace fit::http {

// A response with a file of the app, compressed where the client takes it, with the policy of pages. It has
// no entity tag.
Response asset_response(const Asset& asset, std::string_view cache_control, const Request& request);

// As above with the file's entity tag; 304 when the client has the file.
Response send_asset(const Asset& asset, std::string_view cache_control, const Request& request);

// A page that this request alone gets, revalidated each time; 304 when the client has it. Those who have
// signed in get another one.
Response send_page(std::string page, const Request& request);

}  // namespace fit::http
