// Case reports: sealed, checked, and shown as a page.
#include "api/case_report.h"

#include <gtest/gtest.h>

#include <string>

#include "api/canonical_json.h"
#include "api/sha256.h"

namespace sightline::api {
namespace {

CaseReport Example() {
  return {.exported = {1474424557000},
          .exporter_id = "0123",
          .exporter_name = "李雷",
          .purpose = "trial",
          .case_reference = "2016-17",
          .server_version = "1.0",
          .as_of = 42,
          .case_json = R"({"name":"Stolen <Audi>","id":"c1"})",
          .queries_json = R"([{"name":"q","method":"POST","target":"/v1/x","body":{"a":1}}])",
          .sightings_json = R"([{"id":"s1","note":"</script><b>","sighting":{"plate":"京A1",)"
                            R"("time":"2016-09-21T02:22:36.120Z","attributes":{"year":2013}}},)"
                            R"({"id":"s2","gone":true,"seen":{"plate":"B2"}}])",
          .notes_json = R"([{"text":"a\nb"}])",
          .corrections_json = "[]"};
}

std::string Sealed() {
  const auto sealed = SealCaseReport(Example());
  return sealed ? sealed->json : "error: " + sealed.error().message;
}

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from << " in " << text;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(CaseReport, IsCanonicalAndItsHashIsThatOfTheRest) {
  const auto sealed = SealCaseReport(Example());
  ASSERT_TRUE(sealed) << sealed.error().message;
  EXPECT_EQ(*CanonicalJson(sealed->json), sealed->json);
  const std::string member = "\"sha256\":\"" + sealed->sha256 + "\",";
  EXPECT_EQ(Sha256Hex(Replaced(sealed->json, member, "")), sealed->sha256);
  EXPECT_NE(sealed->json.find("\"notes\":\"" + Sha256Hex(R"([{"text":"a\nb"}])") + "\""),
            std::string::npos)
      << sealed->json;
}

TEST(CaseReport, IsIntactHoweverItIsLaidOut) {
  for (const std::string& text :
       {Sealed(), Replaced(Sealed(), "\"as_of\":42", "\n  \"as_of\" : 4.2e1 "),
        Replaced(Sealed(), "李雷", "\\u674e\\u96f7")}) {
    const auto check = CheckCaseReport(text);
    ASSERT_TRUE(check) << check.error().message;
    EXPECT_TRUE(check->intact()) << text;
    EXPECT_EQ(check->hashes.size(), std::size(kCaseReportParts) + 1);
    EXPECT_EQ(check->case_name, "Stolen <Audi>");
    EXPECT_EQ(check->exported_by, "李雷");
  }
}

TEST(CaseReport, AChangeIsFoundInItsPartAndInTheWhole) {
  const struct {
    std::string from, to, part;
  } changes[] = {
      {"京A1", "京A7", "sightings"},
      {"Stolen", "Found", "case"},
      {R"("target":"/v1/x")", R"("target":"/v1/y")", "queries"},
      {R"(a\nb)", "ab", "notes"},
      {R"("corrections":[])", R"("corrections":[{}])", "corrections"},
      {"\"purpose\":\"trial\"", "\"purpose\":\"fun\"", ""},
      {"\"gone\":true,", "", "sightings"},
  };
  for (const auto& change : changes) {
    SCOPED_TRACE(change.from);
    const auto check = CheckCaseReport(Replaced(Sealed(), change.from, change.to));
    ASSERT_TRUE(check) << check.error().message;
    EXPECT_FALSE(check->intact());
    for (const ReportCheck::Hash& hash : check->hashes) {
      EXPECT_EQ(hash.matches(), hash.what != change.part && hash.what != "report") << hash.what;
    }
  }
}

TEST(CaseReport, AMemberThatWasAddedIsFound) {
  const auto check = CheckCaseReport(Replaced(Sealed(), "\"as_of\":42", "\"as_of\":42,\"x\":1"));
  ASSERT_TRUE(check);
  EXPECT_FALSE(check->intact());
}

TEST(CaseReport, OtherFilesAreNoReports) {
  for (const std::string text : {"", "{}", "[]", R"({"format":"sightline-case-report-1"})",
                                 R"({"format":"sightline-case-report-2","part_sha256":{}})"}) {
    EXPECT_FALSE(CheckCaseReport(text)) << text;
    EXPECT_FALSE(CaseReportHtml(text)) << text;
  }
}

TEST(CaseReport, APartThatIsNoJsonIsNotSealed) {
  CaseReport report = Example();
  report.notes_json = "[";
  EXPECT_FALSE(SealCaseReport(report));
}

TEST(CaseReport, ThePageShowsEverythingAndHoldsTheReport) {
  const auto page = CaseReportHtml(Sealed());
  ASSERT_TRUE(page) << page.error().message;
  for (const std::string part : {"Stolen &lt;Audi&gt;", "李雷", "京A1", "year=2013", "B2",
                                 "deleted since", "&lt;/script&gt;&lt;b&gt;", "/v1/x", "a\nb"}) {
    EXPECT_NE(page->find(part), std::string::npos) << part;
  }
  EXPECT_EQ(page->find("</script><b>"), std::string::npos) << "nothing of the case is markup";
  const auto inside = ReportInHtml(*page);
  ASSERT_TRUE(inside) << inside.error().message;
  const auto check = CheckCaseReport(*inside);
  ASSERT_TRUE(check) << check.error().message;
  EXPECT_TRUE(check->intact());
  EXPECT_FALSE(ReportInHtml("<html></html>"));
}

}  // namespace
}  // namespace sightline::api
