// The canonical form of JSON (RFC 8785) and the hashes that are taken of it.
#include "api/canonical_json.h"

#include <gtest/gtest.h>

#include <string>

#include "api/sha256.h"

namespace sightline::api {
namespace {

std::string Canonical(const std::string& json) {
  const auto canonical = CanonicalJson(json);
  return canonical ? *canonical : "error: " + canonical.error().message;
}

TEST(CanonicalJson, FollowsTheExampleOfTheRfc) {
  // RFC 8785, section 3.2.2 and 3.2.4.
  EXPECT_EQ(Canonical(R"({
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  })"),
            R"({"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],)"
            "\"string\":\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

TEST(CanonicalJson, MembersGoByTheirNamesInUtf16) {
  // RFC 8785, section 3.2.3: the last two change places in UTF-8.
  EXPECT_EQ(Canonical(R"({"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,)"
                      R"("\u00f6":7})"),
            "{\"\\r\":2,\"1\":4,\"\u0080\":6,\"\u00f6\":7,\"\u20ac\":1,\"\U0001F600\":5,"
            "\"\uFB33\":3}");
  EXPECT_EQ(Canonical(R"({"ab":1,"a":2,"":3,"B":4})"), R"({"":3,"B":4,"a":2,"ab":1})");
}

TEST(CanonicalJson, NumbersAreThoseOfEcmaScript) {
  // RFC 8785, appendix B, and the borders between the notations.
  const std::pair<const char*, const char*> cases[] = {
      {"0", "0"},
      {"-0.0", "0"},
      {"5e-324", "5e-324"},
      {"-5e-324", "-5e-324"},
      {"1.7976931348623157e308", "1.7976931348623157e+308"},
      {"295147905179352830000.5e3", "2.9514790517935283e+23"},
      {"9.999999999999997e22", "9.999999999999997e+22"},
      {"1e21", "1e+21"},
      {"0.000001", "0.000001"},
      {"0.0000001", "1e-7"},
      {"1.25e-7", "1.25e-7"},
      {"333333333.3333332", "333333333.3333332"},
      {"-1234.5", "-1234.5"},
      {"100.0", "100"},
      {"1e3", "1000"},
      {"9007199254740992", "9007199254740992"},
  };
  for (const auto& [json, wanted] : cases) EXPECT_EQ(Canonical(json), wanted) << json;
}

TEST(CanonicalJson, WholeNumbersThatDoublesCannotHoldBecomeText) {
  EXPECT_EQ(Canonical("9007199254740993"), "\"9007199254740993\"");
  EXPECT_EQ(Canonical("-9223372036854775808"), "\"-9223372036854775808\"");
  EXPECT_EQ(Canonical("18446744073709551615"), "\"18446744073709551615\"");
  EXPECT_EQ(Canonical("1e20"), "\"100000000000000000000\"");
}

TEST(CanonicalJson, IsItsOwnCanonicalForm) {
  const std::string once = Canonical(
      R"({"b":[1e20,9007199254740993,1e21,-0.0,0.1],"a":{"é":"\u0001\t","\ud83d\ude00":null}})");
  EXPECT_EQ(Canonical(once), once);
}

TEST(CanonicalJson, WhatIsNoJsonOrSaysAMemberTwiceIsRefused) {
  EXPECT_FALSE(CanonicalJson("{"));
  EXPECT_FALSE(CanonicalJson(""));
  EXPECT_FALSE(CanonicalJson("\"\xff\""));
  const auto repeated = CanonicalJson(R"({"a":{"b":1,"c":2,"b":3}})");
  ASSERT_FALSE(repeated);
  EXPECT_EQ(repeated.error().field, "/a/b");
}

TEST(Sha256, IsThatOfTheStandard) {
  // FIPS 180-4's examples.
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  Sha256 in_pieces;
  in_pieces.Update("a");
  EXPECT_EQ(in_pieces.HexDigest(), Sha256Hex("a"));
  in_pieces.Update("bc");
  EXPECT_EQ(in_pieces.HexDigest(), Sha256Hex("abc"));
}

}  // namespace
}  // namespace sightline::api
