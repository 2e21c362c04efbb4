// Reads the server's JSON into the values of answers.h. Members that this client does not know are
// passed over, so that it works with a newer server.
#pragma once

#include <string>
#include <vector>

#include "client/answers.h"
#include "core/error.h"

namespace sightline::client {

// Each takes the whole answer and fails with kInternal, naming what was not understood.
Result<CameraOutcome> ParseCameraOutcome(const std::string& json);
Result<UploadOutcome> ParseUploadOutcome(const std::string& json);
Result<CameraList> ParseCameraList(std::string json);
Result<SightingPage> ParseSightingPage(std::string json);
Result<SightingAnswer> ParseSightingAnswer(std::string json);
Result<ImagePage> ParseImagePage(std::string json);
// Of a batch: a page or its problem for each question, in the order of the questions.
Result<std::vector<Result<ImagePage>>> ParseImageBatch(const std::string& json);
Result<PlatePage> ParsePlatePage(std::string json);
Result<TrajectoryAnswer> ParseTrajectory(const std::string& geojson);
Result<CorrectionPage> ParseCorrectionPage(std::string json);
Result<TokenAnswer> ParseTokenAnswer(std::string json);
Result<TokenList> ParseTokenList(std::string json);

}  // namespace sightline::client
