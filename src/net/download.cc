#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

#include "base/fd.h"
#include "base/files.h"
#include "base/format.h"
#include "net/client_state.h"

namespace fit::net {
namespace {

constexpr std::uint64_t kHeadway =
    1 << 20;  // an attempt that received this many bytes restarts the count of retries
constexpr std::uint64_t kMaxValidator = 4096;

// The digest in an entity tag (`"abc"` or `W/"abc"`) that is a SHA-256 in hex; empty for other tags.
std::string sha256_of_etag(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') etag = etag.substr(1, etag.size() - 2);
  std::string digest;
  for (const char c : etag) digest += static_cast<char>(c >= 'A' && c <= 'F' ? c + 32 : c);
  const bool hex = digest.find_first_not_of("0123456789abcdef") == std::string::npos;
  return hex && digest.size() == 64 ? digest : std::string();
}

// The validator for If-Range: a strong ETag, otherwise the time of the last change.
std::string validator_of(const ResponseHead& head) {
  std::string etag = head.header("etag");
  return !etag.empty() && !etag.starts_with("W/") ? etag : head.header("last-modified");
}

struct ContentRange {
  std::optional<std::uint64_t> first;
  std::optional<std::uint64_t> total;
};

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end == text.data()) return std::nullopt;
  return value;
}

// Reads a Content-Range header: "bytes 100-199/1000" or "bytes */1000".
ContentRange content_range_of(const ResponseHead& head) {
  std::string text = head.header("content-range");
  std::string_view rest = text;
  if (!rest.starts_with("bytes ")) return {};
  rest.remove_prefix(6);
  const auto slash = rest.find('/');
  return {number(rest.substr(0, rest.find('-'))),
          slash == std::string_view::npos ? std::nullopt : number(rest.substr(slash + 1))};
}

// A partially downloaded file, and a file beside it with the validator of the server's version.
class PartFile {
 public:
  explicit PartFile(std::filesystem::path path)
      : path_(std::move(path)), validator_path_(path_.string() + ".etag") {}

  Result<void> open() {
    fd_ = Fd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    if (!fd_) return from_errno("create " + path_.string(), errno);
    struct stat status{};
    if (::fstat(fd_.get(), &status) != 0) return from_errno("stat " + path_.string(), errno);
    size_ = S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
    if (size_ == 0) return {};
    if (const auto validator = read_file(validator_path_, kMaxValidator)) validator_ = as_text(*validator);
    if (validator_.empty()) return restart();
    if (::lseek(fd_.get(), 0, SEEK_END) < 0) return from_errno("seek " + path_.string(), errno);
    return {};
  }

  Result<void> restart() {
    if (size_ > 0 && ::ftruncate(fd_.get(), 0) != 0) return from_errno("truncate " + path_.string(), errno);
    if (size_ > 0 && ::lseek(fd_.get(), 0, SEEK_SET) < 0) return from_errno("seek " + path_.string(), errno);
    size_ = 0;
    return {};
  }

  Result<void> set_validator(const std::string& validator) {
    validator_ = validator;
    std::error_code ignored;
    if (validator.empty()) {
      std::filesystem::remove(validator_path_, ignored);
      return {};
    }
    return write_file_atomically(validator_path_, as_bytes(validator));
  }

  Result<void> append(ByteView piece) {
    FIT_CHECK(write_all(fd_.get(), piece, "write " + path_.string()));
    size_ += piece.size();
    return {};
  }

  Result<void> finish() {
    if (::fsync(fd_.get()) != 0 && errno != EINVAL) return from_errno("sync " + path_.string(), errno);
    std::error_code ignored;
    std::filesystem::remove(validator_path_, ignored);
    return {};
  }

  std::uint64_t size() const { return size_; }
  const std::string& validator() const { return validator_; }

 private:
  std::filesystem::path path_;
  std::filesystem::path validator_path_;
  Fd fd_;
  std::uint64_t size_ = 0;
  std::string validator_;
};

// One attempt after another at filling a PartFile.
class Downloading {
 public:
  Downloading(Transfers& transfers, const std::string& url, const HttpLimits& limits,
              const Progress& progress, PartFile& part)
      : transfers_(transfers), url_(url), limits_(limits), progress_(progress), part_(part) {}

  TransferOutcome attempt(bool& headway) {
    const std::uint64_t before = part_.size();
    TransferOutcome outcome = run();
    if (outcome.head.status == 416) {
      const auto total = content_range_of(outcome.head).total;
      if (total && *total == part_.size()) {
        outcome.error.reset();  // the part is already complete
      } else if (auto restarted = part_.restart(); !restarted) {
        outcome.error = std::move(restarted).error();
      } else {
        outcome = run();
      }
    }
    headway = part_.size() >= before + kHeadway;
    return outcome;
  }

 private:
  TransferOutcome run() {
    TransferRequest request{.field = "url", .url = url_, .limits = limits_, .limit_silence_only = true};
    if (part_.size() > 0) {
      request.headers = {fit::format("Range: bytes={}-", part_.size()), "If-Range: " + part_.validator()};
    }
    request.on_head = [this](const ResponseHead& head) { return begin(head); };
    request.on_body = [this](ByteView piece) { return take(piece); };
    return transfers_.run(request);
  }

  Error too_large() const {
    return Error{ErrorCode::kTooLarge, fit::format("is larger than {} bytes", limits_.max_bytes), "url",
                 url_};
  }

  Result<void> begin(const ResponseHead& head) {
    if (head.status == 206) {
      const ContentRange range = content_range_of(head);
      if (range.first != part_.size()) {
        return Error{ErrorCode::kBadGateway, "the server sent another part of the file than was requested",
                     "url", url_};
      }
      total_ = range.total.value_or(0);
    } else {
      FIT_CHECK(part_.restart());
      FIT_CHECK(part_.set_validator(validator_of(head)));
      total_ = head.content_length.value_or(0);
    }
    if (total_ > limits_.max_bytes) return too_large();
    return {};
  }

  Result<void> take(ByteView piece) {
    if (part_.size() + piece.size() > limits_.max_bytes) return too_large();
    FIT_CHECK(part_.append(piece));
    progress_(static_cast<std::int64_t>(part_.size()), static_cast<std::int64_t>(total_));
    return {};
  }

  Transfers& transfers_;
  const std::string& url_;
  const HttpLimits& limits_;
  const Progress& progress_;
  PartFile& part_;
  std::uint64_t total_ = 0;
};

}  // namespace

Result<HttpClient::Download> HttpClient::download(const std::string& url, const std::filesystem::path& path,
                                                  const HttpLimits& limits, const Progress& progress) {
  PartFile part(path);
  FIT_CHECK(part.open());
  Downloading downloading(state_->transfers, url, limits, progress, part);
  const TransferOutcome outcome =
      state_->transfers.run_with_retries(limits, [&](bool& headway) { return downloading.attempt(headway); });
  if (outcome.error) return *outcome.error;
  FIT_CHECK(part.finish());
  std::string digest = sha256_of_etag(outcome.head.linked_etag);
  if (digest.empty()) digest = sha256_of_etag(outcome.head.header("etag"));
  return Download{part.size(), std::move(digest)};
}

}  // namespace fit::net
