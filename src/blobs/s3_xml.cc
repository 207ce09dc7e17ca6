#include "blobs/s3_xml.h"

#include <libxml/parser.h>
#include <libxml/tree.h>

#include <charconv>
#include <limits>
#include <memory>

namespace fit::blobs {
namespace {

using Document = std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)>;

Document parse(ByteView xml) {
  const std::string_view text = as_text(xml);
  if (text.empty() || text.size() > std::numeric_limits<int>::max()) return {nullptr, xmlFreeDoc};
  return {xmlReadMemory(text.data(), static_cast<int>(text.size()), nullptr, nullptr,
                        XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING),
          xmlFreeDoc};
}

bool is_named(const xmlNode* node, std::string_view name) {
  return node->type == XML_ELEMENT_NODE && reinterpret_cast<const char*>(node->name) == name;
}

// The text of the first child element of this name; empty without one.
std::string child_text(xmlNode* parent, std::string_view name) {
  for (xmlNode* node = parent->children; node != nullptr; node = node->next) {
    if (!is_named(node, name)) continue;
    const std::unique_ptr<xmlChar, decltype(xmlFree)> text(xmlNodeGetContent(node), xmlFree);
    return text ? reinterpret_cast<const char*>(text.get()) : "";
  }
  return {};
}

Error unreadable(const char* what) {
  return {ErrorCode::kBadGateway, "the file storage sent an invalid response", {}, what};
}

// The root element of this name; null when the document has another one or none.
xmlNode* root_of(const Document& document, std::string_view name) {
  xmlNode* const root = document ? xmlDocGetRootElement(document.get()) : nullptr;
  return root != nullptr && is_named(root, name) ? root : nullptr;
}

Result<S3Object> parse_object(xmlNode* node) {
  S3Object object{.key = child_text(node, "Key"), .modified_at = {}};
  const std::string size = child_text(node, "Size");
  const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), object.size_bytes);
  const auto modified_at = parse_rfc3339("LastModified", child_text(node, "LastModified"));
  if (object.key.empty() || error != std::errc{} || object.size_bytes < 0 || !modified_at) {
    return unreadable("an object of a list lacks its key, size or time");
  }
  object.modified_at = *modified_at;
  return object;
}

}  // namespace

Result<S3Page> parse_s3_page(ByteView xml) {
  const Document document = parse(xml);
  xmlNode* const root = root_of(document, "ListBucketResult");
  if (root == nullptr) return unreadable("no ListBucketResult");
  S3Page page{.objects = {}, .is_last = child_text(root, "IsTruncated") != "true"};
  for (xmlNode* node = root->children; node != nullptr; node = node->next) {
    if (!is_named(node, "Contents")) continue;
    FIT_TRY(S3Object object, parse_object(node));
    page.objects.push_back(std::move(object));
  }
  if (!page.is_last && page.objects.empty()) return unreadable("an empty page that is not the last");
  return page;
}

Result<std::vector<S3Upload>> parse_s3_uploads(ByteView xml) {
  const Document document = parse(xml);
  xmlNode* const root = root_of(document, "ListMultipartUploadsResult");
  if (root == nullptr) return unreadable("no ListMultipartUploadsResult");
  std::vector<S3Upload> uploads;
  for (xmlNode* node = root->children; node != nullptr; node = node->next) {
    if (!is_named(node, "Upload")) continue;
    const auto begun_at = parse_rfc3339("Initiated", child_text(node, "Initiated"));
    if (!begun_at) return unreadable("an upload without a time");
    uploads.push_back(
        {.key = child_text(node, "Key"), .id = child_text(node, "UploadId"), .begun_at = *begun_at});
  }
  return uploads;
}

Result<std::string> parse_s3_upload_id(ByteView xml) {
  const Document document = parse(xml);
  xmlNode* const root = root_of(document, "InitiateMultipartUploadResult");
  std::string id = root == nullptr ? std::string() : child_text(root, "UploadId");
  if (id.empty()) return unreadable("no UploadId");
  return id;
}

std::string s3_error_code(ByteView xml) {
  const Document document = parse(xml);
  xmlNode* const root = root_of(document, "Error");
  return root == nullptr ? std::string() : child_text(root, "Code");
}

}  // namespace fit::blobs
