#include "notify/ntfy.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "net/url.h"
#include "notify/post_limits.h"

namespace fit::notify {
namespace {

constexpr std::size_t kMaxTopicBytes = 64;
constexpr std::size_t kMaxTextBytes = 4'000;  // ntfy turns longer texts into attachments

// A topic's URL as the address of its server and the name of the topic.
struct Topic {
  std::string server_url;
  std::string name;
};

Result<Topic> parse_topic(const std::string& field, const std::string& text) {
  const Error error = invalid(field, "must be the URL of a topic, such as https://ntfy.sh/my-topic");
  const auto url = net::parse_url(text);
  if (!url) return error;
  const std::string whole = url->text();
  const std::size_t slash = whole.rfind('/');
  const std::string name = whole.substr(slash + 1);
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' || c == '_';
  };
  if (name.empty() || name.size() > kMaxTopicBytes || !std::ranges::all_of(name, is_plain)) return error;
  return Topic{.server_url = whole.substr(0, slash + 1), .name = name};
}

}  // namespace

Result<void> check_topic_url(const std::string& field, const std::string& url) {
  FIT_CHECK(parse_topic(field, url));
  return {};
}

Result<void> send_ntfy(net::HttpClient& http, const NtfyMessage& message, const std::stop_token& stop) {
  FIT_TRY(const Topic topic, parse_topic("url", message.topic_url));
  Json body{
      {"topic", topic.name}, {"title", message.title}, {"message", utf8_prefix(message.text, kMaxTextBytes)}};
  if (!message.click_url.empty()) body["click"] = message.click_url;
  FIT_TRY(const auto reply, http.post("url",
                                      {.url = topic.server_url,
                                       .body = dump_json(body),
                                       .headers = {"Content-Type: application/json"}},
                                      post_limits(stop)));
  return check_reply("the ntfy server", reply.status);
}

}  // namespace fit::notify
