#include "base/trace.h"

#include <gtest/gtest.h>

#include <mutex>

#include "base/test_spans.h"

namespace fit {
namespace {

constexpr std::string_view kParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(TraceContext, IsReadAndWritten) {
  const auto context = TraceContext::parse(kParent);
  ASSERT_TRUE(context);
  EXPECT_TRUE(context->is_sampled);
  EXPECT_EQ(context->trace_id(), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(context->span_id(), "b7ad6b7169203331");
  EXPECT_EQ(context->traceparent(), kParent);
  // A later version may have more at the end.
  EXPECT_EQ(
      TraceContext::parse("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00-more")->traceparent(),
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");
}

TEST(TraceContext, RefusesWhatIsNoTraceparent) {
  for (const std::string_view text : {"", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                                      "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                      "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                                      "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                                      "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                                      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
                                      "00-0af7651916cd43dd8448eb211c8031 c-b7ad6b7169203331-01"}) {
    EXPECT_FALSE(TraceContext::parse(text)) << text;
  }
}

TEST(Tracer, SpansAreNestedBelowTheCaller) {
  KeptSpans spans;
  RootSpan root = Tracer(spans, 0).begin("request", SpanKind::kServer, kParent);  // the caller records it
  root.work().request_id = "r1";
  {
    const WorkScope scope(root.work());
    EXPECT_EQ(current_work().request_id, "r1");
    Span outer("outer");
    Span inner("inner", SpanKind::kClient);
    inner.set("n", std::int64_t{3});
    inner.fail("broken");
  }
  EXPECT_FALSE(current_work().trace.has_trace());
  root.name("GET /x");
  root.end();
  root.end();
  ASSERT_EQ(spans.records.size(), 3U);
  const auto& [inner, outer, request] = std::tie(spans.records[0], spans.records[1], spans.records[2]);
  EXPECT_EQ(request.name, "GET /x");
  EXPECT_EQ(request.parent, 0xb7ad6b7169203331U);
  EXPECT_EQ(request.context.trace_id(), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(outer.parent, request.context.span);
  EXPECT_EQ(inner.parent, outer.context.span);
  EXPECT_EQ(inner.kind, SpanKind::kClient);
  EXPECT_TRUE(inner.has_failed);
  EXPECT_LE(outer.start, outer.end);
}

TEST(Tracer, RecordsTheAskedShareOfTracesThatBeginHere) {
  KeptSpans spans;
  const Tracer tracer(spans, 0.25);
  for (int i = 0; i < 2000; ++i) {
    RootSpan root = tracer.begin("request", SpanKind::kServer, i % 2 == 0 ? "" : "not a traceparent");
    EXPECT_TRUE(root.work().trace.has_trace());
    const WorkScope scope(root.work());
    EXPECT_EQ(Span("step").is_recorded(), root.work().trace.is_sampled);
    root.end();
  }
  EXPECT_GT(spans.records.size(), 2 * 400U);
  EXPECT_LT(spans.records.size(), 2 * 600U);
  RootSpan refused =
      tracer.begin("request", SpanKind::kServer, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");
  EXPECT_FALSE(refused.work().is_recorded());
}

TEST(Tracer, NothingIsTracedWithoutASink) {
  RootSpan root = Tracer().begin("request", SpanKind::kServer, kParent);
  EXPECT_FALSE(root.work().trace.has_trace());
  const WorkScope scope(root.work());
  EXPECT_FALSE(Span("step").is_recorded());
  EXPECT_EQ(root.work().trace.traceparent(), "");
  root.end();
}

}  // namespace
}  // namespace fit
