#include "net/smtp_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

#include "base/format.h"
#include "base/text.h"

namespace fit::net {
namespace {

constexpr long kConnectMs = 10'000;
constexpr long kTotalMs = 30'000;

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

std::string part_of(CURLU* url, CURLUPart part, unsigned flags) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
  std::string result(text);
  curl_free(text);
  return result;
}

// The part of a message that curl has not read yet.
struct Upload {
  std::string_view rest;
};

std::size_t read_upload(char* buffer, std::size_t size, std::size_t count, void* context) {
  auto* const upload = static_cast<Upload*>(context);
  const std::size_t taken = std::min(size * count, upload->rest.size());
  std::memcpy(buffer, upload->rest.data(), taken);
  upload->rest.remove_prefix(taken);
  return taken;
}

int is_stopped(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::stop_token*>(context)->stop_requested() ? 1 : 0;
}

bool is_plain_address(std::string_view address) {
  return !address.empty() && std::ranges::none_of(address, [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '<' || c == '>' || c == '\x7f';
  });
}

Error error_of(CURLcode code, long reply, const char* message, const char* refused) {
  if (code == CURLE_ABORTED_BY_CALLBACK) return cancelled();
  if (code == CURLE_OPERATION_TIMEDOUT) {
    return {ErrorCode::kDeadlineExceeded, "the mail server does not respond in time", {}, message};
  }
  constexpr std::array<long, 3> kNoMailbox = {550, 551, 553};  // RFC 5321, 4.2.3
  if (std::string_view(message).starts_with("RCPT failed") && std::ranges::contains(kNoMailbox, reply)) {
    return {
        ErrorCode::kNotFound, fit::format("the mail server refuses the address ({})", reply), {}, message};
  }
  return {ErrorCode::kBadGateway,
          code == CURLE_LOGIN_DENIED ? "the mail server refuses the user or the password" : refused,
          {},
          fit::format("{} (reply {}): {}", curl_easy_strerror(code), reply, message)};
}

// The options of every session with the server. `ca_file` and `stop` must outlive the transfer.
void set_up(CURL* curl, const SmtpServer& server, const std::string& ca_file, const std::stop_token& stop) {
  curl_easy_setopt(curl, CURLOPT_URL, server.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_USE_SSL,
                   static_cast<long>(server.is_loopback ? CURLUSESSL_TRY : CURLUSESSL_ALL));
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file.c_str());
  if (!server.user.empty()) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, server.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, server.password.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, kConnectMs);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, kTotalMs);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, is_stopped);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &stop);
}

// Runs the transfer; `refused` is the message where the server refuses it.
Result<void> perform(CURL* curl, const char* refused) {
  std::array<char, CURL_ERROR_SIZE> text{};
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, text.data());
  const CURLcode code = curl_easy_perform(curl);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, nullptr);
  if (code == CURLE_OK) return {};
  long reply = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply);
  return error_of(code, reply, text.data(), refused);
}

}  // namespace

Result<SmtpServer> SmtpServer::parse(const std::string& setting, const std::string& url) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(curl_url(), curl_url_cleanup);
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
    return invalid(setting, "is no URL such as smtp://user:password@mail.example:587");
  }
  const std::string scheme = part_of(parsed.get(), CURLUPART_SCHEME, 0);
  const std::string host = to_lower(part_of(parsed.get(), CURLUPART_HOST, 0));
  if ((scheme != "smtp" && scheme != "smtps") || host.empty()) {
    return invalid(setting, "must be an smtp:// or smtps:// URL with a host");
  }
  if (part_of(parsed.get(), CURLUPART_PATH, 0).size() > 1 ||
      !part_of(parsed.get(), CURLUPART_QUERY, 0).empty()) {
    return invalid(setting, "must end after the host and the port");
  }
  SmtpServer server;
  server.user = part_of(parsed.get(), CURLUPART_USER, CURLU_URLDECODE);
  server.password = part_of(parsed.get(), CURLUPART_PASSWORD, CURLU_URLDECODE);
  const std::string port = part_of(parsed.get(), CURLUPART_PORT, 0);
  server.url = scheme + "://" + host + (port.empty() ? "" : ":" + port);
  server.is_loopback = host == "localhost" || host.starts_with("127.") || host == "[::1]";
  return server;
}

SmtpClient::SmtpClient(SmtpServer server) : server_(std::move(server)) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  const char* const bundle = std::getenv("SSL_CERT_FILE");  // NOLINT(concurrency-mt-unsafe)
  if (bundle != nullptr) ca_file_ = bundle;
}

SmtpClient::~SmtpClient() {
  curl_global_cleanup();
}

Result<void> SmtpClient::send(const SmtpMessage& message, const std::stop_token& stop) const {
  if (!is_plain_address(message.from) || !is_plain_address(message.to)) {
    return invalid("address", "is no address that mail can be sent to");
  }
  const Handle handle(curl_easy_init(), curl_easy_cleanup);
  if (!handle) return internal("mail cannot be sent", "curl_easy_init");
  CURL* const curl = handle.get();
  const List recipients(curl_slist_append(nullptr, message.to.c_str()), curl_slist_free_all);
  Upload upload{message.text};
  set_up(curl, server_, ca_file_, stop);
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, message.from.c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_upload);
  curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
  return perform(curl, "the mail server does not accept the message");
}

Result<void> SmtpClient::check(const std::stop_token& stop) const {
  const Handle handle(curl_easy_init(), curl_easy_cleanup);
  if (!handle) return internal("the mail server cannot be asked", "curl_easy_init");
  CURL* const curl = handle.get();
  set_up(curl, server_, ca_file_, stop);
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "NOOP");
  curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  return perform(curl, "the mail server cannot be used");
}

}  // namespace fit::net
