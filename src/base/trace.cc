#include "base/trace.h"

#include <algorithm>
#include <charconv>
#include <random>

#include "base/format.h"

namespace fit {

namespace detail {
constinit thread_local Work current_work;
}  // namespace detail

namespace {

using SystemClock = std::chrono::system_clock;

// Ids need to be unique, not secret.
std::uint64_t random_id() {
  thread_local std::mt19937_64 random = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  std::uint64_t id = 0;
  while (id == 0) id = random();
  return id;
}

// Reads `digits` lower-case hex digits; nullopt for others.
std::optional<std::uint64_t> hex_number(std::string_view text) {
  const bool is_hex =
      std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (!is_hex) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Whether a trace that begins with this id is recorded. Every process decides alike for one id and ratio.
bool is_chosen(std::uint64_t trace_low, double ratio) {
  constexpr double kIds = 9007199254740992.0;  // 2^53
  return static_cast<double>(trace_low >> 11U) < ratio * kIds;
}

}  // namespace

std::string TraceContext::trace_id() const {
  return has_trace() ? fit::format("{:016x}{:016x}", trace_high, trace_low) : std::string();
}

std::string TraceContext::span_id() const {
  return fit::format("{:016x}", span);
}

std::string TraceContext::traceparent() const {
  if (!has_trace()) return {};
  return fit::format("00-{:016x}{:016x}-{:016x}-{:02x}", trace_high, trace_low, span, is_sampled ? 1 : 0);
}

std::optional<TraceContext> TraceContext::parse(std::string_view traceparent) {
  constexpr std::size_t kSize = 55;  // of version 00: 00-TRACE-SPAN-FLAGS
  if (traceparent.size() < kSize || traceparent[2] != '-' || traceparent[35] != '-' ||
      traceparent[52] != '-') {
    return std::nullopt;
  }
  const auto version = hex_number(traceparent.substr(0, 2));
  const auto high = hex_number(traceparent.substr(3, 16));
  const auto low = hex_number(traceparent.substr(19, 16));
  const auto span = hex_number(traceparent.substr(36, 16));
  const auto flags = hex_number(traceparent.substr(53, 2));
  if (!version || !high || !low || !span || !flags || *version == 0xff) return std::nullopt;
  const bool has_more = traceparent.size() > kSize;
  if (has_more && (*version == 0 || traceparent[kSize] != '-')) return std::nullopt;
  const TraceContext context{
      .trace_high = *high, .trace_low = *low, .span = *span, .is_sampled = (*flags & 1U) != 0};
  if (!context.has_trace() || context.span == 0) return std::nullopt;
  return context;
}

void Span::begin(std::string_view name, SpanKind kind) {
  Work& work = detail::current_work;
  record_ = std::make_unique<SpanRecord>(SpanRecord{.context = work.trace,
                                                    .parent = work.trace.span,
                                                    .name = std::string(name),
                                                    .kind = kind,
                                                    .start = SystemClock::now(),
                                                    .end = {}});
  record_->context.span = work.trace.span = random_id();
}

void Span::end() {
  Work& work = detail::current_work;
  work.trace.span = record_->parent;
  record_->end = SystemClock::now();
  work.sink->take(std::move(*record_));
}

void Span::set(std::string_view name, SpanValue value) {
  if (record_) record_->attributes.emplace_back(name, std::move(value));
}

void Span::link(const TraceContext& other) {
  if (record_) record_->links.push_back(other);
}

void Span::fail(std::string error) {
  if (!record_) return;
  record_->has_failed = true;
  record_->error = std::move(error);
}

RootSpan Tracer::begin(std::string_view name, SpanKind kind, std::string_view traceparent) const {
  RootSpan root;
  if (sink_ == nullptr) return root;
  root.work_.sink = sink_;
  TraceContext& trace = root.work_.trace;
  std::uint64_t parent = 0;
  if (const auto given = TraceContext::parse(traceparent)) {
    trace = *given;
    parent = given->span;
  } else {
    trace.trace_high = random_id();
    trace.trace_low = random_id();
    trace.is_sampled = is_chosen(trace.trace_low, ratio_);
  }
  trace.span = random_id();
  if (!trace.is_sampled) return root;
  root.record_ = std::make_unique<SpanRecord>(SpanRecord{.context = trace,
                                                         .parent = parent,
                                                         .name = std::string(name),
                                                         .kind = kind,
                                                         .start = SystemClock::now(),
                                                         .end = {}});
  return root;
}

void RootSpan::name(std::string name) {
  if (record_) record_->name = std::move(name);
}

void RootSpan::set(std::string_view name, SpanValue value) {
  if (record_) record_->attributes.emplace_back(name, std::move(value));
}

void RootSpan::fail(std::string error) {
  if (!record_) return;
  record_->has_failed = true;
  record_->error = std::move(error);
}

void RootSpan::end() {
  if (!record_) return;
  record_->end = SystemClock::now();
  work_.sink->take(std::move(*record_));
  record_.reset();
}

}  // namespace fit
