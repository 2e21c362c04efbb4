// Errors as problem+json, and back.
#include "api/problem.h"

#include <gtest/gtest.h>

namespace sightline::api {
namespace {

TEST(Problem, EveryCodeHasTheStatusOfTheContract) {
  const std::pair<ErrorCode, int> cases[] = {
      {ErrorCode::kInvalidArgument, 400}, {ErrorCode::kUnacceptable, 422},
      {ErrorCode::kUnauthenticated, 401}, {ErrorCode::kPermissionDenied, 403},
      {ErrorCode::kNotFound, 404},        {ErrorCode::kConflict, 409},
      {ErrorCode::kTooLarge, 413},        {ErrorCode::kUnsupportedMedia, 415},
      {ErrorCode::kTooManyRequests, 429}, {ErrorCode::kUnavailable, 503},
      {ErrorCode::kCancelled, 503},       {ErrorCode::kNoSpace, 507},
      {ErrorCode::kCorruption, 500},      {ErrorCode::kIo, 500},
      {ErrorCode::kInternal, 500}};
  for (const auto& [code, status] : cases) {
    EXPECT_EQ(HttpStatus(code), status) << ErrorCodeName(code);
    // And through the wire the code survives.
    const Error error{code, "why", "/field"};
    EXPECT_EQ(ParseProblem(status, ProblemJson(error)), error) << ErrorCodeName(code);
  }
}

TEST(Problem, BearsWhatAppliesAndEscapesIt) {
  EXPECT_EQ(
      ProblemJson(InvalidArgument("no \"京\"\n", "/a~1b"), std::nullopt, 17),
      R"({"type":"/problems/invalid-argument","title":"The request is malformed","status":400,)"
      R"("detail":"no \"京\"\n","field":"/a~1b","line":17})");
  EXPECT_EQ(ProblemJson(NotFound("no such camera")),
            R"({"type":"/problems/not-found","title":"There is no such thing","status":404,)"
            R"("detail":"no such camera"})");
}

TEST(Problem, StatusesOfHttpAloneAreAboutBlank) {
  EXPECT_EQ(ProblemJson(InvalidArgument("PUT is not known here"), 405),
            R"({"type":"about:blank","title":"Method Not Allowed","status":405,)"
            R"("detail":"PUT is not known here"})");
}

TEST(Problem, StatusesBecomeTheNearestCode) {
  const std::pair<int, ErrorCode> cases[] = {
      {400, ErrorCode::kInvalidArgument}, {405, ErrorCode::kInvalidArgument},
      {422, ErrorCode::kUnacceptable},    {408, ErrorCode::kUnavailable},
      {503, ErrorCode::kUnavailable},     {502, ErrorCode::kUnavailable},
      {500, ErrorCode::kInternal},        {418, ErrorCode::kInvalidArgument},
      {599, ErrorCode::kInternal}};
  for (const auto& [status, code] : cases) EXPECT_EQ(CodeOfHttpStatus(status), code) << status;
}

TEST(Problem, WhatIsNoProblemIsAnInternalErrorWithTheBody) {
  for (const std::string body : {"", "<html>502</html>", "[]", "{\"error\":\"x\"}", "\"type\""}) {
    EXPECT_EQ(ParseProblem(502, body), Internal(body));
  }
}

TEST(Problem, OfAnotherServerIsReadByItsStatus) {
  EXPECT_EQ(ParseProblem(404, R"({"type":"about:blank","title":"Not Found"})"),
            NotFound("Not Found"));
}

}  // namespace
}  // namespace sightline::api
