#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace fit {

// The place of a span in a trace, as W3C Trace Context passes it from process to process.
struct TraceContext {
  std::uint64_t trace_high = 0;  // the two halves of the trace's id, which is not 0
  std::uint64_t trace_low = 0;
  std::uint64_t span = 0;   // 0: the trace has no span yet
  bool is_sampled = false;  // whether the spans of the trace are recorded

  bool has_trace() const { return (trace_high | trace_low) != 0; }
  std::string trace_id() const;     // 32 hex digits; empty without a trace
  std::string span_id() const;      // 16 hex digits
  std::string traceparent() const;  // the header's value; empty without a trace

  // nullopt for a text that is no valid traceparent. Later versions are read as the first one.
  static std::optional<TraceContext> parse(std::string_view traceparent);

  friend bool operator==(const TraceContext&, const TraceContext&) = default;
};

// The role of a span, numbered as in OTLP.
enum class SpanKind : std::uint8_t { kInternal = 1, kServer = 2, kClient = 3, kProducer = 4, kConsumer = 5 };

using SpanValue = std::variant<std::string, std::int64_t, double, bool>;

// A span that has ended.
struct SpanRecord {
  TraceContext context;      // its own place
  std::uint64_t parent = 0;  // the span above it; 0: none
  std::string name;
  SpanKind kind = SpanKind::kInternal;
  std::chrono::system_clock::time_point start;
  std::chrono::system_clock::time_point end;
  std::vector<std::pair<std::string, SpanValue>> attributes = {};
  std::vector<TraceContext> links = {};  // spans of other requests that it worked for, too
  bool has_failed = false;
  std::string error = {};  // why it failed
};

// Takes the spans that are recorded. Thread-safe; does not block.
class SpanSink {
 public:
  virtual ~SpanSink() = default;
  virtual void take(SpanRecord record) = 0;
};

// What a thread is working for.
struct Work {
  SpanSink* sink = nullptr;  // null: nothing is traced
  TraceContext trace = {};
  std::string_view request_id = {};  // of the request; empty: none

  bool is_recorded() const { return sink != nullptr && trace.is_sampled; }
};

namespace detail {
extern constinit thread_local Work current_work;
}  // namespace detail

// What the calling thread is working for. A thread begins with nothing.
inline const Work& current_work() {
  return detail::current_work;
}

// Says what the calling thread works for until the end of the scope. The texts of `work` must outlive it.
class WorkScope {
 public:
  explicit WorkScope(const Work& work) : before_(std::exchange(detail::current_work, work)) {}
  WorkScope(const WorkScope&) = delete;
  WorkScope& operator=(const WorkScope&) = delete;
  ~WorkScope() { detail::current_work = before_; }

 private:
  const Work before_;
};

// A step of what the calling thread works for, from its construction to its destruction: a span below the one
// that is open. It costs next to nothing where the work is not recorded. For one thread; scopes are nested.
class Span {
 public:
  explicit Span(std::string_view name, SpanKind kind = SpanKind::kInternal) {
    if (current_work().is_recorded()) begin(name, kind);
  }
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;
  ~Span() {
    if (record_) end();
  }

  // False: set() and the others have no effect, and their arguments need not be computed.
  bool is_recorded() const { return record_ != nullptr; }
  void set(std::string_view name, SpanValue value);
  void link(const TraceContext& other);
  void fail(std::string error);

 private:
  void begin(std::string_view name, SpanKind kind);
  void end();

  std::unique_ptr<SpanRecord> record_;  // null: nothing is recorded
};

// The first span of a request or a job in this process. It is open while its work moves from thread to
// thread. For one thread at a time.
class RootSpan {
 public:
  RootSpan() = default;  // of work that is not traced

  // The place of the work: for WorkScope, on each thread that does a part of it.
  const Work& work() const { return work_; }
  Work& work() { return work_; }
  void name(std::string name);
  void set(std::string_view name, SpanValue value);
  void fail(std::string error);
  // Gives the span to the sink. Later calls do nothing.
  void end();

 private:
  friend class Tracer;
  Work work_;
  std::unique_ptr<SpanRecord> record_;  // null: nothing is recorded
};

// Begins traces. Copies are equal. Thread-safe; does not block.
class Tracer {
 public:
  Tracer() = default;  // nothing is traced
  // Records the part `ratio` (0 to 1) of the traces that begin here. A trace that another process began is
  // recorded if that process records it. `sink` must outlive the spans.
  Tracer(SpanSink& sink, double ratio) : sink_(&sink), ratio_(ratio) {}

  bool is_on() const { return sink_ != nullptr; }

  // Begins the span of a piece of work that came with `traceparent`, or with none. `kind` is its role.
  RootSpan begin(std::string_view name, SpanKind kind, std::string_view traceparent) const;

 private:
  SpanSink* sink_ = nullptr;
  double ratio_ = 0;
};

}  // namespace fit
