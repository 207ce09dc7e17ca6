#include "http/problem.h"

namespace fit::http {
namespace {

// The error in the form of OpenAI's API.
Json openai_error(int status, std::string_view type, std::string_view detail, std::string_view field) {
  Json error{{"message", detail},
             {"type", status >= 500 ? "server_error" : "invalid_request_error"},
             {"param", nullptr},
             {"code", type}};
  if (!field.empty()) error["param"] = field;
  return error;
}

Response make(int status, std::string_view type, std::string_view detail, std::string_view field,
              const Request& request) {
  Json body;
  body["type"] = "urn:find-this-fit:problem:" + std::string(type);
  body["title"] = reason_of(status);
  body["status"] = status;
  body["detail"] = detail;
  body["instance"] = request.path;
  body["request_id"] = request.request_id;
  if (!request.trace_id.empty()) body["trace_id"] = request.trace_id;
  if (!field.empty()) body["field"] = field;
  if (request.path.starts_with("/v1/")) body["error"] = openai_error(status, type, detail, field);
  Response response = json_response(body, status);
  response.content_type = "application/problem+json";
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kMalformed:
      return 400;
    case ErrorCode::kUnauthorized:
      return 401;
    case ErrorCode::kForbidden:
      return 403;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kConflict:
      return 409;
    case ErrorCode::kTooLarge:
      return 413;
    case ErrorCode::kUnsupportedMedia:
      return 415;
    case ErrorCode::kInvalid:
      return 422;
    case ErrorCode::kTooManyRequests:
      return 429;
    case ErrorCode::kCancelled:
      return 499;
    case ErrorCode::kDamaged:
    case ErrorCode::kInternal:
      return 500;
    case ErrorCode::kBadGateway:
      return 502;
    case ErrorCode::kUnavailable:
      return 503;
    case ErrorCode::kDeadlineExceeded:
      return 504;
    case ErrorCode::kStorageFull:
      return 507;
  }
  return 500;
}

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 423:
      return "Locked";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 460:
      return "Checksum Mismatch";
    case 499:
      return "Client Closed Request";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    default:
      return "Internal Server Error";
  }
}

Response problem(const Error& error, const Request& request) {
  const int status = status_of(error.code);
  const std::string detail = error.field.empty() ? error.message : error.field + ": " + error.message;
  Response response = make(status, to_string(error.code), detail, error.field, request);
  if (status == 401) {
    // RFC 6750, section 3: a caller who has sent a token learns that it is the token.
    const bool has_token = !request.headers.get("authorization").empty();
    response.headers.emplace_back("WWW-Authenticate",
                                  has_token ? "Bearer error=\"invalid_token\"" : "Bearer");
  }
  if (status == 429 || status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

Response problem(int status, std::string_view type, std::string_view detail, const Request& request) {
  return make(status, type, detail, {}, request);
}

Response too_many_attempts(std::chrono::seconds retry_after, const Request& request) {
  Response response =
      make(429, "too_many_requests", "too many attempts have failed; try again later", {}, request);
  response.headers.emplace_back("Retry-After", std::to_string(retry_after.count()));
  return response;
}

Response missing_scopes(accounts::Scopes scopes, const Request& request) {
  std::string names;
  for (const std::string& name : scopes.names()) names += (names.empty() ? "" : ", ") + name;
  Response response =
      problem(Error{ErrorCode::kForbidden, "this needs the scopes: " + names, {}, {}}, request);
  Json body = Json::parse(response.body);
  body["missing_scopes"] = scopes.names();
  response.body = dump_json(body);
  return response;
}

}  // namespace fit::http
