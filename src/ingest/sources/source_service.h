#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/background_task.h"
#include "ingest/sources/source_worker.h"
#include "ingest/sources/sources.h"

namespace fit::ingest {

// The sources of one catalogue: their rows, their schedules and the work on them. Thread-safe, except start()
// and stop(), which are for the owner. Borrows its parts.
class SourceService {
 public:
  using Parts = SourceWorker::Parts;
  SourceService(Parts parts, SourceWorker::Options options);
  ~SourceService() { stop(); }
  SourceService(const SourceService&) = delete;
  SourceService& operator=(const SourceService&) = delete;

  // Starts to begin runs that are due. Processes beside each other may do so.
  void start();
  void stop() { task_.stop(); }

  Sources& sources() { return sources_; }
  // Returns the handlers for the workers of the queue.
  std::vector<jobs::Handler> handlers() { return worker_.handlers(); }

  // Sources::stop(), and cancels the jobs of the run.
  Result<RunRecord> stop_run(SourceId id);

  // Tests an address, as detect_source() says.
  Result<Detected> test(const std::string& address, const DetectOptions& options,
                        const std::stop_token& stop);

  // Stores what a person's browser shows, in the source of the page's host, which is added where there is
  // none.
  struct Captured {
    SourceRecord source;
    RunRecord run;
    std::vector<FetchedListing> listings;
  };
  // The errors of read_capture(), and of the database.
  Result<Captured> capture(const std::string& url, std::string_view html, std::string_view created_by);

 private:
  void look();
  // The first source whose address is on the host, or one of the kind kPush by the host's name.
  Result<SourceRecord> source_of_host(const std::string& host, std::string_view created_by);

  const Parts parts_;
  Sources sources_;
  SourceWorker worker_;
  BackgroundTask task_;  // the last member, so that it ends before what its work uses
};

}  // namespace fit::ingest
