// sightline-peers-ask: the same questions to Sightline over HTTP and to PostgreSQL by prepared
// statements, in turns, on one thread and one loopback connection each, to the last byte of each
// answer. What both answered is compared, outside of the time that is taken.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <fstream>
#include <functional>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include "api/json_writer.h"
#include "bench/load/http_load.h"
#include "bench/peers/answer_rows.h"
#include "bench/peers/question.h"

namespace sightline::bench {
namespace {

struct Arguments {
  std::string questions;
  std::string postgres;
  uint16_t port = 0;
  std::string token_file;
  size_t warm_up = 10;           // questions of a kind that are asked first, without being counted
  double seconds_per_kind = 60;  // no further question of a kind after that
};

double MillisecondsOf(const std::function<void()>& action) {
  const auto start = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

// What became of all questions of one kind.
struct KindResult {
  std::string kind;
  std::vector<double> ours_ms;
  std::vector<double> theirs_ms;
  uint64_t rows = 0;
  uint64_t equal = 0;
  uint64_t different = 0;
  std::string first_difference;
  uint64_t theirs_timed_out = 0;
  std::string failure;  // of the last question, which ended the kind
};

class Asker {
 public:
  Asker(HttpClient ours, PostgresConnection theirs, CameraTable cameras)
      : ours_(std::move(ours)), theirs_(std::move(theirs)), cameras_(std::move(cameras)) {}

  Status Prepare(const std::vector<Statement>& statements) {
    for (const Statement& statement : statements) {
      SIGHTLINE_RETURN_IF_ERROR(theirs_.Prepare(statement.name, statement.sql));
    }
    return Ok();
  }

  // Asks the questions of one kind until `seconds` have passed. The first `warm_up`, or those of as
  // many seconds, are not counted.
  KindResult AskAll(std::span<const Question> questions, size_t warm_up, double seconds) {
    KindResult result{.kind = questions.front().kind};
    bool warm = warm_up == 0;
    auto start = std::chrono::steady_clock::now();
    for (size_t i = 0; i < questions.size(); ++i) {
      const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
      const bool late = spent.count() > seconds;
      if (warm && late) break;
      if (!warm && (late || i == warm_up)) {
        warm = true;
        result = {.kind = questions.front().kind};
        start = std::chrono::steady_clock::now();
      }
      if (const Status asked = Ask(questions[i], i % 2 == 0, result); !asked) {
        result.failure = asked.error().message;
        break;
      }
    }
    return result;
  }

 private:
  // Asks both sides, `ours_first` or not, and notes times and differences in `result`.
  Status Ask(const Question& first_page, bool ours_first, KindResult& result) {
    Question question = first_page;
    if (question.second_page) SIGHTLINE_RETURN_IF_ERROR(TurnPage(question));
    Result<std::string> ours = Internal("not asked");
    Result<PostgresRows> theirs = Internal("not asked");
    const auto ask_ours = [&] {
      result.ours_ms.push_back(MillisecondsOf([&] { ours = ours_.Ask(question.ours); }));
    };
    if (ours_first) ask_ours();
    if (!question.statement.empty()) {
      result.theirs_ms.push_back(MillisecondsOf(
          [&] { theirs = theirs_.Ask(question.statement, question.parameters); }));
    }
    if (!ours_first) ask_ours();
    if (!ours) return ours.error();
    SIGHTLINE_ASSIGN(const std::vector<AnswerRow> rows, RowsOfJson(*ours, cameras_));
    result.rows += rows.size();
    if (question.statement.empty()) return Ok();
    if (!theirs && theirs.error().code != ErrorCode::kCancelled) return theirs.error();
    if (!theirs) {
      ++result.theirs_timed_out;
      return Ok();
    }
    Note(question.compare, Compared(question.compare, rows, *theirs), question, result);
    return Ok();
  }

  // Makes `question` one for the page behind its first one.
  Status TurnPage(Question& question) {
    SIGHTLINE_ASSIGN(const std::string answer, ours_.Ask(question.ours));
    if (const std::string token = NextPageToken(answer); !token.empty()) {
      question.ours.body.pop_back();  // the closing brace
      question.ours.body += R"(,"page_token":")" + token + "\"}";
    }
    SIGHTLINE_ASSIGN(const PostgresRows rows,
                     theirs_.Ask(question.statement, question.parameters));
    if (rows.size() == 0) return Internal("a second page was asked for behind an empty first one");
    const AnswerRow last = RowsOfPostgres(rows).back();
    question.statement += " after";
    question.parameters.push_back(FormatTimestamp(last.time));
    question.parameters.push_back(std::to_string(last.camera));
    question.parameters.push_back(last.source_id);
    return Ok();
  }

  static std::string Compared(Compare compare, const std::vector<AnswerRow>& ours,
                              const PostgresRows& theirs) {
    if (compare == Compare::kRows) return Difference(ours, RowsOfPostgres(theirs));
    if (ours.size() == theirs.size()) return {};
    return fmt::format("{} rows against {}", ours.size(), theirs.size());
  }

  static void Note(Compare compare, const std::string& difference, const Question& question,
                   KindResult& result) {
    if (compare == Compare::kNothing) return;
    ++(difference.empty() ? result.equal : result.different);
    if (!difference.empty() && result.first_difference.empty()) {
      result.first_difference = difference + ": " + question.ours.target + question.ours.body;
    }
  }

  HttpClient ours_;
  PostgresConnection theirs_;
  CameraTable cameras_;
};

void WriteTimes(api::JsonWriter& json, std::string_view name, const std::vector<double>& times) {
  if (times.empty()) return;
  double sum = 0;
  for (const double time : times) sum += time;
  json.Key(name).BeginObject();
  json.Key("p50_ms").Double(Quantile(times, 0.5));
  json.Key("p99_ms").Double(Quantile(times, 0.99));
  json.Key("max_ms").Double(Quantile(times, 1));
  json.Key("mean_ms").Double(sum / static_cast<double>(times.size()));
  json.EndObject();
}

void Print(const KindResult& result) {
  std::string line;
  api::JsonWriter json(line);
  json.BeginObject().Key("kind").String(result.kind);
  if (!result.failure.empty()) json.Key("failed").String(result.failure);
  json.Key("samples").Uint(result.ours_ms.size());
  WriteTimes(json, "ours", result.ours_ms);
  WriteTimes(json, "theirs", result.theirs_ms);
  if (!result.ours_ms.empty()) {
    json.Key("rows").Double(static_cast<double>(result.rows) /
                            static_cast<double>(result.ours_ms.size()));
  }
  json.Key("equal").Uint(result.equal).Key("different").Uint(result.different);
  if (!result.first_difference.empty()) {
    json.Key("first_difference").String(result.first_difference);
  }
  json.Key("theirs_timed_out").Uint(result.theirs_timed_out).EndObject();
  std::cout << line << std::endl;
}

Status Run(const Arguments& arguments) {
  SIGHTLINE_ASSIGN(const QuestionFile file, ReadQuestions(arguments.questions));
  std::string token;
  std::ifstream(arguments.token_file) >> token;
  SIGHTLINE_ASSIGN(HttpClient ours, HttpClient::Open(arguments.port, token));
  SIGHTLINE_ASSIGN(PostgresConnection theirs, PostgresConnection::Open(arguments.postgres));
  SIGHTLINE_ASSIGN(CameraTable cameras, ReadCameraTable(theirs));
  Asker asker(std::move(ours), std::move(theirs), std::move(cameras));
  SIGHTLINE_RETURN_IF_ERROR(asker.Prepare(file.statements));
  for (auto begin = file.questions.begin(); begin != file.questions.end();) {
    const auto end = std::find_if(begin, file.questions.end(), [&](const Question& question) {
      return question.kind != begin->kind;
    });
    Print(asker.AskAll({begin, end}, arguments.warm_up, arguments.seconds_per_kind));
    begin = end;
  }
  return Ok();
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) {
  using namespace sightline::bench;
  Arguments arguments;
  CLI::App app("Asks both peers the same questions in turns; a line of JSON for each kind");
  app.add_option("--questions", arguments.questions, "File of questions")->required();
  app.add_option("--postgres", arguments.postgres, "Connection string of libpq")->required();
  app.add_option("--port", arguments.port, "Sightline's port on 127.0.0.1")->required();
  app.add_option("--token-file", arguments.token_file, "File with Sightline's token")->required();
  app.add_option("--warm-up", arguments.warm_up, "Questions of each kind that are not counted");
  app.add_option("--seconds-per-kind", arguments.seconds_per_kind, "Time limit of each kind");
  CLI11_PARSE(app, argc, argv);
  if (const auto status = Run(arguments); !status) {
    std::cerr << "ask: " << status.error().message << "\n";
    return 1;
  }
  return 0;
}
