#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace fit::notify {

// A message to one person. A value type.
struct Mail {
  std::string to;  // an e-mail address without a name
  std::string subject;
  std::string body;  // lines end with \n
};

// The sender of all messages: an address, or a name with an address.
struct Sender {
  std::string name;  // empty: none
  std::string address;

  // Reads "fit@shop.example" or "Find This Fit <fit@shop.example>". kInvalid naming `setting`.
  static Result<Sender> parse(const std::string& setting, std::string_view text);
};

// Writes a message by RFC 5322 and MIME: UTF-8 text in base64, header fields with encoded words (RFC 2047)
// where they are not ASCII, CRLF line ends. Control characters in header fields become blanks, so that no
// text can add a field.
std::string write_mail(const Mail& mail, const Sender& sender, Timestamp time);

}  // namespace fit::notify
