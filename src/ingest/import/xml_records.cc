#include "ingest/import/xml_records.h"

#include <libxml/xmlreader.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "base/format.h"
#include "base/text.h"
#include "ingest/import/cell_values.h"

namespace fit::ingest {
namespace {

constexpr std::array kRecordNames =
    std::to_array<std::string_view>({"item", "entry", "product", "offer", "listing", "article"});
// Elements that hold several images; their own name stands for what is inside.
constexpr std::array kImageLists =
    std::to_array<std::string_view>({"images", "pictures", "photos", "image_urls", "additional_images"});
constexpr std::size_t kMaxFields = 1000;
constexpr std::size_t kMaxFieldBytes = 1 << 20;

std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}

}  // namespace

struct XmlRecords::Reader {
  std::unique_ptr<TextInput> input;
  xmlTextReaderPtr handle = nullptr;
  std::optional<Error> error;  // of the input
  std::string damage;

  explicit Reader(std::unique_ptr<TextInput> source) : input(std::move(source)) {}
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() {
    if (handle != nullptr) xmlFreeTextReader(handle);
  }

  static int read(void* context, char* buffer, int size) {
    auto& self = *static_cast<Reader*>(context);
    if (self.input->window().empty()) {
      auto more = self.input->grow();
      if (!more) {
        self.error = std::move(more).error();
        return -1;
      }
    }
    const std::string_view window = self.input->window().substr(0, static_cast<std::size_t>(size));
    std::memcpy(buffer, window.data(), window.size());
    self.input->consume(window.size());
    return static_cast<int>(window.size());
  }

  static void note(void* context, xmlErrorPtr error) {
    auto& self = *static_cast<Reader*>(context);
    if (!self.damage.empty() || error == nullptr || error->message == nullptr || error->level < XML_ERR_ERROR)
      return;
    self.damage = fit::format("line {}: {}", error->line, read_line(error->message));
  }

  int step() const { return xmlTextReaderRead(handle); }
  int type() const { return xmlTextReaderNodeType(handle); }
  int depth() const { return xmlTextReaderDepth(handle); }
  std::string name() const { return normal_name(view(xmlTextReaderConstLocalName(handle))); }
  // Of the element where it stands; the parser is further on.
  std::int64_t line() const { return xmlGetLineNo(xmlTextReaderCurrentNode(handle)); }
  Error broken() const {
    if (error) return *error;
    return malformed("", damage.empty() ? "the XML cannot be read" : "the XML cannot be read: " + damage);
  }
};

XmlRecords::XmlRecords(std::unique_ptr<Reader> reader) : reader_(std::move(reader)) {}
XmlRecords::XmlRecords(XmlRecords&& other) noexcept = default;
XmlRecords::~XmlRecords() = default;

Result<XmlRecords> XmlRecords::open(std::unique_ptr<TextInput> input) {
  auto reader = std::make_unique<Reader>(std::move(input));
  constexpr int kOptions = XML_PARSE_NONET | XML_PARSE_RECOVER | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
  reader->handle = xmlReaderForIO(&Reader::read, nullptr, reader.get(), nullptr, "UTF-8", kOptions);
  if (reader->handle == nullptr) return internal("the XML cannot be read", "xmlReaderForIO failed");
  xmlTextReaderSetStructuredErrorHandler(reader->handle, &Reader::note, reader.get());
  return XmlRecords(std::move(reader));
}

std::uint64_t XmlRecords::size_bytes() const {
  return reader_->input->size_bytes();
}

std::string XmlRecords::damage() const {
  return reader_->damage;
}

Result<std::optional<XmlRecord>> XmlRecords::next() {
  for (;;) {
    const int step = reader_->step();
    if (step == 0) return std::nullopt;
    if (step < 0) return reader_->broken();
    if (reader_->type() != XML_READER_TYPE_ELEMENT || !std::ranges::contains(kRecordNames, reader_->name()))
      continue;
    XmlRecord record;
    record.line = reader_->line();
    FIT_CHECK(read_record(record));
    record.end_offset = reader_->input->position();
    return record;
  }
}

// Reads on to the end of the record's element, where the reader stands.
Result<void> XmlRecords::read_record(XmlRecord& record) {
  const int top = reader_->depth();
  const bool is_empty = xmlTextReaderIsEmptyElement(reader_->handle) == 1;
  const auto add = [&](std::string name, std::string_view text) {
    if (record.fields.size() < kMaxFields && !trim_marks(text).empty())
      record.fields.emplace_back(std::move(name), text);
  };
  while (xmlTextReaderMoveToNextAttribute(reader_->handle) == 1) {
    add(reader_->name(), view(xmlTextReaderConstValue(reader_->handle)));
  }
  xmlTextReaderMoveToElement(reader_->handle);
  if (is_empty) return {};
  std::string name;  // of the field that is being read; empty between fields
  std::string text;
  bool is_list = false;  // inside a list of images
  for (;;) {
    const int step = reader_->step();
    if (step < 0) return reader_->broken();
    if (step == 0) return {};
    const int depth = reader_->depth() - top;
    switch (reader_->type()) {
      case XML_READER_TYPE_ELEMENT: {
        const bool has_no_content = xmlTextReaderIsEmptyElement(reader_->handle) == 1;
        if (depth == 1) {
          name = reader_->name();
          text.clear();
          is_list = std::ranges::contains(kImageLists, name);
        } else if (is_list) {
          text.clear();
        }
        // <link href="..."/>, <enclosure url="..."/>
        for (const char* attribute : {"href", "url", "src"}) {
          xmlChar* const value =
              xmlTextReaderGetAttribute(reader_->handle, reinterpret_cast<const xmlChar*>(attribute));
          if (value != nullptr && (depth == 1 || is_list))
            add(name == "enclosure" ? "image" : name, view(value));
          xmlFree(value);
        }
        if (has_no_content && depth == 1) name.clear();
        break;
      }
      case XML_READER_TYPE_TEXT:
      case XML_READER_TYPE_CDATA:
      case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
        if ((depth == 2 || is_list) && text.size() < kMaxFieldBytes)
          text += view(xmlTextReaderConstValue(reader_->handle));
        break;
      case XML_READER_TYPE_END_ELEMENT:
        if (depth == 0) return {};
        if (depth == 1 || is_list) {
          if (!name.empty()) add(name, text);
          text.clear();
        }
        if (depth == 1) {
          name.clear();
          is_list = false;
        }
        break;
      default:
        break;
    }
  }
}

}  // namespace fit::ingest
