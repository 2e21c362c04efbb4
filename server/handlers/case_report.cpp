// /v1/cases/{id}/report
#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "api/case_report.h"
#include "api/correction_json.h"
#include "api/json_writer.h"
#include "server/coroutine_error.h"
#include "server/handlers/case_answers.h"
#include "server/handlers/endpoint.h"
#include "server/handlers/reply.h"
#include "server/version.h"

namespace sightline::server {
namespace {

constexpr std::string_view kHtmlType = "text/html";
constexpr size_t kCorrectionsAtATime = 10'000;

// An array of objects whose members write(json, item), which returns Status, writes.
template <typename Item, typename Write>
Result<std::string> WriteArray(const std::vector<Item>& items, Write write) {
  std::string text;
  api::JsonWriter json(text);
  json.BeginArray();
  for (const Item& item : items) {
    json.BeginObject();
    SIGHTLINE_RETURN_IF_ERROR(write(json, item));
    json.EndObject();
  }
  json.EndArray();
  return text;
}

// The corrections of the ticked sightings up to `as_of`, oldest first. The store lists all
// corrections from the newest on; one of a sighting is newer than the sighting itself.
Result<std::vector<StoredCorrection>> CorrectionsOf(const Services& services,
                                                    const std::vector<CaseSighting>& ticked,
                                                    Sequence as_of,
                                                    const Cancellation& cancellation) {
  std::set<SightingId> corrected;
  Sequence oldest = std::numeric_limits<Sequence>::max();
  for (const CaseSighting& one : ticked) {
    SIGHTLINE_ASSIGN(const SightingId id, ParseSightingId(one.id));
    const Result<StoredSighting> stored = services.store.GetSighting(id, as_of);
    if (!stored || stored->corrected == 0) continue;
    corrected.insert(id);
    oldest = std::min(oldest, stored->sequence);
  }
  std::vector<StoredCorrection> found;
  for (Sequence before = as_of + 1; !corrected.empty() && before > oldest;) {
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    SIGHTLINE_ASSIGN(std::vector<StoredCorrection> batch,
                     services.store.Corrections(before, kCorrectionsAtATime));
    if (batch.empty()) break;
    before = batch.back().sequence;
    for (StoredCorrection& correction : batch) {
      if (corrected.contains(correction.sighting)) found.push_back(std::move(correction));
    }
  }
  std::ranges::reverse(found);
  return found;
}

Result<api::SealedReport> SealReport(const Services& services, const Call& call) {
  const std::string& id = call.request.path_values.front();
  SIGHTLINE_ASSIGN(const std::optional<Sequence> asked, AsOfParameter(services, call.request));
  const Sequence as_of = asked.value_or(services.store.VisibleSequence());
  SIGHTLINE_ASSIGN(const CaseBook::Whole whole, services.cases.ReadWhole(id));
  const auto& [record, queries, sightings, notes] = whole;
  SIGHTLINE_ASSIGN(const auto corrections,
                   CorrectionsOf(services, sightings, as_of, call.cancellation));

  const Author author = AuthorOf(call);
  api::CaseReport report{.exported = services.clock.Now(),
                         .exporter_id = author.id,
                         .exporter_name = author.name,
                         .purpose = call.purpose.purpose,
                         .case_reference = call.purpose.case_reference,
                         .server_version = std::string(kVersion),
                         .as_of = as_of};
  {
    api::JsonWriter json(report.case_json);
    json.BeginObject();
    WriteCaseMembers(json, *record);
    json.EndObject();
  }
  SIGHTLINE_ASSIGN(report.queries_json,
                   WriteArray(queries, [](api::JsonWriter& json, const CaseQuery& query) {
                     WriteQueryMembers(json, query);
                     return Ok();
                   }));
  SIGHTLINE_ASSIGN(report.notes_json,
                   WriteArray(notes, [](api::JsonWriter& json, const CaseNote& note) {
                     WriteNoteMembers(json, note);
                     return Ok();
                   }));
  SIGHTLINE_ASSIGN(
      report.sightings_json,
      WriteArray(sightings, [&](api::JsonWriter& json, const CaseSighting& ticked) -> Status {
        SIGHTLINE_RETURN_IF_ERROR(call.cancellation.Check());
        return WriteTickedMembers(json, ticked, services.store, as_of, /*with_copy=*/true);
      }));
  api::JsonWriter json(report.corrections_json);
  json.BeginArray();
  for (const StoredCorrection& correction : corrections) api::WriteCorrection(json, correction);
  json.EndArray();
  return api::SealCaseReport(report);
}

Result<Response> BuildReport(const Services& services, Call& call, bool as_html) {
  SIGHTLINE_ASSIGN(api::SealedReport sealed, SealReport(services, call));
  {
    api::JsonWriter json(call.audit_detail);
    json.BeginObject().Key("report_sha256").String(sealed.sha256).EndObject();
  }
  if (!as_html) return JsonResponse(std::move(sealed.json));
  SIGHTLINE_ASSIGN(std::string page, api::CaseReportHtml(sealed.json));
  // The page runs nothing and fetches nothing, whatever the notes say.
  return Response{.headers = {{"Content-Type", "text/html; charset=utf-8"},
                              {"Content-Security-Policy",
                               "default-src 'none'; style-src 'unsafe-inline'; sandbox"}},
                  .body = std::move(page)};
}

Result<std::optional<bool>> FormatParameter(const Request& request) {
  const auto format = request.Parameter("format");
  if (!format) return std::nullopt;
  if (*format == "html") return true;
  if (*format == "json") return false;
  return InvalidArgument("format can be json or html", "format");
}

Awaitable<Status> GetReport(const Services& services, Call& call) {
  constexpr std::string_view kOffered[] = {kJsonType, kHtmlType};
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({"format", "as_of"}));
  SIGHTLINE_CO_ASSIGN(std::optional<bool> as_html, FormatParameter(call.request));
  if (!as_html) {
    SIGHTLINE_CO_ASSIGN(const auto type, co_await ChooseMediaType(call, kOffered));
    if (!type) co_return Ok();
    as_html = kOffered[*type] == kHtmlType;
  }
  auto build = [&] { return BuildReport(services, call, *as_html); };
  co_return co_await Answer(services, call, build);
}

}  // namespace

std::vector<Endpoint> CaseReportEndpoints() {
  return {{.method = "GET",
           .path = "/v1/cases/{id}/report",
           .name = "get_case_report",
           .run = GetReport,
           .allowed = {Role::kOwner, Role::kReader},
           .recording = Recording::kReading,
           .records_detail = true}};
}

}  // namespace sightline::server
