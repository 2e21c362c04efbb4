#include <fmt/format.h>

#include "api/case_report.h"
#include "api/json_reader.h"

namespace sightline::api {
namespace {

constexpr std::string_view kDataOpen =
    R"(<script type="application/json" id="sightline-case-report">)";
constexpr std::string_view kDataClose = "</script>";

constexpr std::string_view kStyle =
    "body{font:14px/1.5 system-ui,sans-serif;margin:2em auto;max-width:75em;padding:0 1em}"
    "table{border-collapse:collapse;width:100%;margin:.5em 0 2em}"
    "th,td{border:1px solid #999;padding:.3em .5em;text-align:left;vertical-align:top}"
    "th{background:#eee}code{font-size:12px;word-break:break-all}.lines{white-space:pre-wrap}"
    "@media print{body{margin:0;max-width:none}tr{break-inside:avoid}}";

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out.push_back(c);
    }
  }
  return out;
}

// A value as text for a cell: strings as they are, others as JSON; empty when it is absent.
std::string Shown(simdjson::simdjson_result<Json> member) {
  Json value;
  if (member.get(value) != simdjson::SUCCESS || value.is_null()) return {};
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return Escaped(text);
  return Escaped(simdjson::minify(value));
}

// "name=value" in lines.
std::string ShownMembers(simdjson::simdjson_result<Json> member) {
  JsonObject object;
  if (member.get(object) != simdjson::SUCCESS) return {};
  std::string text;
  for (const auto [name, value] : object) {
    if (!text.empty()) text += "<br>";
    text += Escaped(name) + "=" + Shown(Json(value));
  }
  return text;
}

std::string Row(std::initializer_list<std::string> cells) {
  std::string row = "<tr>";
  for (const std::string& cell : cells) row += "<td class=\"lines\">" + cell + "</td>";
  return row + "</tr>\n";
}

std::string Header(std::string_view title, std::initializer_list<std::string_view> columns) {
  std::string text = fmt::format("<h2>{}</h2>\n<table><thead><tr>", title);
  for (const std::string_view column : columns) text += fmt::format("<th>{}</th>", column);
  return text + "</tr></thead><tbody>\n";
}

constexpr std::string_view kTableEnd = "</tbody></table>\n";

// Calls row(element) for each element of the part, between a header and its end.
template <typename RowOf>
void AppendTable(JsonObject report, std::string_view part, std::string_view title,
                 std::initializer_list<std::string_view> columns, RowOf row, std::string& out) {
  JsonArray elements;
  if (report[part].get(elements) != simdjson::SUCCESS) return;
  out += Header(fmt::format("{} ({})", title, elements.size()), columns);
  for (const Json element : elements) out += row(element);
  out += kTableEnd;
}

std::string AddedBy(Json item) {
  return Shown(item["added"]) + "<br>" + Shown(item["added_by"]["name"]);
}

std::string SightingRow(Json item) {
  const bool is_gone = item["gone"].error() == simdjson::SUCCESS;
  const auto sighting = item[is_gone ? "seen" : "sighting"];
  std::string state = is_gone ? "deleted since; as it was when ticked" : "stored";
  if (sighting["corrected"].error() == simdjson::SUCCESS) state += ", corrected";
  return Row({Shown(sighting["time"]), Shown(sighting["plate"]), Shown(sighting["plate_read"]),
              Shown(sighting["camera_id"]), Shown(sighting["location"]),
              ShownMembers(sighting["attributes"]), Shown(item["note"]), AddedBy(item), state,
              "<code>" + Shown(item["id"]) + "</code>"});
}

std::string QueryRow(Json item) {
  return Row({Shown(item["name"]),
              "<code>" + Shown(item["method"]) + " " + Shown(item["target"]) + "</code>",
              "<code>" + Shown(item["body"]) + "</code>", AddedBy(item)});
}

std::string CorrectionRow(Json item) {
  return Row({Shown(item["corrected_at"]), Shown(item["by"]), Shown(item["plate_before"]),
              Shown(item["plate"]), ShownMembers(item["attributes_before"]),
              ShownMembers(item["attributes"]), Shown(item["note"]),
              "<code>" + Shown(item["sighting_id"]) + "</code>"});
}

// The report itself. A "<" could end the element or begin a comment; in JSON an escape says so too.
std::string EmbeddedReport(std::string_view json) {
  std::string text(kDataOpen);
  for (const char c : json) {
    if (c == '<') {
      text += "\\u003c";
    } else {
      text.push_back(c);
    }
  }
  text += kDataClose;
  return text;
}

}  // namespace

Result<std::string> CaseReportHtml(std::string_view json) {
  SIGHTLINE_ASSIGN(const ReportCheck check, CheckCaseReport(json));
  JsonDocument document;
  SIGHTLINE_ASSIGN(const Json root, document.Parse(json));
  const JsonObject report(root);
  const auto the_case = report["case"];
  const std::string name = Escaped(check.case_name);
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<title>Case report: {}</title><style>{}</style></head><body>\n<h1>Case report: {}</h1>\n"
      "<p class=\"lines\">{}</p>\n",
      name, kStyle, name, Shown(the_case["description"]));

  out += Header("The case", {"What", "Value"});
  out += Row({"Id", "<code>" + Shown(the_case["id"]) + "</code>"});
  out += Row({"Reference", Shown(the_case["reference"])});
  out += Row({"Status", Shown(the_case["status"])});
  out += Row({"Created", Shown(the_case["created"]) + " by " +
                             Shown(the_case["created_by"]["name"])});
  out += Row({"Last changed", Shown(the_case["changed"]) + " by " +
                                  Shown(the_case["changed_by"]["name"])});
  out += Row({"Exported", Escaped(check.exported) + " by " + Escaped(check.exported_by)});
  out += Row({"Purpose", Shown(report["purpose"])});
  out += Row({"As of", Shown(report["as_of"])});
  out += kTableEnd;

  AppendTable(report, "notes", "Notes", {"Added", "Text"},
              [](Json item) { return Row({AddedBy(item), Shown(item["text"])}); }, out);
  AppendTable(report, "queries", "Saved questions", {"Name", "Call", "Body", "Added"}, QueryRow,
              out);
  AppendTable(report, "sightings", "Sightings",
              {"Time", "Plate", "As read", "Camera", "Place", "Attributes", "Note", "Ticked",
               "State", "Id"},
              SightingRow, out);
  AppendTable(report, "corrections", "Corrections of these sightings",
              {"Corrected", "By", "Plate before", "Plate", "Attributes before", "Attributes",
               "Note", "Sighting"},
              CorrectionRow, out);

  out += Header("SHA-256", {"Of", "Hash"});
  for (const ReportCheck::Hash& hash : check.hashes) {
    out += Row({hash.what, "<code>" + Escaped(hash.stated) + "</code>"});
  }
  out += kTableEnd;
  out +=
      "<p>Each part's hash is taken of its canonical form (RFC 8785); the report's, of the whole "
      "without that hash. The report itself is inside this page: "
      "<code>sightline case verify FILE</code> computes every hash anew.</p>\n";
  out += EmbeddedReport(json);
  out += "\n</body></html>\n";
  return out;
}

Result<std::string> ReportInHtml(std::string_view html) {
  const size_t open = html.find(kDataOpen);
  const size_t start = open + kDataOpen.size();
  const size_t close = open == std::string_view::npos ? open : html.find(kDataClose, start);
  if (close == std::string_view::npos) {
    return InvalidArgument("there is no case report inside this page");
  }
  return std::string(html.substr(start, close - start));
}

}  // namespace sightline::api
