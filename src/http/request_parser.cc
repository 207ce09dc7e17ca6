#include "http/request_parser.h"

#include <llhttp.h>

#include <algorithm>
#include <charconv>

#include "base/format.h"
#include "base/text.h"

namespace fit::http {
namespace {

constexpr std::string_view kMalformed = "malformed";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

ProtocolError bad_request(std::string detail) {
  return {.status = 400, .type = kMalformed, .detail = std::move(detail)};
}

// Whether the text has the form "name", "name:80", "192.0.2.1:80" or "[2001:db8::1]:80".
bool is_host(std::string_view host) {
  std::string_view name = host;
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    if (end == std::string_view::npos) return false;
    name = host.substr(1, end - 1);
    host.remove_prefix(end + 1);
    const auto is_of_address = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' ||
             c == '.';
    };
    if (name.empty() || !std::ranges::all_of(name, is_of_address)) return false;
  } else {
    name = host.substr(0, host.find(':'));
    host.remove_prefix(name.size());
    const auto is_of_name = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
             c == '.' || c == '_';
    };
    if (name.empty() || !std::ranges::all_of(name, is_of_name)) return false;
  }
  if (host.empty()) return true;
  host.remove_prefix(1);
  return host.size() <= 5 && std::ranges::all_of(host, [](char c) { return c >= '0' && c <= '9'; });
}

struct NamedMethod {
  llhttp_method native;
  Method method;
  bool is_head = false;
};
constexpr NamedMethod kMethods[] = {
    {HTTP_GET, Method::kGet},         {HTTP_HEAD, Method::kGet, true}, {HTTP_POST, Method::kPost},
    {HTTP_PUT, Method::kPut},         {HTTP_DELETE, Method::kDelete},  {HTTP_PATCH, Method::kPatch},
    {HTTP_OPTIONS, Method::kOptions},
};

// The values of all fields with this name.
std::vector<const std::string*> values_of(const RequestHead& head, std::string_view name) {
  std::vector<const std::string*> values;
  for (const RequestHead::Field& field : head.fields) {
    if (field.name == name) values.push_back(&field.value);
  }
  return values;
}

// Determines the length of the body. llhttp refuses most errors too; the checks are repeated here on purpose,
// because request smuggling begins with them.
std::optional<ProtocolError> read_framing(RequestHead& head, bool is_http_1_0) {
  const auto lengths = values_of(head, "content-length");
  const auto codings = values_of(head, "transfer-encoding");
  if (!codings.empty()) {
    if (!lengths.empty()) return bad_request("Content-Length must not stand beside Transfer-Encoding");
    if (is_http_1_0) return bad_request("HTTP/1.0 has no Transfer-Encoding");
    if (codings.size() > 1 || !equals_ignoring_case(*codings.front(), "chunked")) {
      return ProtocolError{
          .status = 501, .type = "not_implemented", .detail = "Transfer-Encoding may be \"chunked\" only"};
    }
    head.is_chunked = true;
  }
  if (lengths.size() > 1) return bad_request("Content-Length is given twice");
  if (lengths.empty()) return std::nullopt;
  const std::string& text = *lengths.front();
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return bad_request("Content-Length is not a number of bytes");
  }
  head.content_length = length;
  return std::nullopt;
}

// Converts a target in absolute form to origin form. Its authority overrides the Host field (RFC 9112,
// 3.2.2).
std::optional<ProtocolError> read_target(RequestHead& head) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!equals_ignoring_case(std::string_view(head.target).substr(0, scheme.size()), scheme)) continue;
    const auto path = head.target.find_first_of("/?", scheme.size());
    head.host = head.target.substr(scheme.size(), path == std::string::npos ? path : path - scheme.size());
    if (!is_host(head.host)) return bad_request("the target's host is not valid");
    head.target = path == std::string::npos ? "/" : head.target.substr(path);
    if (head.target.starts_with('?')) head.target.insert(0, 1, '/');
    break;
  }
  const bool is_asterisk = head.target == "*" && head.method == Method::kOptions;
  if (!is_asterisk && !head.target.starts_with('/'))
    return bad_request("the target does not begin with \"/\"");
  if (head.target.contains('#')) return bad_request("the target has a fragment");
  return std::nullopt;
}

std::optional<ProtocolError> read_host(RequestHead& head, bool is_http_1_0) {
  const auto hosts = values_of(head, "host");
  if (hosts.size() > 1) return bad_request("Host is given twice");
  if (hosts.empty()) return is_http_1_0 ? std::nullopt : std::optional(bad_request("Host is missing"));
  if (!is_host(*hosts.front())) return bad_request("Host is not valid");
  head.host = *hosts.front();
  return std::nullopt;
}

std::optional<ProtocolError> read_expectation(RequestHead& head, bool is_http_1_0) {
  for (const std::string* value : values_of(head, "expect")) {
    if (!equals_ignoring_case(*value, "100-continue")) {
      return ProtocolError{
          .status = 417, .type = "expectation_failed", .detail = "Expect may be \"100-continue\" only"};
    }
    head.expects_continue = !is_http_1_0;
  }
  return std::nullopt;
}

}  // namespace

// llhttp's parser and its callbacks, which fill the head or the body.
struct RequestParser::Native {
  explicit Native(RequestParser& owner) : parser_owner(owner) {
    llhttp_settings_init(&settings);
    settings.on_url = [](llhttp_t* native, const char* at, std::size_t size) {
      return of(native).on_target({at, size});
    };
    settings.on_header_field = [](llhttp_t* native, const char* at, std::size_t size) {
      return of(native).on_name({at, size});
    };
    settings.on_header_value = [](llhttp_t* native, const char* at, std::size_t size) {
      return of(native).on_value({at, size});
    };
    settings.on_header_value_complete = [](llhttp_t* native) {
      of(native).is_name_open = false;
      return 0;
    };
    settings.on_chunk_extension_name = [](llhttp_t* native, const char*, std::size_t size) {
      return of(native).on_extra(size);
    };
    settings.on_chunk_extension_value = settings.on_chunk_extension_name;
    settings.on_body = [](llhttp_t* native, const char* at, std::size_t size) {
      of(native).body->append(at, size);
      return 0;
    };
    settings.on_headers_complete = [](llhttp_t*) -> int { return HPE_PAUSED; };
    settings.on_message_complete = [](llhttp_t* native) -> int {
      of(native).is_message_complete = true;
      return HPE_PAUSED;
    };
    init();
  }

  void init() {
    llhttp_init(&parser, HTTP_REQUEST, &settings);
    parser.data = this;
    is_name_open = is_message_complete = false;
    extra_bytes = 0;
    refusal.reset();
  }

  static Native& of(llhttp_t* native) { return *static_cast<Native*>(native->data); }

  int refuse(ProtocolError error) {
    refusal = std::move(error);
    return HPE_USER;
  }

  int on_target(std::string_view text) {
    std::string& target = parser_owner.head_.target;
    target += text;
    if (target.size() <= parser_owner.limits_.target_bytes) return 0;
    return refuse(
        {.status = 414,
         .type = "target_too_long",
         .detail = fit::format("the target is longer than {} bytes", parser_owner.limits_.target_bytes)});
  }

  int on_name(std::string_view text) {
    if (parser_owner.stage_ == Stage::kBody) return on_extra(text.size());
    auto& fields = parser_owner.head_.fields;
    if (!is_name_open) {
      if (fields.size() == parser_owner.limits_.fields) {
        return refuse(
            {.status = 431,
             .type = "head_too_large",
             .detail = fit::format("there are more than {} header fields", parser_owner.limits_.fields)});
      }
      fields.emplace_back();
      is_name_open = true;
    }
    std::ranges::transform(text, std::back_inserter(fields.back().name), lower);
    return 0;
  }

  int on_value(std::string_view text) {
    if (parser_owner.stage_ == Stage::kBody) return on_extra(text.size());
    parser_owner.head_.fields.back().value += text;
    return 0;
  }

  int on_extra(std::size_t size) {
    extra_bytes += size;
    if (extra_bytes <= parser_owner.limits_.chunk_extras) return 0;
    return refuse(bad_request("the chunks have too many extensions or trailer fields"));
  }

  RequestParser& parser_owner;
  llhttp_settings_t settings{};
  llhttp_t parser{};
  bool is_name_open = false;  // a name is incomplete: llhttp may pass it in several pieces
  bool is_message_complete = false;
  std::size_t extra_bytes = 0;
  std::optional<ProtocolError> refusal;  // the error of a callback
  std::string* body = nullptr;           // the output of feed(); valid during the call
};

RequestParser::RequestParser(const Limits& limits)
    : limits_(limits), native_(std::make_unique<Native>(*this)) {}
RequestParser::RequestParser() : RequestParser(Limits{}) {}
RequestParser::~RequestParser() = default;

void RequestParser::reset() {
  native_->init();
  stage_ = Stage::kHead;
  head_bytes_ = 0;
  head_ = {};
}

std::expected<std::size_t, ProtocolError> RequestParser::feed(std::string_view data, std::string& body) {
  native_->body = &body;
  if (stage_ == Stage::kDone || data.empty()) return 0;
  if (stage_ == Stage::kBody) return execute(data);

  const auto taken = execute(data.substr(0, limits_.head_bytes - head_bytes_));
  if (!taken) return taken;
  head_bytes_ += *taken;
  if (stage_ == Stage::kHead && head_bytes_ == limits_.head_bytes) {
    return std::unexpected(
        ProtocolError{.status = 431,
                      .type = "head_too_large",
                      .detail = fit::format("the head is larger than {} bytes", limits_.head_bytes)});
  }
  return taken;
}

// Passes bytes to llhttp, which pauses at the end of the head and of the message.
std::expected<std::size_t, ProtocolError> RequestParser::execute(std::string_view data) {
  llhttp_t* const parser = &native_->parser;
  const llhttp_errno_t result = llhttp_execute(parser, data.data(), data.size());
  if (result == HPE_OK) return data.size();
  if (result != HPE_PAUSED) return std::unexpected(native_error());
  const auto taken = static_cast<std::size_t>(llhttp_get_error_pos(parser) - data.data());
  if (native_->is_message_complete) {
    stage_ = Stage::kDone;
    return taken;
  }
  if (auto error = finish_head()) return std::unexpected(*std::move(error));
  stage_ = head_.has_body() ? Stage::kBody : Stage::kDone;
  parser->upgrade = 0;  // offers to switch protocols are ignored
  llhttp_resume(parser);
  return taken;
}

ProtocolError RequestParser::native_error() const {
  if (native_->refusal) return *native_->refusal;
  const llhttp_t* const parser = &native_->parser;
  const llhttp_errno_t code = llhttp_get_errno(parser);
  if (code == HPE_INVALID_VERSION || code == HPE_PAUSED_H2_UPGRADE) {
    return {
        .status = 505, .type = "version_not_supported", .detail = "this server takes HTTP/1.1 and HTTP/1.0"};
  }
  const char* const reason = llhttp_get_error_reason(parser);
  return bad_request(fit::format("the request is not valid HTTP: {}", reason == nullptr ? "" : reason));
}

std::optional<ProtocolError> RequestParser::finish_head() {
  llhttp_t* const parser = &native_->parser;
  const int minor = llhttp_get_http_minor(parser);
  if (llhttp_get_http_major(parser) != 1 || minor > 1) {
    return ProtocolError{
        .status = 505, .type = "version_not_supported", .detail = "this server takes HTTP/1.1 and HTTP/1.0"};
  }
  const auto* const method = std::ranges::find(
      kMethods, static_cast<llhttp_method>(llhttp_get_method(parser)), &NamedMethod::native);
  if (method == std::end(kMethods)) {
    return ProtocolError{.status = 501, .type = "not_implemented", .detail = "no path takes this method"};
  }
  head_.method = method->method;
  head_.is_head = method->is_head;
  for (RequestHead::Field& field : head_.fields) field.value = trim(field.value);
  const bool is_http_1_0 = minor == 0;
  if (auto error = read_framing(head_, is_http_1_0)) return error;
  if (auto error = read_host(head_, is_http_1_0)) return error;
  if (auto error = read_target(head_)) return error;
  if (auto error = read_expectation(head_, is_http_1_0)) return error;
  head_.keeps_alive = llhttp_should_keep_alive(parser) != 0;
  return std::nullopt;
}

}  // namespace fit::http
