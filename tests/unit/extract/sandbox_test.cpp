// What a worker that a document has taken over can still do.
#include "indexer/extract/sandbox.hpp"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <catch2/catch.hpp>

#include <string>

namespace {

std::string outcome(const std::string& act) {
    pid_t pid = -1;
    std::string words[] = {MAILHOLD_PROBE, act};
    char* arguments[] = {words[0].data(), words[1].data(), nullptr};
    REQUIRE(::posix_spawn(&pid, MAILHOLD_PROBE, nullptr, nullptr, arguments, nullptr) == 0);
    int status = 0;
    REQUIRE(::waitpid(pid, &status, 0) == pid);
    if (WIFSIGNALED(status)) {
        const int signal = WTERMSIG(status);
        if (signal == SIGSYS) return "killed";
        if (signal == SIGXCPU || signal == SIGKILL) return "out of time";
        return "signal " + std::to_string(signal);
    }
    const int code = WEXITSTATUS(status);
    return code == 7 ? "done" : code == 0 ? "refused" : "exit " + std::to_string(code);
}

}  // namespace

TEST_CASE("the sandbox leaves computing, and nothing else") {
    if (mailhold::indexer::extract::sanitized) return;
    const std::pair<std::string, std::string> table[] = {
        {"nothing", "done"},
        {"some memory", "done"},
        {"much memory", "refused"},
        {"socket", "killed"},
        {"socketpair", "killed"},
        {"read a file", "refused"},
        {"write a file", "killed"},
        {"unlink", "killed"},
        {"fork", "killed"},
        {"exec", "killed"},
        {"ptrace", "killed"},
        {"signal its parent", "killed"},
        {"executable memory", "killed"},
        {"abort", "signal " + std::to_string(SIGABRT)},
        {"spin", "out of time"},
    };
    for (const auto& [act, expected] : table) {
        INFO(act);
        CHECK(outcome(act) == expected);
    }
}
