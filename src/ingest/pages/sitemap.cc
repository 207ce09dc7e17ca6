#include "ingest/pages/sitemap.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>

#include <algorithm>
#include <string_view>

#include "base/gunzip.h"
#include "base/text.h"
#include "catalog/text_rules.h"
#include "ingest/import/cell_values.h"

namespace fit::ingest {
namespace {

constexpr std::size_t kSitemapChunk = 64u << 10;
constexpr std::size_t kMaxSitemapText = 8192;

std::string_view sitemap_name(const xmlChar* name) {
  return name == nullptr ? std::string_view() : reinterpret_cast<const char*>(name);
}

// Collects the entries while the parser reads. Elements are told by their local names.
class SitemapReader {
 public:
  SitemapReader() {
    xmlSAXHandler handler = {};
    handler.initialized = XML_SAX2_MAGIC;
    handler.startElementNs = &SitemapReader::start;
    handler.endElementNs = &SitemapReader::end;
    handler.characters = &SitemapReader::characters;
    handler.cdataBlock = &SitemapReader::characters;
    handler.internalSubset = &SitemapReader::document_type;
    handler.getEntity = [](void*, const xmlChar* entity) { return xmlGetPredefinedEntity(entity); };
    handler.serror = &SitemapReader::note;
    parser_ = xmlCreatePushParserCtxt(&handler, this, nullptr, 0, nullptr);
    if (parser_ != nullptr) xmlCtxtUseOptions(parser_, XML_PARSE_NONET | XML_PARSE_RECOVER);
  }
  ~SitemapReader() {
    if (parser_ != nullptr) xmlFreeParserCtxt(parser_);
  }
  SitemapReader(const SitemapReader&) = delete;
  SitemapReader& operator=(const SitemapReader&) = delete;

  Result<Sitemap> read(std::string_view xml) {
    if (parser_ == nullptr) return internal("the sitemap cannot be read", "xmlCreatePushParserCtxt failed");
    while (!xml.empty() && !has_document_type_ && !is_full()) {
      const std::string_view chunk = xml.substr(0, kSitemapChunk);
      xml.remove_prefix(chunk.size());
      xmlParseChunk(parser_, chunk.data(), static_cast<int>(chunk.size()), xml.empty() ? 1 : 0);
    }
    if (has_document_type_) return malformed("sitemap", "has a document type, which sitemaps do not have");
    if (!is_sitemap_) return malformed("sitemap", "is not a sitemap");
    sitemap_.is_cut = is_damaged_ || !xml.empty();
    return std::move(sitemap_);
  }

 private:
  static SitemapReader& self_of(void* context) { return *static_cast<SitemapReader*>(context); }
  bool is_full() const { return sitemap_.entries.size() >= kMaxSitemapEntries; }

  static void start(void* context, const xmlChar* local_name, const xmlChar* /*prefix*/,
                    const xmlChar* /*uri*/, int /*namespaces*/, const xmlChar** /*namespace_uris*/,
                    int attribute_count, int /*defaulted*/, const xmlChar** attributes) {
    SitemapReader& self = self_of(context);
    const std::string_view name = sitemap_name(local_name);
    if (name == "urlset" || name == "rss" || name == "feed" || name == "sitemapindex")
      self.is_sitemap_ = true;
    if (name == "sitemapindex") self.sitemap_.is_index = true;
    if (name == "url" || name == "sitemap" || name == "item" || name == "entry") {
      self.is_in_entry_ = true;
      self.entry_ = {};
    }
    self.text_.clear();
    if (name != "link" || !self.is_in_entry_ || !self.entry_.url.empty()) return;
    for (int i = 0; i < attribute_count; ++i) {  // Atom: <link href="…"/>
      const xmlChar* const* const one = attributes + static_cast<std::ptrdiff_t>(5) * i;
      if (sitemap_name(one[0]) == "href")
        self.entry_.url = read_line(
            std::string(reinterpret_cast<const char*>(one[3]), static_cast<std::size_t>(one[4] - one[3])));
    }
  }

  static void end(void* context, const xmlChar* local_name, const xmlChar* /*prefix*/,
                  const xmlChar* /*uri*/) {
    SitemapReader& self = self_of(context);
    const std::string_view name = sitemap_name(local_name);
    if (self.is_in_entry_) self.end_in_entry(name);
    self.text_.clear();
  }

  void end_in_entry(std::string_view name) {
    if ((name == "loc" || name == "link") && entry_.url.empty()) entry_.url = trim(text_);
    if (name == "lastmod" || name == "pubDate" || name == "updated") entry_.modified_at = read_time(text_);
    if (name != "url" && name != "sitemap" && name != "item" && name != "entry") return;
    is_in_entry_ = false;
    const bool is_usable = catalog::is_http_url(entry_.url) && entry_.url.size() <= catalog::kMaxUrl;
    if (is_usable && !is_full()) sitemap_.entries.push_back(std::move(entry_));
  }

  static void characters(void* context, const xmlChar* text, int size) {
    SitemapReader& self = self_of(context);
    if (self.is_in_entry_ && self.text_.size() < kMaxSitemapText)
      self.text_.append(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
  }

  static void document_type(void* context, const xmlChar* /*name*/, const xmlChar* /*external*/,
                            const xmlChar* /*system*/) {
    self_of(context).has_document_type_ = true;
    xmlStopParser(self_of(context).parser_);
  }

  static void note(void* context, xmlErrorPtr error) {
    if (error != nullptr && error->level >= XML_ERR_ERROR) self_of(context).is_damaged_ = true;
  }

  xmlParserCtxtPtr parser_ = nullptr;
  Sitemap sitemap_;
  SitemapEntry entry_;
  std::string text_;
  bool is_in_entry_ = false;
  bool is_sitemap_ = false;
  bool is_damaged_ = false;
  bool has_document_type_ = false;
};

// A sitemap in plain text: an address a line.
Result<Sitemap> read_lines(std::string_view text) {
  Sitemap sitemap;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!catalog::is_http_url(line) || line.size() > catalog::kMaxUrl || !is_utf8(line)) continue;
    if (sitemap.entries.size() == kMaxSitemapEntries) {
      sitemap.is_cut = true;
      break;
    }
    sitemap.entries.push_back({std::string(line), {}});
  }
  if (sitemap.entries.empty()) return malformed("sitemap", "is not a sitemap");
  return sitemap;
}

}  // namespace

Result<Sitemap> parse_sitemap(ByteView content) {
  std::string unpacked;
  std::string_view text = as_text(content);
  bool is_cut = false;
  if (is_gzip(content)) {
    Gunzip stream;
    if (auto added = stream.add("sitemap", content, kMaxSitemapBytes, unpacked); !added) {
      if (added.error().code == ErrorCode::kTooLarge || unpacked.empty()) return std::move(added).error();
      is_cut = true;
    }
    is_cut = is_cut || !stream.is_complete();
    text = unpacked;
  }
  if (text.size() > kMaxSitemapBytes)
    return Error{ErrorCode::kTooLarge, "is larger than 50 MiB", "sitemap", {}};
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  text = trim(text);
  FIT_TRY(Sitemap sitemap, text.starts_with('<') ? SitemapReader().read(text) : read_lines(text));
  sitemap.is_cut = sitemap.is_cut || is_cut;
  return sitemap;
}

}  // namespace fit::ingest
