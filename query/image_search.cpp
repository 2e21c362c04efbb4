#include "query/image_search.h"

#include <algorithm>
#include <utility>

#include "query/image_days.h"
#include "query/image_examples.h"
#include "query/image_question.h"
#include "query/snapshot.h"
#include "query/stopwatch.h"

namespace sightline::query {
namespace {

// Whether two questions can be asked together.
bool ShareScans(const ImageRequest& a, const ImageRequest& b) {
  return a.space == b.space && a.k == b.k && a.exact == b.exact && a.as_of == b.as_of &&
         a.skip == b.skip && a.group_by_plate == b.group_by_plate && a.filter == b.filter;
}

// Questions that share scans, each with the place of its answer.
class SharedSearch {
 public:
  // All outlive the object.
  SharedSearch(const Sources& sources, Sequence as_of, const Cancellation& cancellation)
      : sources_(sources), as_of_(as_of), cancellation_(cancellation) {}

  void Add(const ImageRequest& request, Result<ImageAnswer>& answer) {
    Result<ImageExamples> examples = ResolveExamples(sources_.store, request, as_of_);
    if (!examples) {
      answer = examples.error();
      return;
    }
    for (const StoredSighting& example : examples->sightings) {
      first_days_.push_back(DayOf(example.sighting.time));
    }
    filter_ = &request.filter;
    exact_ = request.exact;
    questions_.push_back({ImageQuestion(request, std::move(*examples)), &answer});
  }

  void Run() {
    if (questions_.empty()) return;
    ImageDays days(sources_, *filter_, as_of_, first_days_, cancellation_);
    uint64_t shared_us = 0;
    {
      const Stopwatch stopwatch(shared_us);
      AskTogether(days);
    }
    for (Asked& asked : questions_) {
      uint64_t own_us = 0;
      {
        const Stopwatch stopwatch(own_us);
        if (*asked.answer) *asked.answer = Complete(std::move(asked.question), days);
      }
      if (*asked.answer) (*asked.answer)->cost.microseconds = shared_us + own_us;
    }
  }

 private:
  struct Asked {
    ImageQuestion question;
    Result<ImageAnswer>* answer;
  };

  index::NearestQuery CommonPart(const ImageQuestion& question) const {
    return {.space = question.examples().space,
            .exact = exact_,
            .without_plates = question.without_plates()};
  }

  // The first round. What it costs is the first question's.
  void AskTogether(ImageDays& days) {
    std::vector<NearestAsk> asks;
    std::vector<Asked*> asking;
    for (Asked& asked : questions_) {
      if (asked.question.is_done()) continue;
      asks.push_back(asked.question.Ask());
      asking.push_back(&asked);
    }
    if (asks.empty()) return;
    auto nearest = days.Nearest(asks, CommonPart(asking.front()->question),
                                asking.front()->question.cost());
    for (size_t i = 0; i < asking.size(); ++i) {
      const Status taken =
          nearest ? asking[i]->question.Take(std::move((*nearest)[i]), days) : nearest.error();
      if (!taken) *asking[i]->answer = taken.error();
    }
  }

  Result<ImageAnswer> Complete(ImageQuestion question, ImageDays& days) const {
    while (!question.is_done()) {
      const NearestAsk ask = question.Ask();
      SIGHTLINE_ASSIGN(auto nearest,
                       days.Nearest(std::span(&ask, 1), CommonPart(question), question.cost()));
      SIGHTLINE_RETURN_IF_ERROR(question.Take(std::move(nearest.front()), days));
    }
    SIGHTLINE_ASSIGN(ImageAnswer answer, std::move(question).Finish(days));
    answer.as_of = as_of_;
    return answer;
  }

  const Sources& sources_;
  const Sequence as_of_;
  const Cancellation& cancellation_;
  const Filter* filter_ = nullptr;
  bool exact_ = false;
  std::vector<Day> first_days_;
  std::vector<Asked> questions_;
};

}  // namespace

std::vector<Result<ImageAnswer>> SearchImages(const Sources& sources,
                                              std::span<const ImageRequest> requests,
                                              const Cancellation& cancellation) {
  std::vector<Result<ImageAnswer>> answers(requests.size());
  const Sequence visible = VisibleAt(sources.store, std::nullopt);
  std::vector<bool> is_asked(requests.size());
  for (size_t i = 0; i < requests.size(); ++i) {
    if (is_asked[i]) continue;
    SharedSearch search(sources, std::min(requests[i].as_of.value_or(visible), visible),
                        cancellation);
    for (size_t j = i; j < requests.size(); ++j) {
      if (is_asked[j] || !ShareScans(requests[i], requests[j])) continue;
      search.Add(requests[j], answers[j]);
      is_asked[j] = true;
    }
    search.Run();
  }
  return answers;
}

Result<ImageAnswer> SearchImage(const Sources& sources, const ImageRequest& request,
                                const Cancellation& cancellation) {
  return std::move(SearchImages(sources, std::span(&request, 1), cancellation).front());
}

}  // namespace sightline::query
