#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

namespace fit::notify {

// An image that the HTML of a message shows as <img src="cid:NAME">.
struct InlineImage {
  std::string name;       // letters, digits and "-"
  std::string mime_type;  // "image/jpeg"
  Bytes content;
};

// A message to one person. A value type.
struct Mail {
  std::string to;  // an e-mail address without a name
  std::string subject;
  std::string body;                      // plain text; lines end with \n
  std::string html = {};                 // the same in HTML; empty: the message has the plain text only
  std::vector<InlineImage> images = {};  // of the HTML
  // Ends the messages with one click: an https URL that takes a POST (RFC 8058). Empty: the message has no
  // such header.
  std::string unsubscribe_url = {};
  std::string id = {};  // the local part of the Message-ID, letters and digits; empty: a random one
};

// The sender of all messages: an address, or a name with an address.
struct Sender {
  std::string name;  // empty: none
  std::string address;

  // Reads "fit@shop.example" or "Find This Fit <fit@shop.example>". kInvalid naming `setting`.
  static Result<Sender> parse(const std::string& setting, std::string_view text);
};

// Writes a message by RFC 5322 and MIME (RFC 2045 to 2049): UTF-8 text in base64, header fields with encoded
// words (RFC 2047) where they are not ASCII, CRLF line ends. Text and HTML are alternatives (RFC 2046), and
// images are related to the HTML (RFC 2387). Control characters in header fields become blanks, so that no
// text can add a field.
std::string write_mail(const Mail& mail, const Sender& sender, Timestamp time);

}  // namespace fit::notify
