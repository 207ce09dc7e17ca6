#include "http/native_message.h"

#include "http/problem.h"

namespace fit::http {
namespace {

Method method_of(const drogon::HttpRequest& native) {
  switch (native.method()) {
    case drogon::Get:
    case drogon::Head:
      return Method::kGet;
    case drogon::Post:
      return Method::kPost;
    case drogon::Put:
      return Method::kPut;
    case drogon::Delete:
      return Method::kDelete;
    case drogon::Patch:
      return Method::kPatch;
    default:
      return Method::kOptions;
  }
}

// Drogon sends a large file with sendfile() and reads a small one into its buffer. Null when the file cannot
// be opened.
drogon::HttpResponsePtr file_response(const Response& response) {
  auto native = drogon::HttpResponse::newFileResponse(response.file.string(), "", drogon::CT_CUSTOM,
                                                      response.content_type);
  return native->statusCode() == drogon::k200OK ? native : nullptr;
}

drogon::HttpResponsePtr body_response(Response& response) {
  auto native = drogon::HttpResponse::newHttpResponse();
  if (response.content_type.ends_with("json")) {
    native->setContentTypeCodeAndCustomString(drogon::CT_APPLICATION_JSON, response.content_type);
  } else if (!response.content_type.empty()) {
    native->setContentTypeString(response.content_type);
  }
  native->setBody(std::move(response.body));
  return native;
}

}  // namespace

Request request_of(const drogon::HttpRequest& native) {
  Request request;
  request.method = method_of(native);
  request.is_head = native.isHead();
  request.path = native.path();
  request.query = native.query();
  request.body = native.body();
  for (const auto& [name, value] : native.headers()) request.headers.add(name, value);
  request.peer = {.address = native.peerAddr().toIp(), .port = native.peerAddr().toPort()};
  return request;
}

drogon::HttpResponsePtr native_response(const Request& request, Response response) {
  drogon::HttpResponsePtr native;
  if (!response.file.empty()) {
    native = file_response(response);
    if (native == nullptr) {
      Response missing = problem(not_found("the file does not exist any more"), request);
      missing.headers.emplace_back("X-Request-ID", request.request_id);
      return native_response(request, std::move(missing));
    }
  } else {
    native = body_response(response);
  }
  native->setCustomStatusCode(response.status, reason_of(response.status));
  for (auto& [name, value] : response.headers) native->addHeader(name, std::move(value));
  return native;
}

}  // namespace fit::http
