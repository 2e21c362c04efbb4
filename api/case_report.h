// A case as one self-contained report whose every part can be checked by its hash.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/sighting.h"
#include "core/time.h"

namespace sightline::api {

// The members of a report that hold the case itself.
inline constexpr std::string_view kCaseReportParts[] = {"case", "queries", "sightings", "notes",
                                                        "corrections"};

// A report before it is sealed: who made it, when and why, and its parts, each a JSON value.
struct CaseReport {
  TimestampMs exported;
  std::string exporter_id;    // of the token
  std::string exporter_name;
  std::string purpose;
  std::string case_reference;  // X-Case; empty: none
  std::string server_version;
  Sequence as_of = 0;
  std::string case_json;         // the case, an object
  std::string queries_json;      // arrays
  std::string sightings_json;
  std::string notes_json;
  std::string corrections_json;
};

struct SealedReport {
  std::string json;    // in the canonical form (api/canonical_json.h)
  std::string sha256;  // of the whole, as it stands in the report
};

// {"format", "canonical_form", "exported", "exported_by", "purpose", "case_reference", "server",
// "as_of", the parts, "part_sha256": {part: hex}, "sha256"}.
//
// A part's hash is the SHA-256 of the part's canonical form; "sha256" is that of the canonical form
// of the report without the member "sha256" itself. A hash shows that nothing was changed since it
// was made; that the report was not made anew shows the audit trail, which holds its "sha256".
// Errors: kInternal when a part is not JSON.
Result<SealedReport> SealCaseReport(const CaseReport& report);

struct ReportCheck {
  struct Hash {
    std::string what;      // a part's name, or "report" for the whole
    std::string stated;    // in the report
    std::string computed;  // from what the report holds
    bool matches() const { return stated == computed; }
  };
  std::vector<Hash> hashes;
  std::string case_name;
  std::string exported;     // as stated
  std::string exported_by;  // as stated
  bool intact() const;
};

// Computes all hashes of a report anew. How the text is laid out does not matter.
// Errors: kInvalidArgument for what is no report of this format.
Result<ReportCheck> CheckCaseReport(std::string_view json);

// The report as a page for people: everything in tables, the hashes, and the report itself inside a
// <script> element, without any reference to another file.
// Errors: kInvalidArgument as CheckCaseReport.
Result<std::string> CaseReportHtml(std::string_view json);

// The report inside a page that CaseReportHtml made; kInvalidArgument when there is none.
Result<std::string> ReportInHtml(std::string_view html);

}  // namespace sightline::api
