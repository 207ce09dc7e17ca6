#include "ingest/sources/source_image_fetcher.h"

#include "base/format.h"
#include "net/url.h"

namespace fit::ingest {
namespace {

ErrorCode code_of(FetchProblem problem) {
  switch (problem) {
    case FetchProblem::kRobots:
      return ErrorCode::kForbidden;
    case FetchProblem::kBlocked:
      return ErrorCode::kUnavailable;
    case FetchProblem::kTimeout:
      return ErrorCode::kDeadlineExceeded;
    case FetchProblem::kTooLarge:
      return ErrorCode::kTooLarge;
    case FetchProblem::kForbidden:
      return ErrorCode::kInvalid;
    default:
      return ErrorCode::kBadGateway;
  }
}

// Why a response has no image; nullopt: it has one, or says that the known one is unchanged.
std::optional<Error> trouble_with(const CrawlResponse& response, bool has_known) {
  if (response.failure) {
    const FetchProblem problem = response.failure->problem;
    return Error{code_of(problem),
                 problem == FetchProblem::kRobots ? "robots.txt disallows it" : response.failure->message,
                 {},
                 {}};
  }
  if (response.is_ok() || (response.status == 304 && has_known)) return std::nullopt;
  return Error{response.is_gone() ? ErrorCode::kNotFound : ErrorCode::kBadGateway,
               fit::format("the server responded with status {}", response.status),
               {},
               {}};
}

// Whether nothing was heard from the host, or a refusal.
bool is_fault_of_host(const std::optional<FetchFailure>& failure) {
  return failure &&
         (failure->problem == FetchProblem::kBlocked || failure->problem == FetchProblem::kTimeout ||
          failure->problem == FetchProblem::kUnreachable);
}

}  // namespace

std::string_view to_string(ImageRefusal refusal) {
  return refusal == ImageRefusal::kRobots ? to_string(FetchProblem::kRobots) : "budget";
}

Result<catalog::FetchedImage> SourceImageFetcher::fetch(std::string_view field, const std::string& url,
                                                        const net::HttpValidators& known,
                                                        std::uint64_t max_bytes,
                                                        const std::stop_token& stop) {
  const auto failed = [&](ErrorCode code, std::string message) {
    return Error{code, std::move(message), std::string(field), url};
  };
  const auto address = net::parse_url(url);
  if (!address) return failed(ErrorCode::kInvalid, "is no http or https URL");
  const std::string host = address->authority();
  const auto pass = crawler_.image_gate().enter(host, stop);
  if (!pass || stop.stop_requested()) return cancelled();
  if (bytes() >= options_.max_bytes) {
    note(url, known, ImageRefusal::kBudget);
    return failed(ErrorCode::kUnavailable, "the budget of the run is spent");
  }
  net::HostBreakers& breakers = crawler_.image_breakers();
  if (!breakers.allow(host)) {
    return failed(ErrorCode::kUnavailable,
                  "could not be fetched: its server has not responded several times");
  }
  RunBudget budget;
  FetchContext context{.budget = budget, .stop = stop};
  context.leases = options_.leases;
  context.requests_before = requests_.load();
  CrawlSession session(crawler_, settings_, context);
  catalog::FetchedImage image;
  CrawlRequest request{.url = url};
  request.etag = known.etag;
  request.last_modified = known.last_modified;
  request.max_bytes = max_bytes;
  request.begin = [&]() -> Result<void> {
    image.file.clear();
    return {};
  };
  request.sink = [&](ByteView piece) -> Result<void> {
    image.file.insert(image.file.end(), piece.begin(), piece.end());
    return {};
  };
  const auto response = session.get(request);
  bytes_ += session.bytes();
  requests_ += session.requests();
  if (!response) return response.error();
  if (is_fault_of_host(response->failure)) {
    breakers.failed(host);
  } else {
    breakers.responded(host);
  }
  if (auto trouble = trouble_with(*response, !known.is_empty())) {
    if (trouble->code == ErrorCode::kForbidden) note(url, known, ImageRefusal::kRobots);
    return failed(trouble->code, std::move(trouble->message));
  }
  image.is_unchanged = response->status == 304;
  image.validators = {.etag = response->etag, .last_modified = response->last_modified};
  return image;
}

std::optional<ImageRefusal> SourceImageFetcher::refusal_of(const std::string& url) const {
  const std::lock_guard lock(mutex_);
  const auto found = refused_.find(url);
  return found == refused_.end() ? std::nullopt : std::optional(found->second);
}

// An image that the item has stays, whatever is refused.
void SourceImageFetcher::note(const std::string& url, const net::HttpValidators& known,
                              ImageRefusal refusal) {
  if (!known.is_empty()) return;
  const std::lock_guard lock(mutex_);
  refused_.insert_or_assign(url, refusal);
}

}  // namespace fit::ingest
