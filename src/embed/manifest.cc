#include "embed/manifest.h"

#include <algorithm>
#include <set>

#include "base/files.h"
#include "base/format.h"
#include "base/json_reader.h"
#include "embed/manifest_parts.h"

namespace fit::embed {
namespace {

constexpr std::uint64_t kMaxManifest = 1 << 20;
constexpr int kMaxDimensions = 65536;
constexpr int kMaxSize = 4096;
constexpr int kMaxContext = 8192;
constexpr std::size_t kMaxFiles = 100;
constexpr std::size_t kMaxProperties = 100;
constexpr std::size_t kMaxValues = 10'000;
constexpr std::size_t kMaxClasses = 100;
constexpr FileRole kRoles[] = {
    FileRole::kImageModel,      FileRole::kTextModel,     FileRole::kWeights,       FileRole::kTokenizerVocab,
    FileRole::kTokenizerMerges, FileRole::kPropertyModel, FileRole::kContentFilter, FileRole::kDetector};

bool is_inside_path(const std::string& path) {
  if (path.empty() || path.size() > 200 || path.starts_with('/') || path.find("//") != std::string::npos ||
      path.find('\\') != std::string::npos)
    return false;
  if (std::ranges::any_of(path, [](unsigned char c) { return c < 0x20 || c == 0x7f; })) return false;
  return std::ranges::none_of(std::filesystem::path(path),
                              [](const auto& part) { return part == ".." || part == "." || part.empty(); });
}

// Everything but the role.
void read_file_members(JsonReader& reader, const char* path, ModelFile& file) {
  file.path = reader.text(path);
  if (!is_inside_path(file.path)) reader.fail(path, "must be a relative path inside the model's folder");
  file.url = reader.optional_text("url");
  if (!file.url.empty() && !file.url.starts_with("https://") && !file.url.starts_with("http://")) {
    reader.fail("url", "must be an http or https URL");
  }
  file.sha256 = reader.optional_text("sha256");
  if (!file.sha256.empty() &&
      (file.sha256.size() != 64 || file.sha256.find_first_not_of("0123456789abcdef") != std::string::npos)) {
    reader.fail("sha256", "must be 64 lower-case hex digits or null");
  }
  file.size_bytes = reader.optional_count("size_bytes");
}

ModelFile read_file_entry(JsonReader reader) {
  ModelFile file;
  file.role =
      kRoles[reader.choice("role", {"image_model", "text_model", "weights", "tokenizer_vocab",
                                    "tokenizer_merges", "property_model", "content_filter", "detector"})];
  read_file_members(reader, "path", file);
  reader.reject_unknown_keys();
  return file;
}

ImageTower read_image(JsonReader reader) {
  ImageTower tower;
  tower.input = reader.text("input");
  tower.output = reader.text("output");
  tower.size = static_cast<int>(reader.integer("size", 8, kMaxSize));
  tower.resize = reader.choice("resize", {"short_side_crop", "stretch"}) == 0 ? ResizeRule::kShortSideCrop
                                                                              : ResizeRule::kStretch;
  reader.choice("interpolation", {"bicubic"});
  reader.choice("layout", {"nchw"});
  tower.mean = three_numbers(reader, "mean", false);
  tower.std = three_numbers(reader, "std", true);
  reader.reject_unknown_keys();
  return tower;
}

TextTower read_text(JsonReader reader) {
  TextTower tower;
  tower.input_ids = reader.text("input_ids");
  tower.attention_mask = reader.optional_text("attention_mask");
  tower.output = reader.text("output");
  tower.context_length = static_cast<int>(reader.integer("context_length", 2, kMaxContext));
  tower.tokenizer = reader.choice("tokenizer", {"clip_bpe", "phrases"}) == 0 ? TokenizerKind::kClipBpe
                                                                             : TokenizerKind::kPhrases;
  tower.pad_to_context = reader.choice("padding", {"context", "longest"}) == 0;
  tower.pad_id = static_cast<int>(reader.integer("pad_id", 0, 0x7fffffff));
  reader.reject_unknown_keys();
  return tower;
}

PropertyHead::Output read_property(JsonReader reader) {
  PropertyHead::Output output;
  output.property = reader.text("property");
  output.output = reader.text("output");
  output.values = reader.texts("values", kMaxValues);
  reader.reject_unknown_keys();
  return output;
}

PropertyHead read_properties(JsonReader reader) {
  PropertyHead tower;
  tower.input = reader.text("input");
  for (const JsonReader& output : reader.objects("outputs", kMaxProperties)) {
    tower.outputs.push_back(read_property(output));
  }
  reader.reject_unknown_keys();
  return tower;
}

ContentHead read_content_filter(JsonReader reader) {
  ContentHead head{.classes = reader.texts("classes", kMaxClasses)};
  const auto is_bad = [](const std::string& name) { return !is_model_name(name); };
  if (head.classes.empty() || std::ranges::any_of(head.classes, is_bad)) {
    reader.fail("classes", "must be names of lower-case letters, digits, '.', '_' and '-'");
  }
  reader.reject_unknown_keys();
  return head;
}

std::optional<RelevanceCurve> read_curve(JsonReader& reader, const char* key) {
  const Json* const json = reader.find(key);
  if (json == nullptr) return std::nullopt;
  std::vector<double> values;
  for (const Json& value : json->is_array() ? *json : Json::array()) {
    values.push_back(value.is_number() ? value.get<double>() : -1);
  }
  auto curve = RelevanceCurve::make(reader.path(key), std::move(values));
  if (curve) return *std::move(curve);
  reader.fail(key, curve.error().message);
  return std::nullopt;
}

Relevance read_relevance(JsonReader reader) {
  Relevance relevance{.photo = read_curve(reader, "photo"), .words = read_curve(reader, "words")};
  reader.reject_unknown_keys();
  return relevance;
}

void check_files(const Manifest& manifest, JsonReader& reader) {
  std::set<std::string> paths;
  for (const ModelFile& file : manifest.files) {
    if (!paths.insert(file.path).second)
      reader.fail("files", fit::format("names the path '{}' twice", file.path));
    const bool reserved =
        file.path == "manifest.json" || file.path == "lock.json" || file.path == ".pull.lock";
    if (reserved) reader.fail("files", fit::format("must not name the file '{}'", file.path));
  }
  const auto need = [&](FileRole role) {
    if (manifest.file(role) == nullptr)
      reader.fail("files", fit::format("has no file with the role '{}'", to_string(role)));
  };
  need(manifest.detector         ? FileRole::kDetector
       : manifest.content_filter ? FileRole::kContentFilter
                                 : FileRole::kImageModel);
  if (manifest.properties) need(FileRole::kPropertyModel);
  if (!manifest.text) return;
  need(FileRole::kTextModel);
  need(FileRole::kTokenizerVocab);
  if (manifest.text->tokenizer == TokenizerKind::kClipBpe) need(FileRole::kTokenizerMerges);
}

}  // namespace

std::string_view to_string(FileRole role) {
  switch (role) {
    case FileRole::kImageModel:
      return "image_model";
    case FileRole::kTextModel:
      return "text_model";
    case FileRole::kWeights:
      return "weights";
    case FileRole::kTokenizerVocab:
      return "tokenizer_vocab";
    case FileRole::kTokenizerMerges:
      return "tokenizer_merges";
    case FileRole::kPropertyModel:
      return "property_model";
    case FileRole::kContentFilter:
      return "content_filter";
    case FileRole::kDetector:
      return "detector";
  }
  return "";
}

const ModelFile* Manifest::file(FileRole role) const {
  const auto found = std::ranges::find(files, role, &ModelFile::role);
  return found == files.end() ? nullptr : &*found;
}

std::uint64_t Manifest::known_size_bytes() const {
  std::uint64_t sum = 0;
  for (const ModelFile& each : files) sum += each.size_bytes.value_or(0);
  return sum;
}

Space Manifest::vector_space() const {
  return {space, name, version, dimensions, text.has_value(), relevance};
}

bool is_model_name(std::string_view name) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= 64 && plain(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return plain(c) || c == '.' || c == '_' || c == '-'; });
}

namespace {

// The files of a detector may be stated as one `file` with its `sha256` and `size_bytes`.
std::vector<ModelFile> read_files(JsonReader& reader, bool is_detector) {
  std::vector<ModelFile> files;
  if (is_detector && reader.find("file") != nullptr) {
    ModelFile& file = files.emplace_back();
    file.role = FileRole::kDetector;
    read_file_members(reader, "file", file);
    return files;
  }
  for (const JsonReader& file : reader.objects("files", kMaxFiles)) files.push_back(read_file_entry(file));
  return files;
}

// What a model with vectors has besides its files.
void read_towers(JsonReader& reader, Manifest& manifest) {
  manifest.image = read_image(reader.object("image"));
  if (auto text_tower = reader.optional_object("text")) manifest.text = read_text(*text_tower);
  if (auto properties = reader.optional_object("properties")) {
    manifest.properties = read_properties(*properties);
  }
  if (auto relevance = reader.optional_object("relevance")) manifest.relevance = read_relevance(*relevance);
}

void read_head(JsonReader& reader, Manifest& manifest) {
  if (reader.find("role") != nullptr) {
    reader.choice("role", {"detector"});
    manifest.detector = read_detector(reader);
  } else if (auto filter = reader.optional_object("content_filter")) {
    manifest.content_filter = read_content_filter(*filter);
  }
  manifest.space = manifest.has_vectors() ? reader.text("space") : manifest.name;
  manifest.dimensions = manifest.detector ? static_cast<int>(manifest.detector->labels.size())
                        : manifest.content_filter
                            ? static_cast<int>(manifest.content_filter->classes.size())
                            : static_cast<int>(reader.integer("dimensions", 1, kMaxDimensions));
}

}  // namespace

Result<Manifest> parse_manifest(std::string_view source, std::string_view text) {
  FIT_TRY(const Json json, parse_json(source, text));
  JsonReader reader(json);
  Manifest manifest;
  manifest.name = reader.text("name");
  read_head(reader, manifest);
  for (const auto& [key, value] : {std::pair{"name", &manifest.name}, {"space", &manifest.space}}) {
    if (!is_model_name(*value))
      reader.fail(key, "may hold lower-case letters, digits, '.', '_' and '-' only, 64 at most");
  }
  manifest.version = reader.text("version");
  manifest.licence = reader.text("licence");
  manifest.source = reader.text("source");
  manifest.note = reader.optional_text("note");
  manifest.files = read_files(reader, manifest.detector.has_value());
  if (!manifest.detector) read_towers(reader, manifest);
  reader.reject_unknown_keys();
  if (reader.ok()) check_files(manifest, reader);
  if (auto read = reader.finish(); !read) {
    Error error = read.error();
    error.field = error.field.empty() ? std::string(source) : fit::format("{}: {}", source, error.field);
    return error;
  }
  return manifest;
}

Result<Manifest> load_manifest(const std::filesystem::path& file) {
  FIT_TRY(const Bytes content, read_file(file, kMaxManifest));
  return parse_manifest(file.string(), as_text(content));
}

std::string to_json(const Manifest& manifest) {
  Json json;
  if (manifest.detector) json["role"] = "detector";
  json["name"] = manifest.name;
  if (manifest.has_vectors()) json["space"] = manifest.space;
  json["version"] = manifest.version;
  json["licence"] = manifest.licence;
  json["source"] = manifest.source;
  if (!manifest.note.empty()) json["note"] = manifest.note;
  if (manifest.has_vectors()) json["dimensions"] = manifest.dimensions;
  for (const ModelFile& file : manifest.files) {
    Json entry;
    entry["role"] = to_string(file.role);
    entry["path"] = file.path;
    if (!file.url.empty()) entry["url"] = file.url;
    entry["sha256"] = file.sha256.empty() ? Json() : Json(file.sha256);
    entry["size_bytes"] = file.size_bytes ? Json(*file.size_bytes) : Json();
    json["files"].push_back(std::move(entry));
  }
  if (manifest.detector) {
    write_detector(*manifest.detector, json);
    return dump_json(json, 2) + "\n";
  }
  json["image"] = {{"input", manifest.image.input},
                   {"output", manifest.image.output},
                   {"size", manifest.image.size},
                   {"resize", manifest.image.resize == ResizeRule::kStretch ? "stretch" : "short_side_crop"},
                   {"interpolation", "bicubic"},
                   {"layout", "nchw"},
                   {"mean", manifest.image.mean},
                   {"std", manifest.image.std}};
  if (manifest.text) {
    const TextTower& text = *manifest.text;
    json["text"] = {{"input_ids", text.input_ids},
                    {"attention_mask", text.attention_mask.empty() ? Json() : Json(text.attention_mask)},
                    {"output", text.output},
                    {"context_length", text.context_length},
                    {"tokenizer", text.tokenizer == TokenizerKind::kPhrases ? "phrases" : "clip_bpe"},
                    {"padding", text.pad_to_context ? "context" : "longest"},
                    {"pad_id", text.pad_id}};
  }
  if (manifest.properties) {
    Json& properties = json["properties"] = {{"input", manifest.properties->input}};
    for (const PropertyHead::Output& each : manifest.properties->outputs) {
      properties["outputs"].push_back(
          {{"property", each.property}, {"output", each.output}, {"values", each.values}});
    }
  }
  if (manifest.content_filter) json["content_filter"] = {{"classes", manifest.content_filter->classes}};
  if (manifest.relevance.photo) json["relevance"]["photo"] = manifest.relevance.photo->values();
  if (manifest.relevance.words) json["relevance"]["words"] = manifest.relevance.words->values();
  return dump_json(json, 2) + "\n";
}

}  // namespace fit::embed
