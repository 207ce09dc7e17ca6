#include "ingest/import/xml_records.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>

#include <algorithm>
#include <array>
#include <deque>
#include <string_view>

#include "base/format.h"
#include "base/text.h"
#include "ingest/import/cell_values.h"

namespace fit::ingest {
namespace {

constexpr std::array kRecordNames =
    std::to_array<std::string_view>({"item", "entry", "product", "offer", "listing", "article"});
// Elements that contain several images. Their name is used for the images.
constexpr std::array kImageLists =
    std::to_array<std::string_view>({"images", "pictures", "photos", "image_urls", "additional_images"});
// Attributes that hold a value: <link href="..."/>, <enclosure url="..."/>.
constexpr std::array kValueAttributes = std::to_array<std::string_view>({"href", "url", "src"});
constexpr std::size_t kMaxFields = 1000;
constexpr std::size_t kMaxFieldBytes = 1 << 20;
constexpr std::size_t kChunkBytes = 64 << 10;

std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}

}  // namespace

// Feeds the document to libxml2 in chunks and collects the records of a chunk. libxml2 goes on after errors
// when it reports what it parses to callbacks (SAX), but not when it is asked for one node after the other.
struct XmlRecords::Reader {
  explicit Reader(std::unique_ptr<TextInput> source) : input(std::move(source)) {
    xmlSAXHandler handler = {};
    handler.initialized = XML_SAX2_MAGIC;
    handler.startElementNs = &Reader::start;
    handler.endElementNs = &Reader::end;
    handler.characters = &Reader::characters;
    handler.cdataBlock = &Reader::characters;
    // Only the five predefined entities are known: those that a document declares are not even kept.
    handler.getEntity = [](void*, const xmlChar* entity) { return xmlGetPredefinedEntity(entity); };
    handler.serror = &Reader::note;
    parser = xmlCreatePushParserCtxt(&handler, this, nullptr, 0, nullptr);
    if (parser != nullptr) {
      xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_RECOVER | XML_PARSE_IGNORE_ENC);
    }
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() {
    if (parser != nullptr) xmlFreeParserCtxt(parser);
  }

  // Parses the next chunk.
  Result<void> parse_chunk() {
    if (input->window().empty()) {
      FIT_TRY(const bool more, input->grow());
      if (!more) {
        is_at_end = true;
        xmlParseChunk(parser, nullptr, 0, 1);
        return {};
      }
    }
    const std::string_view chunk = input->window().substr(0, kChunkBytes);
    xmlParseChunk(parser, chunk.data(), static_cast<int>(chunk.size()), 0);
    input->consume(chunk.size());
    return {};
  }

  // Whether libxml2 parses no further: the document has no element, or memory is exhausted.
  bool has_given_up() const { return parser->disableSAX == 1 || (is_at_end && !has_element); }

  void add(std::string name, std::string_view text) {
    if (record->fields.size() < kMaxFields && !trim_marks(text).empty())
      record->fields.emplace_back(std::move(name), text);
  }

  // libxml2 gives five pointers for each attribute: its name, prefix and URI, and the ends of its value.
  static void start(void* context, const xmlChar* local_name, const xmlChar* /*prefix*/,
                    const xmlChar* /*uri*/, int /*namespaces*/, const xmlChar** /*namespace_uris*/,
                    int attribute_count, int /*defaulted*/, const xmlChar** attributes) {
    auto& self = *static_cast<Reader*>(context);
    self.has_element = true;
    const std::string element = normal_name(view(local_name));
    const auto for_each_attribute = [&](const auto& use) {
      for (int i = 0; i < attribute_count; ++i) {
        const xmlChar* const* const one = attributes + static_cast<std::ptrdiff_t>(5) * i;
        use(view(one[0]), std::string_view(reinterpret_cast<const char*>(one[3]),
                                           static_cast<std::size_t>(one[4] - one[3])));
      }
    };
    if (!self.record) {
      if (!std::ranges::contains(kRecordNames, element)) return;
      self.record.emplace().line = xmlSAX2GetLineNumber(self.parser);
      self.depth = 0;
      for_each_attribute(
          [&](std::string_view name, std::string_view value) { self.add(normal_name(name), value); });
      return;
    }
    ++self.depth;
    if (self.depth == 1) {
      self.field = element;
      self.field_text.clear();
      self.is_list = std::ranges::contains(kImageLists, element);
    } else if (self.is_list) {
      self.field_text.clear();
    }
    if (self.depth > 1 && !self.is_list) return;
    for_each_attribute([&](std::string_view name, std::string_view value) {
      if (std::ranges::contains(kValueAttributes, name)) {
        self.add(self.field == "enclosure" ? "image" : self.field, value);
      }
    });
  }

  static void end(void* context, const xmlChar* /*local_name*/, const xmlChar* /*prefix*/,
                  const xmlChar* /*uri*/) {
    auto& self = *static_cast<Reader*>(context);
    if (!self.record) return;
    if (self.depth == 0) {
      self.records.push_back(*std::exchange(self.record, std::nullopt));
      return;
    }
    if (self.depth == 1 || self.is_list) self.add(self.field, std::exchange(self.field_text, {}));
    --self.depth;
    if (self.depth == 0) self.is_list = false;
  }

  static void characters(void* context, const xmlChar* text, int size) {
    auto& self = *static_cast<Reader*>(context);
    if (!self.record || self.depth == 0 || (self.depth > 1 && !self.is_list)) return;
    if (self.field_text.size() >= kMaxFieldBytes) return;
    self.field_text.append(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
  }

  static void note(void* context, xmlErrorPtr error) {
    auto& self = *static_cast<Reader*>(context);
    if (!self.damage.empty() || error == nullptr || error->message == nullptr || error->level < XML_ERR_ERROR)
      return;
    self.damage = fit::format("line {}: {}", error->line, read_line(error->message));
  }

  std::unique_ptr<TextInput> input;
  xmlParserCtxtPtr parser = nullptr;
  bool is_at_end = false;
  bool has_element = false;
  std::string damage;
  std::deque<XmlRecord> records;    // complete and not returned yet
  std::optional<XmlRecord> record;  // the current one
  int depth = 0;                    // of the current element in the record
  std::string field;                // the name of the current one
  std::string field_text;
  bool is_list = false;  // the current field is a list of images
};

XmlRecords::XmlRecords(std::unique_ptr<Reader> reader) : reader_(std::move(reader)) {}
XmlRecords::XmlRecords(XmlRecords&& other) noexcept = default;
XmlRecords::~XmlRecords() = default;

Result<XmlRecords> XmlRecords::open(std::unique_ptr<TextInput> input) {
  auto reader = std::make_unique<Reader>(std::move(input));
  if (reader->parser == nullptr) return internal("the XML cannot be read", "xmlCreatePushParserCtxt failed");
  return XmlRecords(std::move(reader));
}

std::uint64_t XmlRecords::size_bytes() const {
  return reader_->input->size_bytes();
}

std::string XmlRecords::damage() const {
  return reader_->damage;
}

Result<std::optional<XmlRecord>> XmlRecords::next() {
  Reader& reader = *reader_;
  while (reader.records.empty() && !reader.is_at_end && !reader.has_given_up())
    FIT_CHECK(reader.parse_chunk());
  if (!reader.records.empty()) {
    XmlRecord record = std::move(reader.records.front());
    reader.records.pop_front();
    record.end_offset = reader.input->position();
    return record;
  }
  if (!reader.has_given_up()) return std::nullopt;
  return malformed(
      "", reader.damage.empty() ? "the XML cannot be read" : "the XML cannot be read: " + reader.damage);
}

}  // namespace fit::ingest
