#include "api/case_report.h"

#include <algorithm>

#include "api/canonical_json.h"
#include "api/json_reader.h"
#include "api/json_writer.h"
#include "api/sha256.h"

namespace sightline::api {
namespace {

constexpr std::string_view kFormat = "sightline-case-report-1";
constexpr std::string_view kCanonicalForm = "RFC 8785";
constexpr std::string_view kWholeHash = "sha256";
constexpr std::string_view kPartHashes = "part_sha256";

std::string_view PartOf(const CaseReport& report, std::string_view name) {
  if (name == "case") return report.case_json;
  if (name == "queries") return report.queries_json;
  if (name == "sightings") return report.sightings_json;
  if (name == "notes") return report.notes_json;
  return report.corrections_json;
}

// The members before the whole's hash, without the closing brace.
std::string Unsealed(const CaseReport& report, const std::vector<std::string>& part_hashes) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject().Key("format").String(kFormat);
  json.Key("canonical_form").String(kCanonicalForm);
  json.Key("exported").Time(report.exported);
  json.Key("exported_by").BeginObject().Key("id").String(report.exporter_id);
  json.Key("name").String(report.exporter_name).EndObject();
  json.Key("purpose").String(report.purpose);
  if (!report.case_reference.empty()) json.Key("case_reference").String(report.case_reference);
  json.Key("server").String(report.server_version);
  json.Key("as_of").Uint(report.as_of);
  for (const std::string_view part : kCaseReportParts) json.Key(part).Raw(PartOf(report, part));
  json.Key(kPartHashes).BeginObject();
  for (size_t i = 0; i < part_hashes.size(); ++i) {
    json.Key(kCaseReportParts[i]).String(part_hashes[i]);
  }
  json.EndObject().EndObject();
  return text;
}

Error NotAReport() {
  return InvalidArgument("this is no case report of the format " + std::string(kFormat));
}

std::string TextMember(JsonObject object, std::string_view name) {
  std::string_view text;
  return object[name].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

Result<std::string> HashOf(Json value) {
  SIGHTLINE_ASSIGN(const std::string canonical, CanonicalJson(simdjson::minify(value)));
  return Sha256Hex(canonical);
}

// The report's text without the whole's hash.
std::string WithoutWholeHash(JsonObject report) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  for (const auto [name, value] : report) {
    if (name != kWholeHash) json.Key(name).Raw(simdjson::minify(value));
  }
  json.EndObject();
  return text;
}

}  // namespace

Result<SealedReport> SealCaseReport(const CaseReport& report) {
  std::vector<std::string> part_hashes;
  for (const std::string_view part : kCaseReportParts) {
    const Result<std::string> canonical = CanonicalJson(PartOf(report, part));
    if (!canonical) {
      return Internal("a part of the report cannot be written: " + canonical.error().message);
    }
    part_hashes.push_back(Sha256Hex(*canonical));
  }
  SIGHTLINE_ASSIGN(std::string sealed, CanonicalJson(Unsealed(report, part_hashes)));
  const std::string hash = Sha256Hex(sealed);
  sealed.pop_back();  // the closing brace
  sealed.append(",\"").append(kWholeHash).append("\":\"").append(hash).append("\"}");
  SIGHTLINE_ASSIGN(std::string json, CanonicalJson(sealed));
  return SealedReport{.json = std::move(json), .sha256 = hash};
}

bool ReportCheck::intact() const { return std::ranges::all_of(hashes, &Hash::matches); }

Result<ReportCheck> CheckCaseReport(std::string_view json) {
  JsonDocument document;
  const Result<Json> root = document.Parse(json);
  JsonObject report;
  if (!root || root->get(report) != simdjson::SUCCESS || TextMember(report, "format") != kFormat) {
    return NotAReport();
  }
  JsonObject part_hashes;
  if (report[kPartHashes].get(part_hashes) != simdjson::SUCCESS) return NotAReport();
  ReportCheck check;
  for (const std::string_view part : kCaseReportParts) {
    Json value;
    if (report[part].get(value) != simdjson::SUCCESS) return NotAReport();
    SIGHTLINE_ASSIGN(std::string computed, HashOf(value));
    check.hashes.push_back(
        {std::string(part), TextMember(part_hashes, part), std::move(computed)});
  }
  SIGHTLINE_ASSIGN(const std::string unsealed, CanonicalJson(WithoutWholeHash(report)));
  check.hashes.push_back({"report", TextMember(report, kWholeHash), Sha256Hex(unsealed)});
  check.exported = TextMember(report, "exported");
  if (JsonObject member; report["case"].get(member) == simdjson::SUCCESS) {
    check.case_name = TextMember(member, "name");
  }
  if (JsonObject member; report["exported_by"].get(member) == simdjson::SUCCESS) {
    check.exported_by = TextMember(member, "name");
  }
  return check;
}

}  // namespace sightline::api
