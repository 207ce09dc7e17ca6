#pragma once

#include "base/json.h"
#include "style/feedback/feedback.h"

namespace fit::http {

// Feedback as the API writes it. Members that it does not have are left out.
Json feedback_json(const style::Feedback& feedback);

// Reads the body of POST /api/v1/feedback. kInvalid naming the member.
Result<style::NewFeedback> parse_feedback(const Json& body);

}  // namespace fit::http
