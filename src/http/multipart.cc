#include "http/multipart.h"

#include <algorithm>
#include <cctype>

#include "base/format.h"
#include "http/message.h"

namespace fit::http {
namespace {

constexpr std::size_t kMaxPartHeader = 4096;

Error broken(std::string message) {
  return malformed("body", "is not valid multipart/form-data: " + std::move(message));
}

// The value of "Content-Disposition" in a part's header block.
std::string_view disposition(std::string_view headers) {
  constexpr std::string_view kName = "content-disposition:";
  while (!headers.empty()) {
    const auto end = headers.find("\r\n");
    const std::string_view line = headers.substr(0, end);
    const bool matches = line.size() >= kName.size() &&
                         std::ranges::equal(line.substr(0, kName.size()), kName,
                                            [](unsigned char a, char b) { return std::tolower(a) == b; });
    if (matches) return line.substr(kName.size());
    headers = end == std::string_view::npos ? std::string_view{} : headers.substr(end + 2);
  }
  return {};
}

Result<FormPart> parse_part(std::string_view part) {
  const auto end = part.substr(0, kMaxPartHeader).find("\r\n\r\n");
  if (end == std::string_view::npos) return broken("a part has no header");
  const std::string_view value = disposition(part.substr(0, end));
  const auto name = header_parameter(value, "name");
  if (!name || name->empty()) return broken("a part has no name");
  const auto file_name = header_parameter(value, "filename");
  const std::string_view content = part.substr(end + 4);
  return FormPart{.name = *name,
                  .is_file = file_name.has_value(),
                  .file_name = file_name.value_or(""),
                  .is_absent = content.empty() && file_name.value_or("").empty(),
                  .content = content};
}

}  // namespace

Result<std::vector<FormPart>> parse_multipart(std::string_view content_type, std::string_view body,
                                              std::size_t max_parts) {
  const auto boundary = header_parameter(content_type, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > 70) {
    return malformed("Content-Type", "has no boundary of 1 to 70 characters");
  }
  const std::string first = "--" + *boundary;
  const std::string delimiter = "\r\n" + first;
  std::size_t position = body.starts_with(first) ? first.size() : body.find(delimiter);
  if (position == std::string_view::npos) return broken("the boundary does not occur");
  if (!body.starts_with(first)) position += delimiter.size();

  std::vector<FormPart> parts;
  while (!body.substr(position).starts_with("--")) {
    if (!body.substr(position).starts_with("\r\n"))
      return broken("a boundary is not followed by a line break");
    if (parts.size() == max_parts) {
      return Error{ErrorCode::kTooLarge, fit::format("has more than {} parts", max_parts), "body", {}};
    }
    position += 2;
    const std::size_t end = body.find(delimiter, position);
    if (end == std::string_view::npos) return broken("the closing boundary is missing");
    FIT_TRY(FormPart part, parse_part(body.substr(position, end - position)));
    parts.push_back(std::move(part));
    position = end + delimiter.size();
  }
  return parts;
}

}  // namespace fit::http
