// Streamed bodies: whatever the pieces, the same elements come out.
#include "api/body_splitter.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <functional>
#include <random>
#include <vector>

namespace sightline::api {
namespace {

constexpr size_t kMaxBytes = 24;

// What a splitter gave: "line: text", or "line: !reason"; and at the end why it stopped, if it did.
using Trace = std::vector<std::string>;
using MakeSplitter = std::function<std::unique_ptr<BodySplitter>(size_t, BodyElementSink)>;

Trace Split(const MakeSplitter& make, const std::vector<std::string_view>& pieces) {
  Trace trace;
  const auto splitter = make(kMaxBytes, [&](const BodyElement& element) {
    trace.push_back(std::to_string(element.line) + ": " +
                    (element.status ? std::string(element.text)
                                    : "!" + element.status.error().message));
  });
  Status status = Ok();
  for (const std::string_view piece : pieces) {
    // A copy of the exact size, so that a sanitizer sees reads beyond the piece.
    const std::vector<char> exact(piece.begin(), piece.end());
    status = splitter->Feed(std::string_view(exact.data(), exact.size()));
    if (!status) break;
  }
  if (status) status = splitter->Finish();
  if (!status) {
    EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
    EXPECT_TRUE(splitter->Feed("{}") == status) << "a failed splitter must stay failed";
    trace.push_back("error: " + status.error().message);
  }
  return trace;
}

// Feeds `body` whole, byte by byte, cut in two at every place, and in random pieces.
void ExpectSplit(const MakeSplitter& make, std::string_view body, const Trace& wanted) {
  ASSERT_EQ(Split(make, {body}), wanted);
  std::vector<std::string_view> bytes;
  for (size_t i = 0; i < body.size(); ++i) bytes.push_back(body.substr(i, 1));
  ASSERT_EQ(Split(make, bytes), wanted) << "byte by byte";
  for (size_t cut = 0; cut <= body.size(); ++cut) {
    ASSERT_EQ(Split(make, {body.substr(0, cut), body.substr(cut)}), wanted) << "cut at " << cut;
  }
  const uint64_t seed = 7;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 50; ++round) {
    std::vector<std::string_view> pieces;
    for (size_t at = 0; at < body.size();) {
      pieces.push_back(body.substr(at, random() % 7));
      at += pieces.back().size();
    }
    ASSERT_EQ(Split(make, pieces), wanted);
  }
}

struct SplitCase {
  std::string name;
  std::string body;
  Trace wanted;
};

class NdjsonBodies : public testing::TestWithParam<SplitCase> {};
TEST_P(NdjsonBodies, SplitTheSameHoweverTheyArrive) {
  ExpectSplit(MakeNdjsonSplitter, GetParam().body, GetParam().wanted);
}

const std::string kTooLongLine = "!the line is longer than 24 bytes (max_line_bytes)";

INSTANTIATE_TEST_SUITE_P(
    BodySplitter, NdjsonBodies,
    testing::Values(
        SplitCase{"Empty", "", {}},
        SplitCase{"OnlyBlankLines", "\n\r\n  \n", {}},
        SplitCase{"LineWithoutEnd", "{\"a\":1}", {"1: {\"a\":1}"}},
        SplitCase{"BlankLinesAreCounted", "{}\n\n \t\r\n[1]\n", {"1: {}", "4: [1]"}},
        SplitCase{"WindowsLineEnds", "1\r\n2\r\n", {"1: 1", "2: 2"}},
        SplitCase{"ByteOrderMark", "\xEF\xBB\xBF{}\n{}\n", {"1: {}", "2: {}"}},
        SplitCase{"ByteOrderMarkLaterStays", "1\n\xEF\xBB\xBF{}\n", {"1: 1", "2: \xEF\xBB\xBF{}"}},
        SplitCase{"LineOfExactlyTheLimit", std::string(24, 'x') + "\r\n1\n",
                  {"1: " + std::string(24, 'x'), "2: 1"}},
        SplitCase{"FirstLineOfExactlyTheLimitWithMark",
                  "\xEF\xBB\xBF" + std::string(24, 'x') + "\r\n1",
                  {"1: " + std::string(24, 'x'), "2: 1"}},
        SplitCase{"LineOverTheLimit", "1\n" + std::string(25, 'x') + "\n3\n",
                  {"1: 1", "2: " + kTooLongLine, "3: 3"}},
        SplitCase{"LastLineFarOverTheLimit", "1\n" + std::string(500, 'x'),
                  {"1: 1", "2: " + kTooLongLine}}),
    [](const auto& test) { return test.param.name; });

class JsonBodies : public testing::TestWithParam<SplitCase> {};
TEST_P(JsonBodies, SplitTheSameHoweverTheyArrive) {
  ExpectSplit(MakeJsonSplitter, GetParam().body, GetParam().wanted);
}

const std::string kTooLongElement = "!the element is longer than 24 bytes (max_line_bytes)";

INSTANTIATE_TEST_SUITE_P(
    BodySplitter, JsonBodies,
    testing::Values(
        SplitCase{"OneObject", " {\"a\":1} \n", {"1: {\"a\":1}"}},
        SplitCase{"EmptyArray", "[ ]", {}},
        SplitCase{"Elements",
                  "[{},\n{\"a\":[1,2]} , {\"b\":{}}]",
                  {"1: {}", "2: {\"a\":[1,2]}", "3: {\"b\":{}}"}},
        SplitCase{"BracketsInStrings",
                  R"([{"a":"]},{\"\\"},{"}":"\\\""}])",
                  {R"(1: {"a":"]},{\"\\"})", R"(2: {"}":"\\\""})"}},
        SplitCase{"ScalarsAreForTheParserToRefuse",
                  R"([12, "a,]", null,[1]])",
                  {"1: 12", "2: \"a,]\"", "3: null", "4: [1]"}},
        SplitCase{"OneScalar", "12", {"1: 12"}},
        SplitCase{"ByteOrderMark", "\xEF\xBB\xBF[{}]", {"1: {}"}},
        SplitCase{"ElementOfExactlyTheLimit",
                  "[\"" + std::string(22, 'x') + "\",1]",
                  {"1: \"" + std::string(22, 'x') + "\"", "2: 1"}},
        SplitCase{"ElementOverTheLimit",
                  "[1,\"" + std::string(23, 'x') + "\",3]",
                  {"1: 1", "2: " + kTooLongElement, "3: 3"}},
        SplitCase{
            "Empty", "", {"error: the body is empty; expected a JSON object or an array of them"}},
        SplitCase{"Blank",
                  " \n",
                  {"error: the body is empty; expected a JSON object or an array of them"}},
        SplitCase{"HalfAByteOrderMark",
                  "\xEF\xBB[]",
                  {"error: the body starts with half a byte order mark"}},
        SplitCase{"MissingComma",
                  "[{} {}]",
                  {"1: {}", "error: the array is broken behind element 1: expected ',' or ']'"}},
        SplitCase{"TwoCommas",
                  "[1,,2]",
                  {"1: 1", "error: the body is broken: expected element 2 and found ','"}},
        SplitCase{"CommaAtTheEnd",
                  "[1,]",
                  {"1: 1", "error: the body is broken: expected element 2 and found ']'"}},
        SplitCase{"CommaAtTheStart",
                  "[,1]",
                  {"error: the body is broken: expected element 1 and found ','"}},
        SplitCase{"TextBehindTheArray",
                  "[1] x",
                  {"1: 1", "error: unexpected text behind the end of the JSON value"}},
        SplitCase{"TwoObjects",
                  "{}{}",
                  {"1: {}", "error: unexpected text behind the end of the JSON value"}},
        SplitCase{"WrongBracketBehindAScalar",
                  "[1}",
                  {"1: 1", "error: the array is broken behind element 1: expected ',' or ']'"}},
        SplitCase{"ArrayCutOffBetweenElements",
                  "[{},",
                  {"1: {}", "error: the body was cut off: the array ends early"}},
        SplitCase{"ArrayCutOffWithinAnElement",
                  "[{},{\"a\":",
                  {"1: {}", "error: the body was cut off: element 2 ends early"}},
        SplitCase{"ArrayCutOffBehindAnEscape",
                  "[\"a\\",
                  {"error: the body was cut off: element 1 ends early"}},
        SplitCase{
            "ScalarOfAnArrayCutOff", "[12", {"error: the body was cut off: element 1 ends early"}}),
    [](const auto& test) { return test.param.name; });

TEST(BodySplitter, LargeArrayTakesOneElementAtATime) {
  uint64_t elements = 0;
  const auto splitter = MakeJsonSplitter(64, [&](const BodyElement& element) {
    ++elements;
    ASSERT_EQ(element.text, R"({"a":"b"})");
  });
  ASSERT_TRUE(splitter->Feed("["));
  for (int i = 0; i < 100'000; ++i)
    ASSERT_TRUE(splitter->Feed(i ? R"(,{"a":"b"})" : R"({"a":"b"})"));
  ASSERT_TRUE(splitter->Feed("]"));
  ASSERT_TRUE(splitter->Finish());
  EXPECT_EQ(elements, 100'000u);
}

std::string Gzip(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY),
            Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Result<std::string> Gunzip(std::string_view compressed, size_t piece_bytes) {
  GzipDecoder decoder;
  std::string out;
  for (size_t at = 0; at < compressed.size(); at += piece_bytes) {
    SIGHTLINE_RETURN_IF_ERROR(
        decoder.Feed(compressed.substr(at, piece_bytes), [&](std::string_view piece) {
          EXPECT_LE(piece.size(), 65'536u);
          out += piece;
          return Ok();
        }));
  }
  SIGHTLINE_RETURN_IF_ERROR(decoder.Finish());
  return out;
}

// Text of `bytes` bytes that compresses to nothing where `even`, and hardly at all elsewhere.
std::string SomeText(size_t bytes, bool even) {
  std::mt19937_64 random(3);
  std::string text(bytes, 'x');
  if (!even) {
    for (char& c : text) c = static_cast<char>(random());
  }
  return text;
}

TEST(GzipDecoder, UndoesGzipWhateverThePieces) {
  for (const size_t bytes : {0, 1, 65'536, 65'537, 1'000'000}) {
    for (const bool even : {true, false}) {
      const std::string text = SomeText(bytes, even);
      for (const size_t piece : {1, 7, 4096, 10'000'000}) {
        if (piece == 1 && bytes > 100'000 && !even) continue;  // a million calls say nothing more
        const auto out = Gunzip(Gzip(text), piece);
        ASSERT_TRUE(out) << out.error().message;
        EXPECT_EQ(*out, text) << bytes << " bytes in pieces of " << piece;
      }
    }
  }
}

TEST(GzipDecoder, ReadsSeveralMembersAsOneText) {
  const auto out = Gunzip(Gzip("one\n") + Gzip("") + Gzip("two\n"), 3);
  ASSERT_TRUE(out) << out.error().message;
  EXPECT_EQ(*out, "one\ntwo\n");
}

TEST(GzipDecoder, RefusesWhatIsNoGzipOrDamagedOrCutOff) {
  const std::string good = Gzip(SomeText(10'000, false));
  std::string flipped = good;
  flipped[flipped.size() - 6] ^= 1;  // within the checksum
  const std::string bad[] = {"{\"a\":1}\n", good.substr(0, good.size() - 1), good.substr(0, 5),
                             flipped, good + "trailing text"};
  for (const std::string& body : bad) {
    const auto out = Gunzip(body, 1000);
    ASSERT_FALSE(out) << body.size();
    EXPECT_EQ(out.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(GzipDecoder, StopsWhenTheSinkFails) {
  GzipDecoder decoder;
  const Status status = decoder.Feed(Gzip("text"), [](std::string_view) -> Status {
    return Error{ErrorCode::kTooLarge, "enough", {}};
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace sightline::api
