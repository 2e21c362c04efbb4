// Questions as bench/peers/questions.py writes them.
#pragma once

#include <string>
#include <vector>

#include "bench/peers/http_client.h"
#include "core/error.h"

namespace sightline::bench {

// How the two answers are held against each other.
enum class Compare { kRows, kCount, kNothing };

// The same question to both sides.
struct Question {
  std::string kind;
  Compare compare = Compare::kRows;
  bool second_page = false;  // the first page is asked for too, but is not timed
  HttpQuestion ours;
  std::string statement;  // name of the prepared statement; empty: Sightline alone is asked.
                          // The second page is asked for by `statement` + " after", whose three
                          // last parameters are time, camera and source id of the first one's end
  std::vector<std::string> parameters;
};

struct Statement {
  std::string name;
  std::string sql;
};

struct QuestionFile {
  std::vector<Statement> statements;
  std::vector<Question> questions;  // those of one kind one after another
};

// NDJSON: {"statement", "sql"} or a question. Errors: kIo, kInvalidArgument.
Result<QuestionFile> ReadQuestions(const std::string& path);

}  // namespace sightline::bench
