#include "ingest/import/decoded_file.h"

#include <algorithm>

namespace fit::ingest {
namespace {

struct Survey {
  text::Encoding encoding;
  bool has_line_feeds = false;
  bool has_returns = false;
};

Result<Survey> survey(const std::filesystem::path& path) {
  FIT_TRY(InputFile file, InputFile::open(path));
  text::EncodingDetector detector;
  Survey found;
  for (;;) {
    FIT_TRY(const bool more, file.grow());
    if (!more) break;
    const std::string_view window = file.window();
    detector.add(window);
    found.has_line_feeds = found.has_line_feeds || window.contains('\n');
    found.has_returns = found.has_returns || window.contains('\r');
    file.consume(window.size());
  }
  found.encoding = detector.finish();
  return found;
}

// Decodes a file. If `returns_end_lines`, carriage returns become line feeds.
class DecodedInput final : public TextInput {
 public:
  DecodedInput(InputFile file, text::Decoder decoder, bool returns_end_lines)
      : file_(std::move(file)), decoder_(std::move(decoder)), returns_end_lines_(returns_end_lines) {}

  std::string_view window() const override { return std::string_view(text_).substr(start_); }

  Result<bool> grow() override {
    text_.erase(0, start_);
    start_ = 0;
    if (is_done_) return false;
    FIT_TRY(const bool more, file_.grow());
    const std::size_t before = text_.size();
    const std::string_view bytes = file_.window();
    decoder_.decode(bytes, !more, text_);
    file_.consume(bytes.size());
    is_done_ = !more;
    decoded_ += text_.size() - before;
    if (returns_end_lines_)
      std::replace(text_.begin() + static_cast<std::ptrdiff_t>(before), text_.end(), '\r', '\n');
    return more || text_.size() > before;
  }

  void consume(std::size_t count) override {
    start_ += count;
    constexpr std::size_t kKeep = 1 << 20;
    if (start_ < text_.size()) return;
    text_.clear();
    start_ = 0;
    if (text_.capacity() > kKeep) text_.shrink_to_fit();
  }

  std::uint64_t position() const override {
    if (decoded_ == 0) return 0;
    const double left = static_cast<double>(text_.size() - start_) / static_cast<double>(decoded_);
    return static_cast<std::uint64_t>(static_cast<double>(file_.position()) * (1 - left));
  }
  std::uint64_t size_bytes() const override { return file_.size_bytes(); }

 private:
  InputFile file_;
  text::Decoder decoder_;
  const bool returns_end_lines_;
  std::string text_;
  std::size_t start_ = 0;  // where the window begins in text_
  std::uint64_t decoded_ = 0;
  bool is_done_ = false;
};

}  // namespace

Result<DecodedFile> open_decoded(const std::filesystem::path& path, const std::string& declared) {
  FIT_TRY(Survey found, survey(path));
  text::Encoding& encoding = found.encoding;
  if (!declared.empty() && encoding.is_guess && text::Decoder::open(declared)) {
    encoding.name = declared;
    encoding.is_guess = false;
  }
  FIT_TRY(InputFile file, InputFile::open(path));
  if (encoding.mark_bytes > 0) FIT_CHECK(file.grow());
  file.consume(std::min(encoding.mark_bytes, file.window().size()));
  const bool returns_end_lines = found.has_returns && !found.has_line_feeds;
  if (encoding.name == "UTF-8" && encoding.stray_bytes == 0 && !returns_end_lines) {
    return DecodedFile{std::make_unique<InputFile>(std::move(file)), std::move(encoding)};
  }
  FIT_TRY(text::Decoder decoder, text::Decoder::open(encoding.name));
  return DecodedFile{std::make_unique<DecodedInput>(std::move(file), std::move(decoder), returns_end_lines),
                     std::move(encoding)};
}

}  // namespace fit::ingest
