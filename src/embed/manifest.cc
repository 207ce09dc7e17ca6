#include "embed/manifest.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/files.h"
#include "base/format.h"
#include "base/json.h"

namespace fit::embed {
namespace {

constexpr std::uint64_t kMaxManifest = 1 << 20;
constexpr int kMaxDimensions = 65536;
constexpr int kMaxSize = 4096;
constexpr int kMaxContext = 8192;
constexpr std::size_t kMaxFiles = 100;
constexpr std::size_t kMaxProperties = 100;
constexpr std::size_t kMaxValues = 10'000;
constexpr FileRole kRoles[] = {FileRole::kImageModel,      FileRole::kTextModel,
                               FileRole::kWeights,         FileRole::kTokenizerVocab,
                               FileRole::kTokenizerMerges, FileRole::kPropertyModel};

// Reads the keys of one JSON object and records them, so that reject_unknown_keys() can report the others.
// The first problem is stored in `error`; after it all functions return empty values.
class Reader {
 public:
  Reader(const Json& json, std::string where, std::optional<Error>& error)
      : json_(json), where_(std::move(where)), error_(error) {
    if (!json_.is_object()) fail("", "must be an object");
  }

  std::string text(const char* key, bool required = true) {
    const Json* value = find(key, required);
    if (value == nullptr) return {};
    if (!value->is_string()) return fail(key, "must be a text"), std::string();
    auto content = value->get<std::string>();
    if (required && content.empty()) fail(key, "must not be empty");
    return content;
  }

  int integer(const char* key, int least, int most) {
    const Json* value = find(key, true);
    if (value == nullptr) return least;
    if (!value->is_number_integer() || *value < least || *value > most) {
      return fail(key, fit::format("must be a whole number from {} to {}", least, most)), least;
    }
    return value->get<int>();
  }

  std::optional<std::uint64_t> size(const char* key) {
    const Json* value = find(key, false);
    if (value == nullptr || value->is_null()) return std::nullopt;
    if (!value->is_number_unsigned()) return fail(key, "must be a number of bytes or null"), std::nullopt;
    return value->get<std::uint64_t>();
  }

  std::string text_or_null(const char* key) {
    const Json* value = find(key, false);
    return value == nullptr || value->is_null() ? std::string() : text(key, false);
  }

  // Returns the position of the value among the choices.
  std::size_t choice(const char* key, std::initializer_list<std::string_view> choices) {
    const std::string value = text(key);
    const auto found = std::ranges::find(choices, value);
    if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
    std::string list;
    for (const std::string_view each : choices)
      list += fit::format("{}\"{}\"", list.empty() ? "" : " or ", each);
    fail(key, "must be " + list);
    return 0;
  }

  std::array<float, 3> three(const char* key, bool positive) {
    std::array<float, 3> numbers{};
    const Json* value = find(key, true);
    if (value == nullptr) return numbers;
    const auto bad = [&](const Json& n) {
      return !n.is_number() || std::abs(n.get<double>()) > 1000 || (positive && n.get<double>() <= 0);
    };
    if (!value->is_array() || value->size() != 3 || std::ranges::any_of(*value, bad)) {
      return fail(key, positive ? "must be three positive numbers" : "must be three numbers"), numbers;
    }
    for (std::size_t i = 0; i < 3; ++i) numbers[i] = (*value)[i].get<float>();
    return numbers;
  }

  // Returns a list of 1 to `most` elements of any type; null after a problem.
  const Json* list(const char* key, std::size_t most) {
    const Json* value = find(key, true);
    if (value == nullptr || (value->is_array() && !value->empty() && value->size() <= most)) return value;
    return fail(key, fit::format("must be a list of 1 to {}", most)), nullptr;
  }

  std::vector<std::string> texts(const char* key, std::size_t most) {
    const Json* values = list(key, most);
    if (values == nullptr) return {};
    const auto is_text = [](const Json& each) {
      return each.is_string() && !each.get<std::string>().empty();
    };
    if (std::ranges::all_of(*values, is_text)) return values->get<std::vector<std::string>>();
    return fail(key, "must be a list of texts"), std::vector<std::string>();
  }

  const Json* child(const char* key, bool required) { return find(key, required); }
  std::string where(const char* key) const { return where_.empty() ? key : where_ + "." + key; }

  void fail(const char* key, std::string message) {
    if (!error_) error_ = invalid(*key == '\0' ? where_ : where(key), std::move(message));
  }

  void reject_unknown_keys() {
    if (error_) return;
    for (const auto& [key, value] : json_.items()) {
      if (!seen_.contains(key)) return fail(key.c_str(), "is not a known key");
    }
  }

 private:
  const Json* find(const char* key, bool required) {
    seen_.insert(key);
    if (error_) return nullptr;
    const auto found = json_.find(key);
    if (found != json_.end()) return &*found;
    if (required) fail(key, "is missing");
    return nullptr;
  }

  const Json& json_;
  std::string where_;
  std::optional<Error>& error_;
  std::set<std::string> seen_;
};

bool is_inside_path(const std::string& path) {
  if (path.empty() || path.size() > 200 || path.starts_with('/') || path.find("//") != std::string::npos ||
      path.find('\\') != std::string::npos)
    return false;
  if (std::ranges::any_of(path, [](unsigned char c) { return c < 0x20 || c == 0x7f; })) return false;
  return std::ranges::none_of(std::filesystem::path(path),
                              [](const auto& part) { return part == ".." || part == "." || part.empty(); });
}

ModelFile read_file_entry(const Json& json, const std::string& where, std::optional<Error>& error) {
  Reader reader(json, where, error);
  ModelFile file;
  file.role = kRoles[reader.choice("role", {"image_model", "text_model", "weights", "tokenizer_vocab",
                                            "tokenizer_merges", "property_model"})];
  file.path = reader.text("path");
  if (!is_inside_path(file.path)) reader.fail("path", "must be a relative path inside the model's folder");
  file.url = reader.text("url", false);
  if (!file.url.empty() && !file.url.starts_with("https://") && !file.url.starts_with("http://")) {
    reader.fail("url", "must be an http or https URL");
  }
  file.sha256 = reader.text_or_null("sha256");
  if (!file.sha256.empty() &&
      (file.sha256.size() != 64 || file.sha256.find_first_not_of("0123456789abcdef") != std::string::npos)) {
    reader.fail("sha256", "must be 64 lower-case hex digits or null");
  }
  file.size_bytes = reader.size("size_bytes");
  reader.reject_unknown_keys();
  return file;
}

ImageTower read_image(const Json& json, std::optional<Error>& error) {
  Reader reader(json, "image", error);
  ImageTower tower;
  tower.input = reader.text("input");
  tower.output = reader.text("output");
  tower.size = reader.integer("size", 8, kMaxSize);
  tower.resize = reader.choice("resize", {"short_side_crop", "stretch"}) == 0 ? ResizeRule::kShortSideCrop
                                                                              : ResizeRule::kStretch;
  reader.choice("interpolation", {"bicubic"});
  reader.choice("layout", {"nchw"});
  tower.mean = reader.three("mean", false);
  tower.std = reader.three("std", true);
  reader.reject_unknown_keys();
  return tower;
}

TextTower read_text(const Json& json, std::optional<Error>& error) {
  Reader reader(json, "text", error);
  TextTower tower;
  tower.input_ids = reader.text("input_ids");
  tower.attention_mask = reader.text_or_null("attention_mask");
  tower.output = reader.text("output");
  tower.context_length = reader.integer("context_length", 2, kMaxContext);
  tower.tokenizer = reader.choice("tokenizer", {"clip_bpe", "phrases"}) == 0 ? TokenizerKind::kClipBpe
                                                                             : TokenizerKind::kPhrases;
  tower.pad_to_context = reader.choice("padding", {"context", "longest"}) == 0;
  tower.pad_id = reader.integer("pad_id", 0, 0x7fffffff);
  reader.reject_unknown_keys();
  return tower;
}

PropertyHead::Output read_property(const Json& json, const std::string& where, std::optional<Error>& error) {
  Reader reader(json, where, error);
  PropertyHead::Output output;
  output.property = reader.text("property");
  output.output = reader.text("output");
  output.values = reader.texts("values", kMaxValues);
  reader.reject_unknown_keys();
  return output;
}

PropertyHead read_properties(const Json& json, std::optional<Error>& error) {
  Reader reader(json, "properties", error);
  PropertyHead tower;
  tower.input = reader.text("input");
  if (const Json* outputs = reader.list("outputs", kMaxProperties)) {
    for (std::size_t i = 0; i < outputs->size() && !error; ++i) {
      tower.outputs.push_back(read_property((*outputs)[i], fit::format("properties.outputs[{}]", i), error));
    }
  }
  reader.reject_unknown_keys();
  return tower;
}

std::optional<RelevanceCurve> read_curve(Reader& reader, const char* key, std::optional<Error>& error) {
  const Json* const json = reader.child(key, false);
  if (json == nullptr || json->is_null() || error) return std::nullopt;
  std::vector<double> values;
  for (const Json& value : json->is_array() ? *json : Json::array()) {
    values.push_back(value.is_number() ? value.get<double>() : -1);
  }
  auto curve = RelevanceCurve::make(reader.where(key), std::move(values));
  if (curve) return *std::move(curve);
  error = std::move(curve).error();
  return std::nullopt;
}

Relevance read_relevance(const Json& json, std::optional<Error>& error) {
  Reader reader(json, "relevance", error);
  Relevance relevance{.photo = read_curve(reader, "photo", error),
                      .words = read_curve(reader, "words", error)};
  reader.reject_unknown_keys();
  return relevance;
}

void check_files(const Manifest& manifest, Reader& reader) {
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
  need(FileRole::kImageModel);
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

Result<Manifest> parse_manifest(std::string_view source, std::string_view text) {
  FIT_TRY(const Json json, parse_json(source, text));
  std::optional<Error> error;
  Reader reader(json, "", error);
  Manifest manifest;
  manifest.name = reader.text("name");
  manifest.space = reader.text("space");
  for (const auto& [key, value] : {std::pair{"name", &manifest.name}, {"space", &manifest.space}}) {
    if (!is_model_name(*value))
      reader.fail(key, "may hold lower-case letters, digits, '.', '_' and '-' only, 64 at most");
  }
  manifest.version = reader.text("version");
  manifest.licence = reader.text("licence");
  manifest.source = reader.text("source");
  manifest.note = reader.text("note", false);
  manifest.dimensions = reader.integer("dimensions", 1, kMaxDimensions);
  if (const Json* files = reader.list("files", kMaxFiles)) {
    for (std::size_t i = 0; i < files->size() && !error; ++i) {
      manifest.files.push_back(read_file_entry((*files)[i], fit::format("files[{}]", i), error));
    }
  }
  if (const Json* image = reader.child("image", true)) manifest.image = read_image(*image, error);
  const Json* text_tower = reader.child("text", false);
  if (text_tower != nullptr && !text_tower->is_null()) manifest.text = read_text(*text_tower, error);
  const Json* properties = reader.child("properties", false);
  if (properties != nullptr && !properties->is_null())
    manifest.properties = read_properties(*properties, error);
  const Json* relevance = reader.child("relevance", false);
  if (relevance != nullptr && !relevance->is_null()) manifest.relevance = read_relevance(*relevance, error);
  reader.reject_unknown_keys();
  if (!error) check_files(manifest, reader);
  if (error) {
    error->field = error->field.empty() ? std::string(source) : fit::format("{}: {}", source, error->field);
    return *std::move(error);
  }
  return manifest;
}

Result<Manifest> load_manifest(const std::filesystem::path& file) {
  FIT_TRY(const Bytes content, read_file(file, kMaxManifest));
  return parse_manifest(file.string(), as_text(content));
}

std::string to_json(const Manifest& manifest) {
  Json json;
  json["name"] = manifest.name;
  json["space"] = manifest.space;
  json["version"] = manifest.version;
  json["licence"] = manifest.licence;
  json["source"] = manifest.source;
  if (!manifest.note.empty()) json["note"] = manifest.note;
  json["dimensions"] = manifest.dimensions;
  for (const ModelFile& file : manifest.files) {
    Json entry;
    entry["role"] = to_string(file.role);
    entry["path"] = file.path;
    if (!file.url.empty()) entry["url"] = file.url;
    entry["sha256"] = file.sha256.empty() ? Json() : Json(file.sha256);
    entry["size_bytes"] = file.size_bytes ? Json(*file.size_bytes) : Json();
    json["files"].push_back(std::move(entry));
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
  if (manifest.relevance.photo) json["relevance"]["photo"] = manifest.relevance.photo->values();
  if (manifest.relevance.words) json["relevance"]["words"] = manifest.relevance.words->values();
  return dump_json(json, 2) + "\n";
}

}  // namespace fit::embed
