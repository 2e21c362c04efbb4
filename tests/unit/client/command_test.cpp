// The program itself, run against a server that answers as told.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <csignal>

#include "core/sighting_id.h"
#include "tests/unit/client/command_fixture.h"
#include "tests/unit/client/fake_server.h"
#include "tests/unit/client/temporary_file.h"

namespace sightline::client {
namespace {

std::string Rows(int count) {
  std::string text;
  for (int i = 1; i <= count; ++i) {
    text += R"({"camera_id":"K1","time":"2016-09-21T00:00:00Z","plate":"P)" + std::to_string(i) +
            "\"}\n";
  }
  return text;
}

FakeAnswer AcceptAll(const FakeRequest& request) {
  return {.body = R"({"accepted":)" + std::to_string(std::ranges::count(request.body, '\n')) +
                  R"(,"duplicates":0,"rejected":0})"};
}

constexpr const char* kSightings = R"({"sightings":[
  {"id":"%ID%","received":"2016-09-21T02:22:37.000Z","camera_id":"K-0012",
   "time":"2016-09-21T02:22:36.120Z","plate":"京N6UT45","attributes":{"color":"red"}}],"as_of":3})";

TEST_F(Command, ExitCodesTellScriptsWhatHappened) {
  const struct {
    int status;
    int code;
  } kCases[] = {{200, 0}, {401, 1}, {403, 1}, {404, 5}, {422, 1}, {500, 1}};
  for (const auto& test : kCases) {
    FakeServer server = Answering(
        test.status, R"({"type":"about:blank","title":"x","status":400,"detail":"the reason"})");
    const Ended ended = Run({"status"}, server.url());
    EXPECT_EQ(ended.code, test.code) << test.status << ' ' << ended.err;
    if (test.code != 0) {
      EXPECT_TRUE(ended.err.starts_with("sightline: the reason")) << ended.err;
    }
  }
}

TEST_F(Command, NoServer) {
  const std::string url = RefusedUrl();
  const Ended ended = Run({"status"}, url);
  EXPECT_EQ(ended.code, 3);
  EXPECT_EQ(ended.err, "sightline: cannot reach " + url +
                           " (connection refused); is sightline-server running? Set --url or "
                           "SIGHTLINE_URL\n");
}

TEST_F(Command, UsageErrorsAreTwo) {
  const std::vector<std::string> kCases[] = {
      {},
      {"serach"},
      {"search", "--limit", "0"},
      {"search", "--from", "yesterday"},
      {"search", "--near", "1,2"},
      {"search", "--attribute", "red"},
      {"search", "--json", "--csv"},
      {"status", "--tz", "Nowhere/Land"},
      {"status", "--url", "ftp://example.org"},
      {"import"},
      {"import", "/nonexistent/file.ndjson"},
      {"import", "/dev/null", "--format", "ndjson", "--camera-kind", "mobile"},
      {"token", "create", "--name", "x", "--role", "king"},
      {"search", "--max-distance", "2"},
      {"search", "--plate-like", "A1", "--max-distance", "4"},
      {"plates", "--like", "A1", "--max-distance", "-1"},
      {"sighting"},
      {"sighting", "correct", "x"},
      {"sighting", "correct", "x", "--plate", "A1", "--unread"},
      {"case"},
      {"case", "add-sighting", "c1", "no-id"},
      {"case", "verify", "/nonexistent"},
      {"export"},
  };
  for (const auto& args : kCases) {
    const Ended ended = Run(args, "http://127.0.0.1:1");
    EXPECT_EQ(ended.code, 2) << testing::PrintToString(args) << ended.err;
    EXPECT_TRUE(ended.err.starts_with("sightline: ")) << ended.err;
    EXPECT_EQ(ended.out, "");
  }
}

// An empty argument comes from a variable that was not set; taken as "not given" it would widen the
// question.
TEST_F(Command, AnEmptyArgumentIsRefusedByName) {
  FakeServer server = Answering(200, R"({"sightings":[],"plates":[],"as_of":3})");
  const struct {
    std::vector<std::string> args;
    std::string name;
  } kCases[] = {
      {{"search", "--plate", ""}, "--plate"},
      {{"search", "--from", ""}, "--from"},
      {{"search", "--to", ""}, "--to"},
      {{"search", "--near", ""}, "--near"},
      {{"search", "--camera", "K1", "--camera", ""}, "--camera"},
      {{"search", "--attribute", ""}, "--attribute"},
      {{"search", "--as-of", ""}, "--as-of"},
      {{"search", "--page-token", ""}, "--page-token"},
      {{"search", "--purpose", ""}, "--purpose"},
      {{"plates", "--match", ""}, "--match"},
      {{"trajectory", ""}, "PLATE"},
      {{"trajectory", "A1", "--to", ""}, "--to"},
      {{"sighting", ""}, "ID"},
      {{"cameras", "list", "--bbox", ""}, "--bbox"},
  };
  for (const auto& test : kCases) {
    const Ended ended = Run(test.args, server.url());
    EXPECT_EQ(ended.code, 2) << testing::PrintToString(test.args);
    EXPECT_TRUE(ended.err.starts_with("sightline: " + test.name + ": the argument is empty\n"))
        << ended.err;
  }
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(Command, UsageErrorsSayWhatIsWrongAndWhichHelpToRead) {
  const struct {
    std::vector<std::string> args;
    std::string err;
  } kCases[] = {
      {{"searc"}, "there is no command 'searc'\nTry 'sightline --help'.\n"},
      {{"--fast"}, "there is no option '--fast'\nTry 'sightline --help'.\n"},
      {{"cameras", "lits"}, "there is no command 'lits'\nTry 'sightline cameras --help'.\n"},
      {{"search", "--limit", "0"},
       "--limit: Value 0 not in range 1 to 10000\nTry 'sightline search --help'.\n"},
      {{"token", "create"}, "--name is required\nTry 'sightline token create --help'.\n"},
      {{"help", "searc"}, "there is no command 'sightline searc'\n"},
      {{"import", "nope"}, "nope: no such file\n"},
      {{"import", "/"}, "/ is a folder\n"},
      {{"cameras", "import", "nope"}, "nope: no such file\n"},
      {{"trajectory", "A1", "--csv", "--format", "gpx"},
       "--csv and --format gpx contradict each other\n"},
      {{"trajectory", "A1", "--json", "--format", "kml"},
       "--json and --format kml contradict each other\n"},
  };
  for (const auto& test : kCases) {
    const Ended ended = Run(test.args, "http://127.0.0.1:1");
    EXPECT_EQ(ended.code, 2) << testing::PrintToString(test.args);
    EXPECT_EQ(ended.err, "sightline: " + test.err);
  }
}

TEST_F(Command, HelpAndVersionInEitherForm) {
  EXPECT_EQ(Run({"--version"}, "").out, Run({"version"}, "").out);
  EXPECT_TRUE(Run({"--version"}, "").out.starts_with("sightline "));
  EXPECT_EQ(Run({"help"}, "").out, Run({"--help"}, "").out);
  EXPECT_EQ(Run({"help", "search"}, "").out, Run({"search", "--help"}, "").out);
  EXPECT_EQ(Run({"help", "token", "create"}, "").out, Run({"token", "create", "--help"}, "").out);
}

TEST_F(Command, NothingFoundIsSaidBesideTheHeader) {
  FakeServer server = Answering(
      200, R"({"type":"FeatureCollection","features":[],"sightings":[],"plates":[],"as_of":3})");
  const struct {
    std::vector<std::string> args;
    std::string err;
  } kCases[] = {{{"search"}, "no sightings\n"},
                {{"search", "--all"}, "no sightings\n"},
                {{"plates", "--csv"}, "no plates\n"},
                {{"cameras", "list"}, "no cameras\n"},
                {{"search", "--quiet"}, ""},
                {{"search", "--json"}, ""}};
  for (const auto& test : kCases) {
    const Ended ended = Run(test.args, server.url());
    EXPECT_EQ(ended.code, 0) << testing::PrintToString(test.args);
    EXPECT_EQ(ended.err, test.err) << testing::PrintToString(test.args);
    EXPECT_NE(ended.out, "");
  }
}

TEST_F(Command, OptionsBecomeParameters) {
  FakeServer server = Answering(
      200, R"({"type":"FeatureCollection","features":[],"plates":[],"sightings":[],"as_of":3})");
  const struct {
    std::vector<std::string> args;
    std::string target;
  } kCases[] = {
      {{"plates", "--match", "A*", "--as-of", "7"}, "/v1/plates?match=A%2A&limit=100&as_of=7"},
      {{"trajectory", "A1", "--as-of", "0", "--json"},
       "/v1/plates/A1/trajectory?format=geojson&as_of=0"},
      {{"cameras", "list", "--retired", "--bbox", "-1,2,3.5,4"},
       "/v1/cameras?include=retired&bbox=-1%2C2%2C3.5%2C4"},
  };
  for (const auto& test : kCases) {
    const Ended ended = Run(test.args, server.url());
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(server.requests().back().target, test.target);
  }
  Run({"search", "--as-of", "0"}, server.url());
  EXPECT_NE(server.requests().back().body.find(R"("as_of":0)"), std::string::npos);
}

TEST_F(Command, EveryCommandHasHelpWithExamples) {
  const std::vector<std::string> kCommands[] = {
      {},
      {"cameras"},
      {"cameras", "list"},
      {"cameras", "import"},
      {"import"},
      {"search"},
      {"plates"},
      {"trajectory"},
      {"sighting"},
      {"status"},
      {"audit"},
      {"token"},
      {"token", "create"},
      {"token", "list"},
      {"token", "revoke"},
      {"completion"},
      {"help"},
      {"version"}};
  for (std::vector<std::string> args : kCommands) {
    args.push_back("--help");
    const Ended ended = Run(args, "");
    EXPECT_EQ(ended.code, 0) << args.front();
    EXPECT_NE(ended.out.find("Examples:"), std::string::npos) << args.front();
  }
}

TEST_F(Command, SearchShowsATableCsvOrTheServersJson) {
  std::string json = kSightings;
  const std::string id =
      SightingId{.time = {1474424556120}, .camera_hash = 7, .identity_hash = 9}.ToString();
  json.replace(json.find("%ID%"), 4, id);
  FakeServer server = Answering(200, json);
  EXPECT_EQ(Run({"search", "--tz", "Asia/Shanghai"}, server.url()).out,
            "TIME                            PLATE     CAMERA  LON, LAT  KM/H  ATTRIBUTES  ID\n"
            "2016-09-21 10:22:36.120 +08:00  京N6UT45  K-0012                  color=red   " +
                id + "\n");
  EXPECT_EQ(Run({"search", "--json"}, server.url()).out, json + "\n");
  EXPECT_EQ(Run({"--csv", "search"}, server.url()).out,
            "time,plate,camera_id,lon,lat,speed_kmh,lane,source_id,plate_read,plate_color,"
            "plate_confidence,attributes,image,received,id\r\n"
            "2016-09-21T02:22:36.120Z,京N6UT45,K-0012,,,,,,,,,color=red,,2016-09-21T02:22:37.000Z," +
                id + "\r\n");
}

TEST_F(Command, SearchOptionsBecomeTheFilter) {
  FakeServer server = Answering(200, R"({"sightings":[],"as_of":3})");
  const std::string area = folder_.Write(
      "area.geojson",
      R"({"type":"FeatureCollection","features":[{"type":"Feature","properties":{},
          "geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}]})");
  const Ended ended =
      Run({"search", "--plate", "京*", "--camera", "A", "--camera", "B", "--from", "2016-09-21",
           "--to", "2016-09-21 12:30", "--near", "-122.5,37.5,800", "--attribute", "color=red",
           "--attribute", "color=blue", "--attribute", "year=2013", "--area", area, "--tz",
           "Asia/Shanghai", "--order", "time_asc", "--limit", "7"},
          server.url());
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(
      server.requests().at(0).body,
      R"({"filter":{"time":{"from":"2016-09-20T16:00:00.000Z","to":"2016-09-21T04:30:00.000Z"},)"
      R"("plate":"京*","cameras":["A","B"],"area":{"type":"MultiPolygon","coordinates":)"
      R"([[[[0.0,0.0],[1.0,0.0],[1.0,1.0],[0.0,0.0]]]]},)"
      R"("near":{"lon":-122.5,"lat":37.5,"radius_m":800.0},)"
      R"("attributes":{"color":["red","blue"],"year":["2013",2013]}},)"
      R"("order":"time_asc","limit":7})");
}

TEST_F(Command, ImportCountsAndSaysWhatWasRejected) {
  FakeServer server = Answering(200, R"({"accepted":1,"duplicates":1,"rejected":1,"errors":
      [{"line":3,"detail":"no camera K1","field":"/camera_id"}]})");
  const std::string file = folder_.Write("a.ndjson", Rows(1) + Rows(1) + "{}\n");
  const std::string report = (folder_.path() / "report").string();
  const Ended ended = Run({"import", file, "--report", report, "--json"}, server.url());
  EXPECT_EQ(ended.code, 4);
  EXPECT_EQ(ended.out, "{\"accepted\":1,\"duplicates\":1,\"rejected\":1}\n");
  EXPECT_NE(ended.err.find(file + ":3: no camera K1 (at /camera_id)\n"), std::string::npos)
      << ended.err;
  EXPECT_NE(ended.err.find("1; 1 the same sighting as an earlier line"), std::string::npos)
      << ended.err;
  EXPECT_EQ(ReadFile(report),
            "{\"file\":\"" + file +
                "\",\"line\":3,\"outcome\":\"rejected\",\"detail\":\"no camera K1\",\"field\":"
                "\"/camera_id\"}\n{\"file\":\"" + file +
                "\",\"line\":2,\"outcome\":\"duplicate\",\"detail\":\"the same sighting as line 1: "
                "camera and time, and source_id or plate\"}\n");
}

TEST_F(Command, ImportCountsRowsThatASecondRunWouldStoreAgain) {
  FakeServer server(AcceptAll);
  const std::string rows =
      "camera,time,plate,serial\nK1,2016-09-21T00:00:00Z,,7\nK1,2016-09-21T00:00:00Z,,\n"
      "K1,2016-09-21T00:00:00Z,A1,\n";
  const std::string file = folder_.Write("a.csv", rows);
  const std::string hint = "--source-id-column COLUMN tells them apart";
  const Ended without = Run({"import", file}, server.url());
  EXPECT_NE(without.err.find("  2 rows with neither plate nor source_id: "), std::string::npos)
      << without.err;
  EXPECT_NE(without.err.find(hint), std::string::npos) << without.err;
  const Ended with = Run({"import", file, "--map", "camera=camera,time=time,plate=plate",
                          "--source-id-column", "serial"},
                         server.url());
  EXPECT_NE(with.err.find("  1 row with neither plate nor source_id: "), std::string::npos)
      << with.err;
  const std::string read =
      folder_.Write("b.csv", "camera,time,plate\nK1,2016-09-21T00:00:00Z,A1\n");
  EXPECT_EQ(Run({"import", read}, server.url()).err.find(hint), std::string::npos);
}

TEST_F(Command, ImportReadsStandardInput) {
  FakeServer server(AcceptAll);
  input_ = folder_.Write("input", Rows(5));
  const Ended ended = Run({"import", "-"}, server.url());
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(server.requests().at(0).body, Rows(5));
}

TEST_F(Command, DryRunSendsNothing) {
  FakeServer server(AcceptAll);
  const std::string file = folder_.Write(
      "a.csv", "cam;when\nK1;21.09.2016 10:22\nK1;soon\n");
  const Ended ended =
      Run({"import", "--dry-run", "--delimiter", ";", "--map", "camera=cam,time=when",
           "--time-format", "%d.%m.%Y %H:%M", "--tz", "Asia/Shanghai", file},
          server.url());
  EXPECT_EQ(ended.code, 4);
  EXPECT_EQ(ended.out, "{\"camera_id\":\"K1\",\"time\":\"2016-09-21T02:22:00.000Z\"}\n");
  EXPECT_NE(ended.err.find(file + ":3: the time 'soon' does not read"), std::string::npos);
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(Command, AnInterruptedImportGoesOnWhereItStopped) {
  constexpr int kRows = 200;
  std::atomic<pid_t> pid = 0;
  std::atomic<int> calls = 0;
  FakeServer server([&](const FakeRequest& request) -> FakeAnswer {
    pid.wait(0);  // the first request may come before Start has returned
    if (++calls == 3) kill(pid, SIGINT);
    return AcceptAll(request);
  });
  const std::string file = folder_.Write("a.ndjson", Rows(kRows));
  const std::vector<std::string> args = {"import", file, "--batch", "1"};
  pid = Start(args, server.url());
  pid.notify_one();
  const Ended stopped = Wait(pid);
  EXPECT_EQ(stopped.code, 130) << stopped.err;
  EXPECT_NE(stopped.err.find("run the same command again to go on from there"), std::string::npos)
      << stopped.err;
  const size_t sent = server.requests().size();
  ASSERT_LT(sent, size_t{kRows});

  const Ended resumed = Run(args, server.url());
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_NE(resumed.err.find("going on behind line " + std::to_string(sent)), std::string::npos)
      << resumed.err;
  std::string all;
  for (const FakeRequest& request : server.requests()) all += request.body;
  EXPECT_EQ(all, Rows(kRows)) << "every row once, in order";

  const Ended again = Run(args, server.url());
  EXPECT_EQ(again.code, 0);
  EXPECT_EQ(server.requests().size(), size_t{2 * kRows}) << "the mark is gone after success";
}

TEST_F(Command, AnImportThatFailsSaysHowToGoOn) {
  FakeServer server([](const FakeRequest& request) -> FakeAnswer {
    if (request.body.find("\"P4\"") == std::string::npos) return AcceptAll(request);
    return {
        .status = 507,
        .body =
            R"({"type":"about:blank","title":"full","status":507,"detail":"the disk is full"})"};
  });
  const std::string file = folder_.Write("a.ndjson", Rows(9));
  const Ended ended = Run({"import", file, "--batch", "1"}, server.url());
  EXPECT_EQ(ended.code, 1);
  EXPECT_NE(ended.err.find("sightline: the disk is full\nsightline: everything up to line 3 is "
                           "acknowledged (3 rows)"),
            std::string::npos)
      << ended.err;
}

TEST_F(Command, CamerasAreImportedFromCsv) {
  FakeServer server = Answering(200, R"({"created":1,"replaced":0,"rejected":1,"errors":
      [{"line":1,"detail":"no such kind","field":"/kind"}]})");
  const std::string file =
      folder_.Write("sites.csv", "site,x,y,street\nA,east,2,S\nB,116.3,39.9,\"学院路, 1\"\n");
  const Ended ended =
      Run({"cameras", "import", file, "--map", "id=site,lon=x,lat=y,name=street"}, server.url());
  EXPECT_EQ(ended.code, 4);
  EXPECT_EQ(server.requests().at(0).body,
            "{\"id\":\"B\",\"name\":\"学院路, 1\",\"location\":{\"lon\":116.3,\"lat\":39.9}}\n");
  EXPECT_NE(ended.err.find(file + ":2: the longitude 'east' is not a number"), std::string::npos);
  EXPECT_NE(ended.err.find(file + ":3: no such kind (at /kind)"), std::string::npos) << ended.err;
}

TEST_F(Command, ATrajectoryThatBreaksOffLeavesNoFile) {
  FakeServer server([](const FakeRequest&) -> FakeAnswer {
    return {.body = std::string(100'000, 'x'), .cut = true};
  });
  const std::string output = (folder_.path() / "track.gpx").string();
  const Ended ended =
      Run({"trajectory", "A1", "--format", "gpx", "-o", output}, server.url());
  EXPECT_EQ(ended.code, 3) << ended.err;
  EXPECT_FALSE(std::filesystem::exists(output));
}

TEST_F(Command, CompletionScriptsAreWhole) {
  const std::string path = (folder_.path() / "completion").string();
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const std::string script = Run({"completion", shell}, "").out;
    for (const char* word : {"trajectory", "time-format", "standing-purpose", "revoke"}) {
      EXPECT_NE(script.find(word), std::string::npos) << shell << ' ' << word;
    }
  }
  folder_.Write("completion", Run({"completion", "bash"}, "").out);
  EXPECT_EQ(std::system(("bash -n '" + path + "'").c_str()), 0);
  const std::string ask = "bash -c 'source \"" + path +
                          "\"; COMP_WORDS=(sightline --json token cr); "
                          "COMP_CWORD=3; _sightline; echo \"${COMPREPLY[*]}\"; "
                          "COMP_WORDS=(sightline import --time); COMP_CWORD=2; _sightline; "
                          "echo \"${COMPREPLY[*]}\"' > '" +
                          path + ".words'";
  ASSERT_EQ(std::system(ask.c_str()), 0);
  EXPECT_EQ(ReadFile(path + ".words"), "create\n--time-format\n");
}

}  // namespace
}  // namespace sightline::client
