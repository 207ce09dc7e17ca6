#include "embed/caption.h"

#include <algorithm>

#include "base/format.h"
#include "base/text.h"
#include "embed/caption_prompt.h"

namespace fit::embed {
namespace {

// The JSON within ```json and ```, or the text itself.
std::string_view without_fence(std::string_view text) {
  constexpr std::string_view kFence = "```";
  text = trim(text);
  if (!text.starts_with(kFence) || !text.ends_with(kFence) || text.size() < 2 * kFence.size()) return text;
  text.remove_suffix(kFence.size());
  const std::size_t line_end = text.find('\n');
  return line_end == std::string_view::npos ? std::string_view() : trim(text.substr(line_end));
}

// A text of the answer on one line.
Result<std::string> caption_text(const Json& value, std::string_view name, std::size_t most) {
  if (!value.is_string()) return unusable_caption(fit::format("{} is no text", name));
  std::string text = value.get<std::string>();
  std::ranges::replace_if(text, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  text = trim(text);
  if (text.size() > most) return unusable_caption(fit::format("{} has {} bytes", name, text.size()));
  const bool is_plain =
      std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
  if (!is_plain) return unusable_caption(fit::format("{} has control characters", name));
  return text;
}

Result<std::string> caption_member(const Json& object, const std::string& name, std::size_t most) {
  const auto found = object.find(name);
  if (found == object.end()) return unusable_caption(name + " is missing");
  return caption_text(*found, name, most);
}

Result<void> read_tags(const Json& object, Caption& caption) {
  const auto tags = object.find("tags");
  if (tags == object.end() || !tags->is_array()) return unusable_caption("tags is no list");
  if (tags->size() > kMaxCaptionTags) return unusable_caption(fit::format("{} tags", tags->size()));
  for (const Json& tag : *tags) {
    FIT_TRY(std::string text, caption_text(tag, "a tag", kMaxCaptionTagBytes));
    if (!text.empty()) caption.tags.push_back(std::move(text));
  }
  return {};
}

}  // namespace

Result<Caption> read_caption(std::string_view text, const std::vector<CaptionField>& fields) {
  FIT_TRY(const Json object, caption_response(without_fence(text)));
  Caption caption;
  FIT_TRY(caption.title, caption_member(object, "title", kMaxCaptionTitleBytes));
  if (caption.title.empty()) return unusable_caption("the title is empty");
  FIT_TRY(caption.description, caption_member(object, "description", kMaxCaptionDescriptionBytes));
  for (const CaptionField& field : fields) {
    FIT_TRY(std::string value, caption_member(object, field.name, kMaxCaptionValueBytes));
    if (!value.empty() && value != kUnknownValue) caption.values.push_back({field.name, std::move(value)});
  }
  FIT_CHECK(read_tags(object, caption));
  const auto confidence = object.find("confidence");
  if (confidence == object.end() || !confidence->is_number()) {
    return unusable_caption("confidence is no number");
  }
  const auto number = confidence->get<double>();
  if (!(number >= 0 && number <= 1)) return unusable_caption("confidence is not from 0 to 1");
  caption.confidence = static_cast<float>(number);
  return caption;
}

}  // namespace fit::embed
