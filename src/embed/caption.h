#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace fit::embed {

// A property that a caption may state, with the values that the model may choose from.
struct CaptionField {
  std::string name;
  std::vector<std::string> values;
};

// A picture to be described.
struct CaptionPicture {
  std::string_view media_type = "image/jpeg";
  ByteView file = {};
};

// One value that the model has stated.
struct CaptionValue {
  std::string field;
  std::string value;

  friend bool operator==(const CaptionValue&, const CaptionValue&) = default;
};

// What a vision-language model says of a picture. Its texts are within the limits below, valid UTF-8 and
// without control characters; nothing else about them is checked: a model may state values that nobody
// offered, and repeat what is written in the picture.
struct Caption {
  std::string title = {};
  std::string description = {};
  std::vector<CaptionValue> values = {};  // fields without a value are left out
  std::vector<std::string> tags = {};
  float confidence = 0;            // that the model states itself, 0 to 1
  std::string model_version = {};  // as the server names it; empty when it does not

  friend bool operator==(const Caption&, const Caption&) = default;
};

inline constexpr std::size_t kMaxCaptionTitleBytes = 200;
inline constexpr std::size_t kMaxCaptionDescriptionBytes = 2'000;
inline constexpr std::size_t kMaxCaptionTags = 20;
inline constexpr std::size_t kMaxCaptionTagBytes = 60;
inline constexpr std::size_t kMaxCaptionValueBytes = 100;

// Reads the JSON object that the prompt asks for, with or without a fence of Markdown around it. Members that
// nobody asked for are ignored. kBadGateway for a text that is no such object, for a missing or wrongly typed
// member, for a text beyond its limit or with control characters other than line breaks, which become blanks.
Result<Caption> read_caption(std::string_view text, const std::vector<CaptionField>& fields);

// How one kind of server is asked, without the transport. Immutable, thread-safe.
class CaptionProtocol {
 public:
  virtual ~CaptionProtocol() = default;
  // The URL, the headers besides Content-Type, and the body of the request.
  struct Request {
    std::string url;
    std::vector<std::string> headers;
    std::string body;
  };
  virtual Request request(const CaptionPicture& picture) const = 0;
  // Reads a response with a status of 2xx. kInvalid when the model refuses the picture; kBadGateway for
  // anything but an answer.
  virtual Result<Caption> read(std::string_view body) const = 0;
};

// The server that a protocol asks.
struct CaptionServer {
  std::string base_url;
  std::string key;  // empty: none is sent
  std::string model;
};

// Google's generateContent with a response schema.
// https://ai.google.dev/api/generate-content
std::unique_ptr<CaptionProtocol> gemini_captions(CaptionServer server, std::vector<CaptionField> fields);
// OpenAI's chat completions with an image and a JSON schema, as vLLM and Ollama serve them too.
// https://platform.openai.com/docs/api-reference/chat
std::unique_ptr<CaptionProtocol> openai_captions(CaptionServer server, std::vector<CaptionField> fields);

}  // namespace fit::embed
