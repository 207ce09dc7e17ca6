#include "notify/mail.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <ranges>

#include "accounts/users.h"
#include "base/base64.h"
#include "base/bytes.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/secure_random.h"
#include "base/text.h"

namespace fit::notify {
namespace {

constexpr std::size_t kBase64Line = 76;
// An encoded word has at most 75 characters, and base64 makes four of three bytes.
constexpr std::size_t kWordBytes = 45;
constexpr std::size_t kMaxFieldBytes = 500;

std::string without_controls(std::string_view text) {
  std::string plain(utf8_prefix(text, kMaxFieldBytes));
  std::ranges::replace_if(
      plain, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  return plain;
}

// The text of a header field that people read.
std::string field_text(std::string_view text) {
  std::string plain = without_controls(text);
  const bool is_ascii =
      std::ranges::all_of(plain, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (is_ascii && plain.size() <= kBase64Line && !plain.contains("=?")) return plain;
  std::string encoded;
  for (std::string_view rest = plain; !rest.empty();) {
    const std::string_view word = utf8_prefix(rest, kWordBytes);
    if (word.empty()) break;  // no UTF-8
    rest.remove_prefix(word.size());
    if (!encoded.empty()) encoded += "\r\n ";
    encoded += "=?UTF-8?B?" + encode_base64(as_bytes(word)) + "?=";
  }
  return encoded;
}

// A name before an address: quoted, or encoded.
std::string display_name(std::string_view name) {
  std::string text = field_text(name);
  if (text.starts_with("=?")) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

std::string base64_lines(ByteView bytes) {
  const std::string encoded = encode_base64(bytes);
  std::string lines;
  for (std::size_t at = 0; at < encoded.size(); at += kBase64Line)
    lines += encoded.substr(at, kBase64Line) + "\r\n";
  return lines;
}

// A part of a message with its header.
std::string mail_part(std::string_view type, std::string_view more, ByteView content) {
  return fit::format("Content-Type: {}\r\nContent-Transfer-Encoding: base64\r\n{}\r\n{}", type, more,
                     base64_lines(content));
}

std::string text_part(std::string_view subtype, std::string_view text) {
  return mail_part(fit::format("text/{}; charset=utf-8", subtype), "", as_bytes(text));
}

// Several parts as one.
std::string multipart(std::string_view subtype, const std::string& boundary,
                      const std::vector<std::string>& parts) {
  std::string text = fit::format("Content-Type: multipart/{}; boundary=\"{}\"\r\n\r\n", subtype, boundary);
  for (const std::string& part : parts) text += "--" + boundary + "\r\n" + part;
  return text + "--" + boundary + "--\r\n";
}

// The header of the content, and the content.
std::string mail_content(const Mail& mail, const std::string& id) {
  if (mail.html.empty()) return text_part("plain", mail.body);
  std::string html = text_part("html", mail.html);
  if (!mail.images.empty()) {
    std::vector<std::string> parts = {std::move(html)};
    for (const InlineImage& image : mail.images) {
      parts.push_back(mail_part(
          image.mime_type,
          fit::format("Content-ID: <{}>\r\nContent-Disposition: inline\r\n", without_controls(image.name)),
          image.content));
    }
    html = multipart("related", "related-" + id, parts);
  }
  return multipart("alternative", "alternative-" + id, {text_part("plain", mail.body), std::move(html)});
}

std::string date_of(Timestamp time) {
  constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(seconds - day);
  return fit::format("{}, {} {} {} {:02}:{:02}:{:02} +0000", kDays.at(std::chrono::weekday(day).c_encoding()),
                     static_cast<unsigned>(date.day()), kMonths.at(static_cast<unsigned>(date.month()) - 1),
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

}  // namespace

Result<Sender> Sender::parse(const std::string& setting, std::string_view text) {
  text = trim(text);
  Sender sender;
  std::string_view address = text;
  if (text.ends_with('>')) {
    const std::size_t open = text.rfind('<');
    if (open == std::string_view::npos) return invalid(setting, "is no e-mail address");
    sender.name = trim(text.substr(0, open));
    address = text.substr(open + 1, text.size() - open - 2);
  }
  FIT_TRY(sender.address, accounts::parse_email(setting, address));
  return sender;
}

std::string write_mail(const Mail& mail, const Sender& sender, Timestamp time) {
  const std::string domain = sender.address.substr(sender.address.find('@') + 1);
  const std::string id = mail.id.empty() ? sha256_hex(secure_random(16)).substr(0, 32) : mail.id;
  const std::string from =
      sender.name.empty() ? sender.address : display_name(sender.name) + " <" + sender.address + ">";
  std::string text;
  const auto add = [&text](std::string_view name, std::string_view value) {
    text += fit::format("{}: {}\r\n", name, value);
  };
  add("From", from);
  add("To", without_controls(mail.to));
  add("Subject", field_text(mail.subject));
  add("Date", date_of(time));
  add("Message-ID", fit::format("<{}@{}>", id, domain));
  add("Auto-Submitted", "auto-generated");
  if (!mail.unsubscribe_url.empty()) {
    add("List-Unsubscribe", "<" + without_controls(mail.unsubscribe_url) + ">");
    add("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
  }
  add("MIME-Version", "1.0");
  return text + mail_content(mail, id);
}

}  // namespace fit::notify
