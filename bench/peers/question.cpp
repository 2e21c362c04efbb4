#include "bench/peers/question.h"

#include <simdjson.h>

namespace sightline::bench {
namespace {

using Element = simdjson::dom::element;

std::string TextOf(const Element& object, std::string_view member) {
  std::string_view text;
  return object[member].get(text) ? std::string() : std::string(text);
}

Question QuestionOf(const Element& element) {
  Question question;
  question.kind = TextOf(element, "kind");
  const std::string compare = TextOf(element, "compare");
  question.compare = compare == "rows"    ? Compare::kRows
                     : compare == "count" ? Compare::kCount
                                          : Compare::kNothing;
  uint64_t page = 1;
  question.second_page = !element["page"].get(page) && page == 2;
  question.ours = {TextOf(element, "method"), TextOf(element, "target"), TextOf(element, "body")};
  question.statement = TextOf(element, "ask");
  simdjson::dom::array parameters;
  if (!element["parameters"].get(parameters)) {
    for (const Element parameter : parameters) {
      std::string_view text;
      if (!parameter.get(text)) question.parameters.emplace_back(text);
    }
  }
  return question;
}

}  // namespace

Result<QuestionFile> ReadQuestions(const std::string& path) {
  simdjson::dom::parser parser;
  simdjson::padded_string text;
  if (simdjson::padded_string::load(path).get(text)) {
    return Error{ErrorCode::kIo, "cannot read " + path, {}};
  }
  simdjson::dom::document_stream lines;
  if (parser.parse_many(text).get(lines)) return InvalidArgument(path + " is not NDJSON");
  QuestionFile file;
  for (auto line : lines) {
    Element element;
    if (line.get(element)) return InvalidArgument(path + " is not NDJSON");
    if (const std::string name = TextOf(element, "statement"); !name.empty()) {
      file.statements.push_back({name, TextOf(element, "sql")});
    } else {
      file.questions.push_back(QuestionOf(element));
    }
  }
  return file;
}

}  // namespace sightline::bench
