// Runs the program itself, SIGHTLINE_PROGRAM.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>

#include <string>
#include <vector>

#include "tests/unit/client/fake_server.h"
#include "tests/unit/client/temporary_file.h"

namespace sightline::client {

struct Ended {
  int code = -1;
  std::string out;
  std::string err;
};

class Command : public testing::Test {
 protected:
  // Starts `sightline ARGS...` with nothing in its environment but a home of its own.
  pid_t Start(std::vector<std::string> args, const std::string& url) {
    std::vector<std::string> environment = {"HOME=" + folder_.path().string(), "TZ=UTC",
                                            "SIGHTLINE_URL=" + url, "SIGHTLINE_TOKEN=secret"};
    args.insert(args.begin(), SIGHTLINE_PROGRAM);
    const auto pointers = [](std::vector<std::string>& texts) {
      std::vector<char*> all;
      for (std::string& text : texts) all.push_back(text.data());
      all.push_back(nullptr);
      return all;
    };
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    const int flags = O_WRONLY | O_CREAT | O_TRUNC;
    posix_spawn_file_actions_addopen(&files, 0, input_.c_str(), O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, (folder_.path() / "out").c_str(), flags, 0600);
    posix_spawn_file_actions_addopen(&files, 2, (folder_.path() / "err").c_str(), flags, 0600);
    pid_t pid = -1;
    EXPECT_EQ(posix_spawn(&pid, SIGHTLINE_PROGRAM, &files, nullptr, pointers(args).data(),
                          pointers(environment).data()),
              0);
    posix_spawn_file_actions_destroy(&files);
    return pid;
  }

  Ended Wait(pid_t pid) {
    int status = 0;
    waitpid(pid, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status),
            ReadFile(folder_.path() / "out"), ReadFile(folder_.path() / "err")};
  }

  Ended Run(const std::vector<std::string>& args, const std::string& url) {
    return Wait(Start(args, url));
  }

  TemporaryFolder folder_;
  std::string input_ = "/dev/null";
};

inline FakeServer Answering(int status, std::string body) {
  return FakeServer([=](const FakeRequest&) { return FakeAnswer{.status = status, .body = body}; });
}

}  // namespace sightline::client
